import CPROJ

/// The shortest way between two places on CGCS2000's ellipsoid.
///
/// - Units: degrees of EPSG:4490 in, metres out.
/// - Accuracy: a micrometre at any distance; held by `GeodesicTests`.
/// - Source: PROJ's solution of the inverse problem, after Karney (2013).
public struct Geodesic: Sendable {
  public init() {}

  /// The length of a line whose pieces are the shortest ways between its positions.
  public func length(ofDegrees line: [Position]) -> Double {
    var ellipsoid = geod_geodesic()
    geod_init(&ellipsoid, Ellipsoid.majorAxis, 1 / Ellipsoid.inverseFlattening)
    return zip(line, line.dropFirst()).reduce(0) { sum, piece in
      var metres = 0.0
      geod_inverse(&ellipsoid, piece.0.y, piece.0.x, piece.1.y, piece.1.x, &metres, nil, nil)
      return sum + metres
    }
  }
}
