import KarezCore
import KarezGeometry
import KarezReading

/// A feature of GeoJSON before the types of its attributes are known.
struct GeoJSONFeature {
  let row: Int64
  let fid: String
  private(set) var geometry: Geometry?
  private(set) var fault: SourceFault?
  let properties: [String: JSONValue]

  init(row: Int64, _ value: JSONValue) {
    self.row = row
    switch value["id"] {
    case .string(let text)?: fid = text
    case .integer(let number)?: fid = String(number)
    default: fid = String(row)
    }
    if case .object(let members)? = value["properties"] {
      properties = members
    } else {
      properties = [:]
    }
    guard let shape = value["geometry"], shape != .null else {
      fault = .empty
      return
    }
    do {
      let geometry = try Geometry(geoJSON: shape)
      if geometry.vertexTotal > 0 { self.geometry = geometry } else { fault = .empty }
    } catch {
      fault = SourceFault(error)
    }
  }

  /// About how many bytes it takes in memory.
  var size: Int {
    properties.values.reduce(200 + 16 * (geometry?.vertexTotal ?? 0)) { size, value in
      switch value {
      case .string(let text): size + 100 + text.utf8.count
      case .array, .object: size + 2_000
      default: size + 100
      }
    }
  }

  /// The value of an attribute whose type in the whole layer is this one.
  static func attribute(_ value: JSONValue, _ type: AttributeType) -> AttributeValue {
    switch (type, value) {
    case (_, .null): .null
    case (.boolean, .boolean(let flag)): .boolean(flag)
    case (.integer, .integer(let number)): .integer(number)
    case (.decimal, _): value.double.map(AttributeValue.decimal) ?? .null
    case (_, .string(let text)): .text(text)
    default: .text(value.canonicalText)
    }
  }
}

extension FeatureBatch {
  /// Adds a feature of GeoJSON with its attributes in the layer's types.
  ///
  /// Where no feature has a geometry, none is missing.
  mutating func take(
    _ source: GeoJSONFeature, _ types: [String: AttributeType], in layer: SourceLayer
  ) throws(ReadingError) {
    var feature = SourceFeature(
      row: source.row, fid: source.fid, geometry: source.geometry, fault: source.fault)
    if layer.geometry == .none { feature.fault = nil }
    try admit(row: source.row, vertices: Int64(feature.geometry?.vertexTotal ?? 0))
    for (name, type) in types {
      guard let value = source.properties[name] else { continue }
      var attribute = GeoJSONFeature.attribute(value, type)
      if case .text(let text) = attribute, let scalar = text.forbiddenScalar {
        feature.fault = feature.fault ?? .textForbidden(field: name, scalar: scalar)
        attribute = .null
      }
      feature.attributes[name] = attribute
    }
    try add(feature)
  }
}

/// What a first walk over a GeoJSON file finds, and the features themselves if they are not too many.
struct GeoJSONSurvey {
  private(set) var count: Int64 = 0
  /// The features, while they fit.
  private(set) var kept: [GeoJSONFeature]?
  private var keptSize = 0
  private var types: [String: AttributeType] = [:]
  private var names: Set<String> = []
  private var kinds: Set<GeometryKind> = []

  /// A quarter of the memory a worker may have, roughly.
  private static let mostKept = 192 << 20

  init(keeps: Bool) { kept = keeps ? [] : nil }

  mutating func add(_ feature: GeoJSONFeature) {
    count += 1
    if kept != nil {
      keptSize += feature.size
      if keptSize <= Self.mostKept { kept?.append(feature) } else { kept = nil }
    }
    switch feature.geometry {
    case nil: if feature.fault != .empty { kinds.insert(.polygon) }
    case .points: kinds.insert(.point)
    case .lines: kinds.insert(.line)
    case .polygons: kinds.insert(.polygon)
    }
    for (name, value) in feature.properties {
      guard let type = Self.type(of: value) else {
        names.insert(name)
        continue
      }
      guard let known = types[name] else {
        types[name] = type
        names.insert(name)
        continue
      }
      if known != type { types[name] = Self.both(known, type) }
    }
  }

  var fields: [SourceField] {
    names.sorted().map { SourceField(name: $0, type: types[$0] ?? .text) }
  }

  /// The one kind there is; several kinds count as areas.
  var kind: GeometryKind {
    guard let first = kinds.first else { return .none }
    return kinds.count == 1 ? first : .polygon
  }

  private static func type(of value: JSONValue) -> AttributeType? {
    switch value {
    case .null: nil
    case .boolean: .boolean
    case .integer: .integer
    case .number: .decimal
    case .string, .array, .object: .text
    }
  }

  /// The narrowest type that holds values of both.
  private static func both(_ left: AttributeType, _ right: AttributeType) -> AttributeType {
    if left == right { return left }
    let numeric: Set<AttributeType> = [.integer, .decimal]
    return numeric.contains(left) && numeric.contains(right) ? .decimal : .text
  }
}
