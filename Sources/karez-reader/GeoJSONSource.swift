import KarezCore
import KarezGeometry
import KarezReading

/// GeoJSON by our own parser: once for what there is, once to hand it over.
///
/// A file that is wrong anywhere is refused before any of it is handed over.
struct GeoJSONSource<Bytes: ByteSource>: Source {
  private let file: GeoJSONFile<Bytes>
  private let request: Request

  init(_ bytes: Bytes, _ request: Request) {
    file = GeoJSONFile(bytes, verticesInFeature: request.verticesInFeature)
    self.request = request
  }

  func layers() throws(ReadingError) -> [SourceLayer] { [try describe()] }

  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    let described = try describe()
    guard layer == nil || layer == described.name else {
      throw .noSuchLayer(name: layer ?? "", layers: [described.name])
    }
    batch.begin(described)
    let types = Dictionary(
      described.fields.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    var collected = batch
    _ = try file.walk { row, value throws(ReadingError) in
      var feature = SourceFeature(row: row, fid: Self.id(of: value) ?? String(row))
      switch value["geometry"] {
      case nil, .null?: feature.fault = .empty
      case let geometry?: Self.shape(geometry, into: &feature)
      }
      let vertices = Int64(feature.geometry?.vertexTotal ?? 0)
      try collected.admit(row: row, vertices: vertices)
      Self.attributes(of: value, types, into: &feature)
      try collected.add(feature)
    }
    batch = collected
  }

  private static func shape(_ value: JSONValue, into feature: inout SourceFeature) {
    do {
      let geometry = try Geometry(geoJSON: value)
      if geometry.vertexTotal > 0 { feature.geometry = geometry } else { feature.fault = .empty }
    } catch {
      feature.fault = SourceFault(error)
    }
  }

  private static func id(of feature: JSONValue) -> String? {
    switch feature["id"] {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    default: nil
    }
  }

  private static func attributes(
    of value: JSONValue, _ types: [String: AttributeType], into feature: inout SourceFeature
  ) {
    for (name, type) in types {
      guard case .object(let members)? = value["properties"], let member = members[name] else {
        feature.attributes[name] = .null
        continue
      }
      var read = attribute(member, type)
      if case .text(let text) = read, let scalar = text.forbiddenScalar {
        feature.fault = feature.fault ?? .textForbidden(field: name, scalar: scalar)
        read = .null
      }
      feature.attributes[name] = read
    }
  }

  private static func attribute(_ value: JSONValue, _ type: AttributeType) -> AttributeValue {
    switch (type, value) {
    case (_, .null): .null
    case (.boolean, .boolean(let flag)): .boolean(flag)
    case (.integer, .integer(let number)): .integer(number)
    case (.decimal, _): value.double.map(AttributeValue.decimal) ?? .null
    case (_, .string(let text)): .text(text)
    default: .text(value.canonicalText)
    }
  }

  // MARK: What there is

  private func describe() throws(ReadingError) -> SourceLayer {
    var types: [String: AttributeType] = [:]
    var names: Set<String> = []
    var kinds: Set<String> = []
    var count: Int64 = 0
    let members = try file.walk { _, value throws(ReadingError) in
      count += 1
      if let kind = value["geometry"]?["type"]?.string { kinds.insert(kind) }
      guard case .object(let properties)? = value["properties"] else { return }
      for (name, value) in properties {
        names.insert(name)
        guard let type = Self.type(of: value) else { continue }
        types[name] = types[name].map { Self.both($0, type) } ?? type
      }
    }
    var layer = SourceLayer(
      name: members["name"]?.string ?? request.stem, format: .geojson, featureCount: count)
    layer.geometry = Self.kind(kinds)
    layer.fields = names.sorted().map { SourceField(name: $0, type: types[$0] ?? .text) }
    try Self.describeCRS(members["crs"], request.declared, &layer)
    return layer
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

  private static func kind(_ kinds: Set<String>) -> GeometryKind {
    if kinds.isEmpty { return .none }
    if kinds.isSubset(of: ["Point", "MultiPoint"]) { return .point }
    if kinds.isSubset(of: ["LineString", "MultiLineString"]) { return .line }
    return .polygon
  }

  /// Without a `crs` member the format prescribes WGS 84.
  private static func describeCRS(
    _ member: JSONValue?, _ declared: SourceCRS?, _ layer: inout SourceLayer
  ) throws(ReadingError) {
    layer.crs = .epsg(4_326)
    layer.crsReason = .formatDefault
    if let member, member != .null {
      layer.crsName = String((member["properties"]?["name"]?.string ?? "").prefix(200))
      let code = layer.crsName.split(separator: ":").last.flatMap { Int($0) }
      let upper = layer.crsName.uppercased()
      if upper.hasSuffix("CRS84") {
        layer.crsReason = .statedCode
      } else if let code, upper.contains("EPSG") {
        layer.crs = .epsg(code)
        layer.crsReason = .statedCode
      } else {
        layer.crs = .unknown
        layer.crsReason = .unrecognised
      }
    }
    if let declared {
      if layer.crsReason != .formatDefault, !layer.crs.isSame(as: declared) {
        layer.warnings.append(.declaredOtherwise(stated: layer.crsName, declared: declared))
      }
      layer.crs = declared
      layer.crsReason = .declared
    }
  }
}
