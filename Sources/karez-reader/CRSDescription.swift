import CGDAL
import KarezGeometry
import KarezReading

/// The CRS a layer states, and what the caller declared.
struct CRSDescription {
  private(set) var crs = SourceCRS.unknown
  private(set) var reason = CRSReason.unstated
  private(set) var name = ""
  private(set) var warnings: [ReadWarning] = []

  init(of system: OGRSpatialReferenceH?, declared: SourceCRS?) {
    if let system { describe(system) }
    if let declared {
      if reason != .unstated, !crs.isSame(as: declared) {
        warnings.append(.declaredOtherwise(stated: name, declared: declared))
      }
      crs = declared
      reason = .declared
    }
  }

  private mutating func describe(_ system: OGRSpatialReferenceH) {
    name = OSRGetName(system).map { String(cString: $0) } ?? ""
    if let code = Self.code(of: system) {
      crs = .epsg(code)
      reason = .statedCode
    } else if let zone = Self.gaussKruger(system) {
      crs = zone
      reason = .statedDefinition
    } else if let code = Self.match(system) {
      crs = .epsg(code)
      reason = .statedDefinition
    } else {
      reason = .unrecognised
    }
  }

  private static func code(of system: OGRSpatialReferenceH) -> Int? {
    guard let authority = OSRGetAuthorityName(system, nil), String(cString: authority) == "EPSG",
      let code = OSRGetAuthorityCode(system, nil)
    else { return nil }
    return Int(String(cString: code))
  }

  /// The EPSG system whose definition is the same.
  private static func match(_ system: OGRSpatialReferenceH) -> Int? {
    var count: Int32 = 0
    var confidences: UnsafeMutablePointer<Int32>?
    guard let matches = OSRFindMatches(system, nil, &count, &confidences) else { return nil }
    defer {
      OSRFreeSRSArray(matches)
      VSIFree(confidences)
    }
    // 90 and more mean the same definition, perhaps under another name.
    guard count >= 1, let confidences, confidences[0] >= 90, let best = matches[0] else {
      return nil
    }
    return code(of: best)
  }

  /// A Gauss-Krüger zone of CGCS2000 by its parameters; zone 24 has no EPSG code.
  private static func gaussKruger(_ system: OGRSpatialReferenceH) -> SourceCRS? {
    func text(_ key: String) -> String {
      OSRGetAttrValue(system, key, 0).map { String(cString: $0).lowercased() } ?? ""
    }
    let datum = text("DATUM")
    guard text("PROJECTION") == "transverse_mercator",
      datum.contains("2000") && (datum.contains("china") || datum.contains("cgcs"))
    else { return nil }
    func parameter(_ name: String) -> Double { OSRGetProjParm(system, name, .nan, nil) }
    let meridian = parameter("central_meridian")
    let easting = parameter("false_easting")
    guard parameter("scale_factor") == 1, parameter("latitude_of_origin") == 0,
      parameter("false_northing") == 0, (3...180).contains(meridian), easting >= 500_000,
      easting < 1e8
    else { return nil }
    let prefix = (easting - 500_000) / 1e6
    let three = meridian / 3
    let six = (meridian + 3) / 6
    guard three == three.rounded() else { return nil }
    if prefix == 0 { return .gaussKruger(zone: Int(three), width: 3, prefixed: false) }
    if prefix == three { return .gaussKruger(zone: Int(three), width: 3, prefixed: true) }
    if prefix == six { return .gaussKruger(zone: Int(six), width: 6, prefixed: true) }
    return nil
  }
}

extension ReadWarning {
  /// The caller's word stands against the file's.
  static func declaredOtherwise(stated: String, declared: SourceCRS) -> ReadWarning {
    let system = try? declared.system()
    return ReadWarning(
      code: "crs-declared-otherwise",
      facts: ["stated": stated, "declared": system?.description ?? declared.argument])
  }
}
