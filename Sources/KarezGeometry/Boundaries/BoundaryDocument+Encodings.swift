import KarezCore

extension BoundaryDocument {
  /// One geometry, over any number of lines, with `SRID=4490;` before it or not.
  init(wkt text: String, encoding: TextEncoding, options: Options) throws(GeometryError) {
    var rest = TextLines.trimmed(Substring(text))
    var crs = options.crs
    if rest.prefix(5).uppercased() == "SRID=" {
      guard let end = rest.firstIndex(of: ";"),
        let code = Int(rest[..<end].dropFirst(5)), code > 0
      else { throw .unexpected(found: String(rest.prefix(16)), expected: .srid) }
      if crs == nil { crs = try CoordinateReferenceSystem(epsg: code) }
      rest = rest[rest.index(after: end)...]
    }
    guard case .polygons(let multi) = try Geometry(wkt: String(rest)) else {
      throw .unsupportedGeometry(String(rest.prefix { $0.isLetter }.prefix(20)))
    }
    let parcel = Parcel(id: "1", geometry: multi)
    try self.init(
      .wkt, encoding: encoding, parcels: [parcel],
      hints: CoordinateJudgement.Hints(crs: crs, extent: options.extent))
  }

  /// A FeatureCollection, a Feature or a geometry; every feature is a parcel.
  init(geoJSON text: String, encoding: TextEncoding, options: Options) throws(GeometryError) {
    let value = try Self.parsed(text)
    let stated = try Self.statedCRS(value)
    let crs = options.crs ?? stated
    var parcels: [Parcel] = []
    for (index, feature) in GeoJSONFeature.features(of: value).enumerated() {
      do throws(GeometryError) {
        guard case .polygons(let multi) = try Geometry(geoJSON: feature.geometry) else {
          throw .unsupportedGeometry(String((feature.geometry["type"]?.string ?? "").prefix(40)))
        }
        let id = feature.id ?? String(index + 1)
        parcels.append(Parcel(id: id, name: feature.name ?? "", geometry: multi))
      } catch {
        throw error.located(at: InputPlace(feature: index + 1))
      }
    }
    try self.init(
      .geoJSON, encoding: encoding, parcels: parcels,
      hints: CoordinateJudgement.Hints(crs: crs, extent: options.extent))
  }

  private static func parsed(_ text: String) throws(GeometryError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: text)
    } catch {
      throw GeometryError.notJSON(JSONFault(error))
    }
  }

  /// The `crs` member of older GeoJSON: `urn:ogc:def:crs:EPSG::4490`, `EPSG:4490` or CRS84.
  private static func statedCRS(
    _ value: JSONValue
  ) throws(GeometryError) -> CoordinateReferenceSystem? {
    guard let member = value["crs"], member != .null else { return nil }
    let name = member["properties"]?["name"]?.string ?? ""
    if name.hasSuffix("CRS84") { return nil }
    guard name.contains("EPSG"), let code = name.split(separator: ":").last.flatMap({ Int($0) })
    else { throw .unknownCRS(String(name.prefix(60))) }
    return try CoordinateReferenceSystem(epsg: code)
  }
}

/// A GeoJSON object's features; a bare geometry is one feature.
private struct GeoJSONFeature {
  let id: String?
  let name: String?
  let geometry: JSONValue

  static func features(of value: JSONValue) -> [GeoJSONFeature] {
    switch value["type"]?.string {
    case "FeatureCollection":
      (value["features"]?.array ?? []).map(GeoJSONFeature.init(feature:))
    case "Feature": [GeoJSONFeature(feature: value)]
    default: [GeoJSONFeature(id: nil, name: nil, geometry: value)]
    }
  }

  private init(id: String?, name: String?, geometry: JSONValue) {
    self.id = id
    self.name = name
    self.geometry = geometry
  }

  private init(feature: JSONValue) {
    let properties = feature["properties"]
    let id = feature["id"] ?? properties?["id"] ?? properties?["地块编号"]
    let name = properties?["name"] ?? properties?["地块名称"]
    self.init(
      id: Self.text(id), name: Self.text(name), geometry: feature["geometry"] ?? .null)
  }

  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text): String(text.prefix(200))
    case .integer(let number): String(number)
    default: nil
    }
  }
}

extension JSONFault {
  init(_ error: JSONError) {
    switch error {
    case .unexpected(let offset): self.init(kind: "unexpected", byte: offset)
    case .endsTooSoon: self.init(kind: "ends-too-soon", byte: nil)
    case .tooDeep(let offset): self.init(kind: "too-deep", byte: offset)
    case .duplicateKey(_, let offset): self.init(kind: "duplicate-key", byte: offset)
    case .numberOutOfRange(let offset): self.init(kind: "number-out-of-range", byte: offset)
    case .invalidText(let offset): self.init(kind: "invalid-text", byte: offset)
    case .trailing(let offset): self.init(kind: "trailing", byte: offset)
    }
  }
}
