import CPROJ

extension CoordinateReferenceSystem {
  /// The ways in which a definition is written out for other programs.
  public enum Notation: Sendable {
    /// WKT as GDAL 1 and GeoPackage 1.2 know it.
    case wkt1
    /// PROJJSON, as GeoParquet asks for it.
    case projJSON
  }

  /// The system's whole definition, as PROJ knows it.
  ///
  /// - Errors: `unknownCRS` where PROJ's data lack it.
  public func definition(in notation: Notation) throws(GeometryError) -> String {
    try ProjectionSession().definition(of: self, in: notation)
  }

  /// A zone EPSG has no code for, by its parameters.
  fileprivate static func wkt(of grid: GaussKruger) -> String {
    """
    PROJCS["\(grid.description)",GEOGCS["China Geodetic Coordinate System 2000",\
    DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],\
    AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],\
    UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]],\
    PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],\
    PARAMETER["central_meridian",\(grid.centralMeridian)],PARAMETER["scale_factor",1],\
    PARAMETER["false_easting",\(grid.falseEasting)],PARAMETER["false_northing",0],\
    UNIT["metre",1,AUTHORITY["EPSG","9001"]]]
    """
  }
}

extension ProjectionSession {
  fileprivate func definition(
    of system: CoordinateReferenceSystem, in notation: CoordinateReferenceSystem.Notation
  ) throws(GeometryError) -> String {
    let name =
      system.epsg.map { "EPSG:\($0)" }
      ?? system.grid.map(CoordinateReferenceSystem.wkt) ?? system.description
    // Safe because the texts PROJ gives live as long as the object, and are copied before it goes.
    guard let object = proj_create(context, name) else {
      throw .unknownCRS(system.description)
    }
    defer { proj_destroy(object) }
    let text =
      switch notation {
      case .wkt1: proj_as_wkt(context, object, PJ_WKT1_GDAL, nil)
      case .projJSON: proj_as_projjson(context, object, nil)
      }
    guard let text else { throw .unknownCRS(system.description) }
    return String(cString: text)
  }
}
