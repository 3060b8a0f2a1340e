import CPROJ

extension CoordinateReferenceSystem {
  /// The system a WKT definition (OGC, ISO or ESRI) describes.
  ///
  /// Transverse Mercator on CGCS2000 becomes a zone of the national grid by its parameters, so
  /// that names do not matter; systems on WGS 84 are found among EPSG's.
  ///
  /// - Errors: `unknownCRS` with the definition's name, `datumShiftUnknown` for another datum.
  public init(wkt: String) throws(GeometryError) {
    self = try ProjectionSession().system(describedBy: wkt)
  }

  /// The system a short name means: `EPSG:4513`, `4513`, or `zone 24` with `description`'s words.
  public init(name: String) throws(GeometryError) {
    let words = name.split(separator: " ").map(String.init)
    if words.count >= 5, words[0] == "CGCS2000", words[2] == "GK", words[3] == "zone",
      let zone = Int(words[4]), let degrees = Int(words[1].filter(\.isNumber)),
      let width = GaussKruger.Width(rawValue: degrees),
      let grid = GaussKruger(
        zone: zone, width: width, isPrefixed: !words.contains("without"))
    {
      self = .gaussKruger(grid)
      return
    }
    let digits = name.uppercased().hasPrefix("EPSG:") ? name.dropFirst(5) : name[...]
    guard let code = Int(digits), (1_000...99_999).contains(code) else {
      throw .unknownCRS(String(name.prefix(80)))
    }
    try self.init(epsg: code)
  }
}

extension ProjectionSession {
  private enum Datum {
    case cgcs2000
    case wgs84

    init?(named name: String) {
      let plain = name.lowercased().map { $0 == "_" ? " " : $0 }
      let text = String(plain)
      let marks = ["china geodetic coordinate system 2000", "cgcs2000", "cgcs 2000", "china 2000"]
      if marks.contains(where: text.contains) {
        self = .cgcs2000
      } else if ["wgs 84", "wgs84", "wgs 1984"].contains(where: text.contains) {
        self = .wgs84
      } else {
        return nil
      }
    }
  }

  func system(describedBy wkt: String) throws(GeometryError) -> CoordinateReferenceSystem {
    let label = String(wkt.prefix(60))
    // Safe because every object is used only before the `defer` that destroys it.
    guard let made = proj_create_from_wkt(context, wkt, nil, nil, nil) else {
      throw .unknownCRS(label)
    }
    defer { proj_destroy(made) }
    guard let system = horizontal(made) else { throw .unknownCRS(label) }
    defer { proj_destroy(system) }
    let name = proj_get_name(system).map { String(cString: $0) } ?? label
    guard let geodetic = proj_crs_get_geodetic_crs(context, system) else {
      throw .unknownCRS(name)
    }
    defer { proj_destroy(geodetic) }
    let geodeticName = proj_get_name(geodetic).map { String(cString: $0) } ?? ""
    guard let datum = Datum(named: geodeticName) else { throw .datumShiftUnknown(crs: name) }
    let isGeographic = proj_get_type(system) != PJ_TYPE_PROJECTED_CRS
    if isGeographic {
      return datum == .cgcs2000 ? .cgcs2000 : try CoordinateReferenceSystem(epsg: 4_326)
    }
    if datum == .cgcs2000, let grid = grid(of: system) { return .gaussKruger(grid) }
    guard let code = identified(system) else { throw .unknownCRS(name) }
    return try CoordinateReferenceSystem(epsg: code)
  }

  /// The horizontal part of a system, without a height or a shift bound to it; owned by the caller.
  private func horizontal(_ system: OpaquePointer) -> OpaquePointer? {
    switch proj_get_type(system) {
    case PJ_TYPE_BOUND_CRS: proj_get_source_crs(context, system)
    case PJ_TYPE_COMPOUND_CRS: proj_crs_get_sub_crs(context, system, 0)
    case PJ_TYPE_PROJECTED_CRS, PJ_TYPE_GEOGRAPHIC_2D_CRS, PJ_TYPE_GEOGRAPHIC_3D_CRS:
      proj_clone(context, system)
    default: nil
    }
  }

  /// The zone a Transverse Mercator's parameters describe, if they are a zone's.
  private func grid(of system: OpaquePointer) -> GaussKruger? {
    guard let operation = proj_crs_get_coordoperation(context, system) else { return nil }
    defer { proj_destroy(operation) }
    var method: UnsafePointer<CChar>?
    guard proj_coordoperation_get_method_info(context, operation, &method, nil, nil) == 1,
      let method, String(cString: method).hasPrefix("Transverse Mercator")
    else { return nil }
    var values: [String: Double] = [:]
    for index in 0..<proj_coordoperation_get_param_count(context, operation) {
      var label: UnsafePointer<CChar>?
      var value = 0.0
      var factor = 0.0
      let read = proj_coordoperation_get_param(
        context, operation, index, &label, nil, nil, &value, nil, &factor, nil, nil, nil, nil)
      guard read == 1, let label else { return nil }
      values[String(cString: label)] = value
    }
    guard values["Latitude of natural origin"] == 0, values["False northing"] == 0,
      values["Scale factor at natural origin"] == 1,
      let meridian = values["Longitude of natural origin"], let easting = values["False easting"],
      meridian == meridian.rounded(), (0...180).contains(meridian),
      (500_000...46_500_000).contains(easting)
    else { return nil }
    let prefix = Int(easting / 1_000_000)
    guard easting == 500_000 + Double(prefix) * 1_000_000 else { return nil }
    // Without a prefix a zone of six degrees and one of three with its meridian are the same.
    let grids = GaussKruger.Width.allCases.compactMap {
      GaussKruger(centralMeridian: Int(meridian), width: $0, isPrefixed: prefix > 0)
    }
    return grids.first { prefix == 0 || $0.zone == prefix }
  }

  /// EPSG's code of a system, by its own statement or by comparing definitions.
  private func identified(_ system: OpaquePointer) -> Int? {
    if let authority = proj_get_id_auth_name(system, 0), String(cString: authority) == "EPSG",
      let code = proj_get_id_code(system, 0)
    {
      return Int(String(cString: code))
    }
    var confidences: UnsafeMutablePointer<Int32>?
    guard let list = proj_identify(context, system, "EPSG", nil, &confidences) else { return nil }
    defer {
      proj_int_list_destroy(confidences)
      proj_list_destroy(list)
    }
    // Below 70 PROJ found the same kind of system but not the same parameters.
    guard proj_list_get_count(list) > 0, let confidences, confidences[0] >= 70,
      let best = proj_list_get(context, list, 0)
    else { return nil }
    defer { proj_destroy(best) }
    return proj_get_id_code(best, 0).flatMap { Int(String(cString: $0)) }
  }
}
