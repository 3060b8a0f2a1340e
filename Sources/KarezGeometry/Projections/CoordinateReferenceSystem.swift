/// 坐标系: what the numbers of a geometry mean.
///
/// - Shape: CGCS2000 in degrees, a zone of the national grid, or another system EPSG has a code
///   for.
public struct CoordinateReferenceSystem: Hashable, Sendable {
  /// The three ways in which coordinates are taken to EPSG:4490.
  public enum Definition: Hashable, Sendable {
    case geographic
    case gaussKruger(GaussKruger)
    /// By PROJ, and only where the datum is WGS 84's, which agrees with CGCS2000 to decimetres.
    case epsg(Int)
  }

  public let definition: Definition

  private init(_ definition: Definition) { self.definition = definition }

  /// EPSG:4490, CGCS2000 in degrees.
  public static let cgcs2000 = CoordinateReferenceSystem(.geographic)

  public static func gaussKruger(_ grid: GaussKruger) -> CoordinateReferenceSystem {
    CoordinateReferenceSystem(.gaussKruger(grid))
  }

  /// The system with this EPSG code.
  ///
  /// - Errors: `unknownCRS` for a code PROJ does not know or that is not horizontal;
  ///   `datumShiftUnknown` for a datum, such as 1954年北京坐标系 and 1980西安坐标系, whose shift to
  ///   CGCS2000 is not public, and for every other that is not CGCS2000 or WGS 84.
  public init(epsg: Int) throws(GeometryError) {
    if epsg == 4_490 {
      self = .cgcs2000
    } else if let grid = GaussKruger(epsg: epsg) {
      self = .gaussKruger(grid)
    } else {
      try ProjectionSession().checkDatum(ofEPSG: epsg)
      self.definition = .epsg(epsg)
    }
  }

  /// The code EPSG gives it, if any.
  public var epsg: Int? {
    switch definition {
    case .geographic: 4_490
    case .gaussKruger(let grid): grid.epsg
    case .epsg(let code): code
    }
  }

  /// Whether positions are longitudes and latitudes.
  public var isGeographic: Bool {
    switch definition {
    case .geographic: true
    case .gaussKruger: false
    case .epsg(let code): code == 4_326
    }
  }

  /// The grid, if it is one of the national zones.
  public var grid: GaussKruger? {
    guard case .gaussKruger(let grid) = definition else { return nil }
    return grid
  }
}

extension CoordinateReferenceSystem: CustomStringConvertible {
  /// `EPSG:4513`, or a name where EPSG has no code.
  public var description: String {
    if let epsg { return "EPSG:\(epsg)" }
    if let grid { return grid.description }
    return "EPSG:4490"
  }
}
