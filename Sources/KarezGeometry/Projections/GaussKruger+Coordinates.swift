extension GaussKruger {
  private var projection: TransverseMercator {
    TransverseMercator(centralMeridian: centralMeridian)
  }

  /// The place on the grid of a longitude and latitude; for writing coordinates.
  ///
  /// - Units: degrees of EPSG:4490 in, metres out (x east, y north).
  /// - Errors: `outsideProjection` more than 6° from the central meridian or beyond 89.9°.
  /// - Accuracy: 1 µm against PROJ; held by `GaussKrugerTests`.
  public func position(ofDegrees degrees: Position) throws(GeometryError) -> Position {
    let place = try projection.position(ofDegrees: degrees)
    return Position(x: falseEasting + place.x, y: place.y)
  }

  /// The longitude and latitude of a place on the grid, by the official inverse series.
  ///
  /// - Units: metres in (x east, y north), degrees of EPSG:4490 out.
  /// - Errors: `outsideProjection` more than 6° (about 670 km) from the central meridian, where
  ///   the series means nothing, and beyond the poles.
  /// - Accuracy: 1e-9° on the vector of the regulation; held by `GaussKrugerTests`.
  /// - Source: 国土调查办发〔2008〕32号, inverse formula.
  public func degrees(of position: Position) throws(GeometryError) -> Position {
    do throws(GeometryError) {
      return try projection.degrees(
        of: Position(x: position.x - falseEasting, y: position.y))
    } catch {
      throw .outsideProjection(position)
    }
  }
}
