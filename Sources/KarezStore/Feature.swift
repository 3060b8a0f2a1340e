public import KarezCore
public import KarezGeometry

/// 要素: one row of a dataset, without its times.
///
/// - Units: geometry in EPSG:4490, degrees.
public struct Feature: Hashable, Sendable {
  public let id: String
  public let geometry: Geometry?
  public let attributes: [String: AttributeValue]

  public init(id: String, geometry: Geometry?, attributes: [String: AttributeValue]) {
    self.id = id
    self.geometry = geometry
    self.attributes = attributes
  }
}

/// A feature with the times the store knows it under.
public struct FeatureVersion: Hashable, Sendable {
  public let feature: Feature
  /// The store's own number of the version; never used again for another.
  public let row: Int64
  public let validity: Validity
  public let recordedFrom: CommitNumber
  /// Statutory area of a polygon, computed once when it was recorded.
  public let statutoryArea: Area?

  public init(
    feature: Feature, row: Int64, validity: Validity, recordedFrom: CommitNumber,
    statutoryArea: Area?
  ) {
    self.feature = feature
    self.row = row
    self.validity = validity
    self.recordedFrom = recordedFrom
    self.statutoryArea = statutoryArea
  }
}

/// 前一版本: how a feature was recorded before.
public struct Precedent: Hashable, Sendable {
  /// The day it ended, if it is not valid any more on the day asked about.
  public let endedOn: LegalDate?
  /// The box around its geometry then, in degrees.
  public let box: BoundingBox?

  public init(endedOn: LegalDate?, box: BoundingBox?) {
    self.endedOn = endedOn
    self.box = box
  }
}

/// Which features of a dataset are wanted.
public struct FeatureQuery: Hashable, Sendable {
  public let dataset: DatasetID
  public let asOf: AsOf
  /// Only features whose bounding box meets this one; a filter, not an answer.
  public var window: BoundingBox?
  public var id: String?
  /// Only these rows, at most some thousands.
  public var rows: [Int64]?
  /// Only polygons of at least this area; what a small-scale map asks for.
  public var minimumArea: Area?
  /// Only features that meet it.
  public var filter: FeatureFilter?
  /// By the store's own order if empty.
  public var order: [FeatureOrder] = []
  /// Instead of the one day of `asOf`.
  public var span: DaySpan?
  /// How long the statement may take from its own start; as long as it likes if nil.
  public var within: Duration?

  public init(
    dataset: DatasetID, asOf: AsOf, window: BoundingBox? = nil, id: String? = nil,
    rows: [Int64]? = nil, minimumArea: Area? = nil
  ) {
    self.dataset = dataset
    self.asOf = asOf
    self.window = window
    self.id = id
    self.rows = rows
    self.minimumArea = minimumArea
  }
}

/// Where the next page of a scan begins; opaque to callers.
///
/// The store's numbers tell how much is recorded that a reader may not see, so `text` is for
/// nobody but who seals it.
public struct FeatureCursor: Hashable, Sendable {
  let row: Int64
  /// What comes before the row in the order of the scan.
  let key: Int
  /// What the row has of what the scan is ordered by.
  let values: [SQLValue]

  init(row: Int64, key: Int = 0, values: [SQLValue] = []) {
    self.row = row
    self.key = key
    self.values = values
  }

  /// The cursor as a text of its own, to be sealed.
  public var text: String {
    let values = values.map { value -> JSONValue in
      switch value {
      case .null, .bytes: .null
      case .integer(let number): .integer(number)
      case .real(let number): .number(number)
      case .text(let text): .string(text)
      }
    }
    return JSONValue.array([.integer(row), .integer(Int64(key)), .array(values)]).canonicalText
  }

  /// The cursor of such a text, or nil where it is none.
  public init?(text: String) {
    guard let json = try? JSONValue(parsing: text), let parts = json.array, parts.count == 3,
      let row = parts[0].integer, let key = parts[1].integer.flatMap({ Int(exactly: $0) }),
      let values = parts[2].array
    else { return nil }
    var read: [SQLValue] = []
    for value in values {
      switch value {
      case .null: read.append(.null)
      case .integer(let number): read.append(.integer(number))
      case .number(let number): read.append(.real(number))
      case .string(let text): read.append(.text(text))
      default: return nil
      }
    }
    self.init(row: row, key: key, values: read)
  }
}

/// A batch of a scan, in a stable order; `next` is nil at the end.
public struct FeaturePage: Sendable {
  public let versions: [FeatureVersion]
  public let next: FeatureCursor?

  public init(versions: [FeatureVersion], next: FeatureCursor?) {
    self.versions = versions
    self.next = next
  }
}

extension Geometry {
  /// What kind of dataset the geometry belongs in.
  public var kind: GeometryKind {
    switch self {
    case .points: .point
    case .lines: .line
    case .polygons: .polygon
    }
  }
}
