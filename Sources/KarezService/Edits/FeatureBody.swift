public import KarezCore
import KarezGeometry
public import KarezStore

/// 要素报文: a feature, or the changes of one, as a program sends it in GeoJSON.
///
/// What the server itself says of a feature (its days, its area) may stand in it and is read over,
/// so that what was fetched can be sent back.
/// - Source: RFC 7946; RFC 7396 for changes; OGC API Features, part 4.
public struct FeatureBody: Sendable {
  /// Members of `properties` that are the server's to say.
  static let facts: Set<String> = ["recordedFrom", "statutoryAreaM2", "validFrom", "validUntil"]

  private let schema: DatasetSchema
  private let id: String?
  /// Null takes a value away.
  private let values: [String: AttributeValue]
  /// Nil where the body says nothing of it.
  private let geometry: Geometry??
  /// A member that a whole feature has and this one has not.
  private let lacking: String?

  /// - Errors: `Problem` of kind usage that names the member, as the reader may know the dataset.
  public init(
    feature json: JSONValue, of schema: DatasetSchema, in crs: OfferedCRS
  ) throws(Problem) {
    guard case .object(let members) = json else { throw Self.malformed("body") }
    if let type = members["type"], type != .string("Feature") { throw Self.malformed("type") }
    self.schema = schema
    lacking = ["type", "geometry", "properties"].first { members[$0] == nil }
    id = try Self.id(members["id"])
    switch members["geometry"] {
    case nil: geometry = nil
    case .null?: geometry = .some(nil)
    case let shape?: geometry = .some(try Self.geometry(shape, of: schema, in: crs))
    }
    switch members["properties"] {
    case nil, .null?: values = [:]
    case .object(let properties)?: values = try Self.values(properties, of: schema)
    default: throw Self.malformed("properties")
    }
  }

  /// The feature as a whole; `id` is what its address calls it, nil of a new one.
  public func feature(named address: String? = nil) throws(Problem) -> Feature {
    if let lacking { throw Self.malformed(lacking) }
    let stated = try statedID()
    guard let name = address ?? stated else {
      throw Wording(
        "identifier-missing", "新要素须给出标识码", "a new feature has to say its identifier",
        do: "写在 id 或标识字段里", "state it as id, or as the attribute that identifies"
      ).problem(.usage, at: schema.identifier)
    }
    guard stated == nil || stated == name else { throw Self.otherID }
    return try made(name, values, geometry ?? nil)
  }

  /// A feature with what the body says of it changed, and all else as it was.
  public func changes(of known: Feature) throws(Problem) -> Feature {
    if let stated = try statedID(), stated != known.id { throw Self.otherID }
    return try made(
      known.id, known.attributes.merging(values) { $1 }, geometry ?? known.geometry)
  }

  private func made(
    _ id: String, _ values: [String: AttributeValue], _ geometry: Geometry?
  ) throws(Problem) -> Feature {
    var attributes = values.filter { $0.value != .null }
    if let identifying = schema.attributes.first(where: { $0.name == schema.identifier }) {
      guard identifying.type != .integer || Int64(id) != nil else {
        throw Self.malformed(schema.identifier)
      }
      attributes[schema.identifier] =
        identifying.type == .integer ? Int64(id).map(AttributeValue.integer) : .text(id)
    }
    return Feature(id: id, geometry: geometry, attributes: attributes)
  }

  /// What the body calls the feature, in either place.
  private func statedID() throws(Problem) -> String? {
    let named: String? =
      switch values[schema.identifier] {
      case .text(let text)?: text
      case .integer(let number)?: String(number)
      default: nil
      }
    guard let named, let id else { return named ?? id }
    guard named == id else { throw Self.otherID }
    return id
  }

  // MARK: Parts

  private static func id(_ value: JSONValue?) throws(Problem) -> String? {
    switch value {
    case nil, .null?: return nil
    case .integer(let number)?: return String(number)
    case .string(let text)?:
      guard !text.isEmpty, text.utf8.count <= 256,
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else { throw malformed("id") }
      return text
    default: throw malformed("id")
    }
  }

  private static func geometry(
    _ value: JSONValue, of schema: DatasetSchema, in crs: OfferedCRS
  ) throws(Problem) -> Geometry {
    let shape: Geometry
    do throws(GeometryError) {
      shape = try crs.degrees(of: try Geometry(geoJSON: value))
    } catch {
      throw .geometry(error, of: "geometry")
    }
    let isFit =
      switch (shape, schema.geometry) {
      case (.points, .point), (.lines, .line), (.polygons, .polygon): true
      default: false
      }
    guard isFit else {
      throw Wording(
        "geometry-other", "数据集的几何类型是 \(schema.geometry.rawValue)",
        "the dataset's geometries are of kind \(schema.geometry.rawValue)",
        do: "更正几何", "mend the geometry"
      ).problem(.usage, at: "geometry")
    }
    return shape
  }

  private static func values(
    _ properties: [String: JSONValue], of schema: DatasetSchema
  ) throws(Problem) -> [String: AttributeValue] {
    let known = Dictionary(
      schema.attributes.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    var values: [String: AttributeValue] = [:]
    for (name, json) in properties.sorted(by: { $0.key < $1.key }) {
      guard let type = known[name] else {
        if facts.contains(name) { continue }
        guard schema.isOpen, let value = AttributeValue(plain: json) else {
          let names = schema.attributes.map(\.name).joined(separator: ", ")
          throw Wording.attributeUnknown(String(name.prefix(64)), known: names)
            .problem(.usage, at: schema.id.text)
        }
        values[name] = value
        continue
      }
      guard let value = AttributeValue(json, as: type) else {
        throw Wording(
          "value-malformed", "值不是 \(type.rawValue)", "the value is no \(type.rawValue)",
          do: "更正该值", "mend the value"
        ).problem(.usage, at: name)
      }
      values[name] = value
    }
    return values
  }

  // MARK: Problems

  private static func malformed(_ member: String) -> Problem {
    Wording(
      "feature-malformed", "不是 GeoJSON 要素", "it is not a GeoJSON feature",
      do: "按 RFC 7946 更正该成员", "mend that member (RFC 7946)"
    ).problem(.usage, at: member)
  }

  private static let otherID = Wording(
    "identifier-other", "报文中的标识码与地址或彼此不同",
    "the identifier of the body is another than that of the address, or there are two",
    do: "标识码不能更改；另建新要素", "an identifier is never changed; make a new feature"
  ).problem(.usage, at: "id")
}

extension AttributeValue {
  /// A JSON value as an attribute of a type holds it; nil for what is none.
  init?(_ json: JSONValue, as type: AttributeType) {
    switch (type, json) {
    case (_, .null): self = .null
    case (.text, .string(let text)): self = .text(text)
    case (.integer, .integer(let number)): self = .integer(number)
    case (.decimal, .integer(let number)): self = .decimal(Double(number))
    case (.decimal, .number(let number)) where number.isFinite: self = .decimal(number)
    case (.boolean, .boolean(let flag)): self = .boolean(flag)
    case (.date, .string(let text)):
      guard let day = LegalDate(text) else { return nil }
      self = .date(day)
    default: return nil
    }
  }

  /// A JSON value that no schema says the type of.
  init?(plain json: JSONValue) {
    switch json {
    case .null: self = .null
    case .string(let text): self = .text(text)
    case .integer(let number): self = .integer(number)
    case .number(let number) where number.isFinite: self = .decimal(number)
    case .boolean(let flag): self = .boolean(flag)
    default: return nil
    }
  }
}
