public import KarezCore

/// A fact's name in rules: snake_case, unique over all packs.
public struct FactID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }

  public static func < (left: FactID, right: FactID) -> Bool { left.text < right.text }
  public var description: String { text }
}

/// What a rule is given about one thing.
public enum FactValue: Hashable, Sendable {
  case quantity(Quantity)
  case boolean(Bool)
  case text(String)
  /// Distinct codes, sorted: the minerals of the rights touched, say.
  case codes([String])
}

/// The type a fact was declared with.
public enum FactType: Hashable, Sendable {
  case quantity(Dimension)
  case boolean
  case text
  case codes
}

/// One condition on an attribute of the features a measure looks at.
public struct AttributeFilter: Hashable, Sendable {
  public let attribute: String
  /// The value must begin with one of these; a whole code is the longest prefix of itself.
  ///
  /// The empty prefix admits every value, and features that state none.
  public let prefixes: [String]
  /// The value may not begin with one of these.
  public let excludedPrefixes: [String]

  public init(attribute: String, prefixes: [String], excludedPrefixes: [String] = []) {
    self.attribute = attribute
    self.prefixes = prefixes
    self.excludedPrefixes = excludedPrefixes
  }

  /// Whether a feature passes; its value is nil where it states none.
  public func admits(_ value: String?) -> Bool {
    let value = value ?? ""
    return prefixes.contains { value.hasPrefix($0) }
      && !excludedPrefixes.contains { value.hasPrefix($0) }
  }
}

/// How a fact is measured on the map; the service does it, the rules only read the result.
///
/// `boundary ∩ ∪(dataset where filters) ∩ ∪(inside …) − ∪(outside …)`, then `measure`. Set
/// operations are on geometry, never on totals.
///
/// With a distance the features count for the land around them too, that distance included (以内
/// includes the number, Civil Code art. 1259): the area is that of the boundary's land no farther
/// from any of them, after `inside` and `outside`; counted are those no farther from the
/// boundary. Features may then be points and lines as well as polygons. Distances are told to the
/// millimetre.
public struct MapMeasure: Hashable, Sendable {
  public enum Measure: Hashable, Sendable {
    /// Statutory area of the piece.
    case area
    /// Number of features that meet the boundary (for points: that lie in it).
    case count
    /// Distinct values of an attribute among the features that meet it.
    case values(of: String)
    /// Least number an attribute states among the features that meet it.
    case least(of: String, in: Unit)
    /// Greatest number an attribute states among the features that meet it.
    case greatest(of: String, in: Unit)
    /// Days from the earliest day an attribute states to the day that is asked about.
    case days(since: String)

    /// The attribute whose values are measured, where it is not the geometry.
    public var attribute: String? {
      switch self {
      case .area, .count: nil
      case .values(let name), .least(let name, _), .greatest(let name, _), .days(let name): name
      }
    }
  }

  public let dataset: DatasetID
  public let filters: [AttributeFilter]
  /// 保护距离: how far around the features their land reaches; nil for the features themselves.
  public let within: Quantity?
  public let inside: [DatasetID]
  public let outside: [DatasetID]
  public let measure: Measure

  public init(
    dataset: DatasetID, filters: [AttributeFilter] = [], within: Quantity? = nil,
    inside: [DatasetID] = [], outside: [DatasetID] = [], measure: Measure
  ) {
    precondition(within.map { $0.dimension == .length && $0.value > 0 } ?? true, "no distance")
    self.dataset = dataset
    self.filters = filters
    self.within = within
    self.inside = inside
    self.outside = outside
    self.measure = measure
  }
}

/// Where a fact comes from.
public enum FactSource: Hashable, Sendable {
  case map(MapMeasure)
  /// The boundary's own statutory area.
  case boundaryArea
  /// 用途: the purpose code of the request.
  case purpose
  /// Codes of the documents the applicant already holds.
  case documents
  /// 建设方案: a number the applicant states of what is to be built or asked for.
  case proposal(Unit)
  /// The row the quality gate looks at.
  case attribute
}

/// A fact a rule may name: `Packs/facts.yaml`.
public struct FactDeclaration: Hashable, Sendable {
  public let id: FactID
  public let title: LocalizedText
  public let type: FactType
  public let source: FactSource

  public init(id: FactID, title: LocalizedText, type: FactType, source: FactSource) {
    self.id = id
    self.title = title
    self.type = type
    self.source = source
  }
}

/// The facts of one question; a fact that could not be established is absent.
public struct Facts: Hashable, Sendable {
  public var values: [FactID: FactValue]

  public init(_ values: [FactID: FactValue] = [:]) { self.values = values }

  public subscript(id: FactID) -> FactValue? { values[id] }
}
