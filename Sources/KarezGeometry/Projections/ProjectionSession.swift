import CPROJ

/// One PROJ context and what was made in it.
///
/// Not shared: make one in the task that uses it, as PROJ asks for one context a thread.
final class ProjectionSession {
  let context: OpaquePointer?

  init() {
    context = proj_context_create()
    // Without this PROJ prints its complaints on stderr; they are read by `proj_errno` instead.
    proj_log_level(context, PJ_LOG_NONE)
    proj_context_set_enable_network(context, 0)
  }

  deinit { proj_context_destroy(context) }

  /// Refuses a code that is unknown, or whose datum is neither CGCS2000 nor WGS 84.
  func checkDatum(ofEPSG epsg: Int) throws(GeometryError) {
    _ = try geographicCode(ofEPSG: epsg)
  }

  /// EPSG's code of the geographic system a system rests on.
  private func geographicCode(ofEPSG epsg: Int) throws(GeometryError) -> Int {
    let name = "EPSG:\(epsg)"
    // Safe because the object is used only here, and destroyed on every way out.
    guard epsg > 0, let system = proj_create(context, name) else {
      throw .unknownCRS(name)
    }
    defer { proj_destroy(system) }
    guard let geodetic = proj_crs_get_geodetic_crs(context, system) else {
      throw .unknownCRS(name)
    }
    defer { proj_destroy(geodetic) }
    guard let text = proj_get_id_code(geodetic, 0), let code = Int(String(cString: text))
    else { throw .unknownCRS(name) }
    guard [4_490, 4_326].contains(code) else { throw .datumShiftUnknown(crs: name) }
    return code
  }

  /// A transformer from a system to its own longitudes and latitudes.
  func toDegrees(fromEPSG epsg: Int) throws(GeometryError) -> Transformer {
    let geographic = try geographicCode(ofEPSG: epsg)
    return try transformer(from: "EPSG:\(epsg)", to: "EPSG:\(geographic)")
  }

  /// A transformer from a system's own longitudes and latitudes to the system.
  func fromDegrees(toEPSG epsg: Int) throws(GeometryError) -> Transformer {
    let geographic = try geographicCode(ofEPSG: epsg)
    return try transformer(from: "EPSG:\(geographic)", to: "EPSG:\(epsg)")
  }

  func transformer(from source: String, to target: String) throws(GeometryError) -> Transformer {
    // Safe because the raw object is destroyed here and the normalised one by its owner.
    guard let raw = proj_create_crs_to_crs(context, source, target, nil) else {
      throw .unknownCRS(source)
    }
    defer { proj_destroy(raw) }
    guard let object = proj_normalize_for_visualization(context, raw) else {
      throw .unknownCRS(source)
    }
    return Transformer(session: self, object: object)
  }

  /// A PROJ operation, east before north on both sides.
  final class Transformer {
    // Keeps the context alive for as long as the operation.
    private let session: ProjectionSession
    private let object: OpaquePointer

    fileprivate init(session: ProjectionSession, object: OpaquePointer) {
      self.session = session
      self.object = object
    }

    deinit { proj_destroy(object) }

    /// The position on the other side.
    ///
    /// - Errors: `outsideProjection` where PROJ answers with an error or an infinity.
    func forward(_ position: Position) throws(GeometryError) -> Position {
      // Safe because the object lives as long as self and is used by one task.
      proj_errno_reset(object)
      let input = proj_coord(position.x, position.y, 0, 0)
      let output = proj_trans(object, PJ_FWD, input)
      let result = Position(x: output.xy.x, y: output.xy.y)
      guard proj_errno(object) == 0, result.isFinite else {
        throw .outsideProjection(position)
      }
      return result
    }
  }
}
