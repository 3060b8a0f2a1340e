/// A dataset's name: kebab-case, `land-patches`.
public struct DatasetID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  /// The id, if it is lower-case letters, digits and single hyphens, at most 60 bytes.
  public init?(_ text: String) {
    guard Self.isKebab(text), text.utf8.count <= 60 else { return nil }
    self.text = text
  }

  static func isKebab(_ text: String) -> Bool {
    var previous: UInt8 = 0x2D
    for byte in text.utf8 {
      switch byte {
      case 0x61...0x7A: break
      case 0x30...0x39: if previous == 0x2D && byte == text.utf8.first { return false }
      case 0x2D: if previous == 0x2D { return false }
      default: return false
      }
      previous = byte
    }
    return previous != 0x2D
  }

  /// The name a table or view of this dataset has: hyphens as underscores.
  public var tableName: String {
    String(decoding: text.utf8.map { $0 == 0x2D ? 0x5F : $0 }, as: UTF8.self)
  }

  public static func < (left: DatasetID, right: DatasetID) -> Bool { left.text < right.text }
  public var description: String { text }
}

/// What kind of geometry a dataset's features have.
public enum GeometryKind: String, CaseIterable, Hashable, Sendable {
  case none
  case point
  case line
  case polygon
}

/// What an attribute holds.
public enum AttributeType: String, CaseIterable, Hashable, Sendable {
  case text
  case integer
  case decimal
  case boolean
  case date
}

/// One attribute's value; `null` where a feature does not state it.
public enum AttributeValue: Hashable, Sendable {
  case null
  case text(String)
  case integer(Int64)
  case decimal(Double)
  case boolean(Bool)
  case date(LegalDate)
}

/// What an attribute's values may be, besides their type; nil where nothing limits them.
public struct AttributeLimits: Hashable, Sendable {
  /// The most characters a text may have.
  public let length: Int?
  /// In the attribute's unit; the number itself is allowed.
  public let minimum: Double?
  /// In the attribute's unit; the number itself is allowed.
  public let maximum: Double?

  public init(length: Int? = nil, minimum: Double? = nil, maximum: Double? = nil) {
    self.length = length
    self.minimum = minimum
    self.maximum = maximum
  }

  public static let none = AttributeLimits()
}

/// A value that names a feature of another dataset, which must be valid then.
public struct FeatureReference: Hashable, Sendable {
  public let dataset: DatasetID
  /// How many of the value's first characters are the feature's id; nil means all of them.
  public let digits: Int?

  public init(dataset: DatasetID, digits: Int? = nil) {
    self.dataset = dataset
    self.digits = digits
  }
}

/// One typed attribute of a dataset.
///
/// All it says is kept once and shared: attributes are passed about for every row there is.
public struct Attribute: Hashable, Sendable {
  private struct Facts: Hashable, Sendable {
    var name: String
    var title: LocalizedText
    var type: AttributeType
    var isRequired: Bool
    var isUnique: Bool
    var codes: String?
    var format: String?
    var unit: String?
    var classification: Classification
    var source: String?
    var aliases: [String]
    var limits: AttributeLimits
    var references: FeatureReference?
  }

  private final class Shared: Sendable {
    let facts: Facts

    init(_ facts: Facts) { self.facts = facts }
  }

  private let shared: Shared

  /// snake_case identifier of the glossary: `land_class`.
  public var name: String { shared.facts.name }
  public var title: LocalizedText { shared.facts.title }
  public var type: AttributeType { shared.facts.type }
  public var isRequired: Bool { shared.facts.isRequired }
  /// Values must be unique among features valid at the same time.
  public var isUnique: Bool { shared.facts.isUnique }
  /// Name of a code table the value must be in, such as `land-classes`; where a table has several
  /// editions the name says which.
  public var codes: String? { shared.facts.codes }
  /// Name of a registered format: `parcel-code`, `real-estate-unit-code`, `administrative-code`.
  public var format: String? { shared.facts.format }
  public var unit: String? { shared.facts.unit }
  public var classification: Classification { shared.facts.classification }
  /// The field of the exchange standard it is read from (`DLBM`), besides its own name.
  public var source: String? { shared.facts.source }
  /// Other names the same field goes by in files in use, such as `adcode`.
  public var aliases: [String] { shared.facts.aliases }
  public var limits: AttributeLimits { shared.facts.limits }
  public var references: FeatureReference? { shared.facts.references }

  public init(
    name: String, title: LocalizedText, type: AttributeType, isRequired: Bool = false,
    isUnique: Bool = false, codes: String? = nil, format: String? = nil, unit: String? = nil,
    classification: Classification = .internal, source: String? = nil, aliases: [String] = [],
    limits: AttributeLimits = .none, references: FeatureReference? = nil
  ) {
    shared = Shared(
      Facts(
        name: name, title: title, type: type, isRequired: isRequired, isUnique: isUnique,
        codes: codes, format: format, unit: unit, classification: classification, source: source,
        aliases: aliases, limits: limits, references: references))
  }

  /// The same attribute on another level.
  func labelled(_ level: Classification) -> Attribute {
    guard level != classification else { return self }
    var facts = shared.facts
    facts.classification = level
    return Attribute(facts)
  }

  private init(_ facts: Facts) { shared = Shared(facts) }

  public static func == (left: Attribute, right: Attribute) -> Bool {
    left.shared === right.shared || left.shared.facts == right.shared.facts
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(shared.facts) }
}

/// 编码规则: a new identifier ends in the number after the greatest ever given.
public struct CodeRule: Hashable, Sendable {
  /// First characters that identifiers of one series share, such as those of a sub-district.
  public let series: Int
  /// Digits of the number at the end.
  public let digits: Int

  /// The rule, if the number has at most eighteen digits.
  public init?(series: Int, digits: Int) {
    guard series > 0, (1...18).contains(digits) else { return nil }
    self.series = series
    self.digits = digits
  }
}

/// What a dataset's features look like and who answers for them; data, from a pack.
public struct DatasetSchema: Hashable, Sendable {
  public let id: DatasetID
  public let title: LocalizedText
  /// 责任单位: the one body accountable for it.
  public let steward: LocalizedText
  /// Id of a theme of the catalogue's tree.
  public let theme: String
  public let classification: Classification
  public let geometry: GeometryKind
  /// Features may not overlap one another.
  public let isCoverage: Bool
  /// Attribute that identifies a feature; the feature's id is its value.
  public let identifier: String
  /// Attribute whose value begins with the administrative code, for region scopes.
  public let region: String?
  public let attributes: [Attribute]
  /// Attributes no schema names are kept under their own names (the `polygons` dataset).
  public let isOpen: Bool
  /// Nil in definitions recorded before the catalogue had entries.
  public let entry: CatalogueEntry?
  /// The identifier of a feature that is no more is never given to another.
  public let retiresIdentifiers: Bool
  /// How identifiers of new features are made; nil where they are given with the feature.
  public let coding: CodeRule?

  public init(
    id: DatasetID, title: LocalizedText, steward: LocalizedText, theme: String,
    classification: Classification, geometry: GeometryKind, isCoverage: Bool,
    identifier: String, region: String? = nil, attributes: [Attribute], isOpen: Bool = false,
    entry: CatalogueEntry? = nil, retiresIdentifiers: Bool = false, coding: CodeRule? = nil
  ) {
    self.id = id
    self.title = title
    self.steward = steward
    self.theme = theme
    self.classification = classification
    self.geometry = geometry
    self.isCoverage = isCoverage
    self.identifier = identifier
    self.region = region
    self.attributes = attributes
    self.isOpen = isOpen
    self.entry = entry
    self.retiresIdentifiers = retiresIdentifiers
    self.coding = coding
  }

  /// The same dataset with only those attributes that are to be kept.
  ///
  /// Where the one that says the region is not among them, the dataset has none.
  public func keeping(_ isKept: (Attribute) -> Bool) -> DatasetSchema {
    let dropped = Set(attributes.filter { !isKept($0) }.map(\.name))
    return with(
      attributes.filter { !dropped.contains($0.name) }, on: classification,
      region: region.flatMap { dropped.contains($0) ? nil : $0 })
  }

  func with(
    _ attributes: [Attribute], on level: Classification, region: String?
  ) -> DatasetSchema {
    DatasetSchema(
      id: id, title: title, steward: steward, theme: theme, classification: level,
      geometry: geometry, isCoverage: isCoverage, identifier: identifier, region: region,
      attributes: attributes, isOpen: isOpen, entry: entry,
      retiresIdentifiers: retiresIdentifiers, coding: coding)
  }
}
