/// The transverse Mercator projection of CGCS2000 around one meridian, true to scale on it.
///
/// - Units: degrees of EPSG:4490 on one side; metres east of the meridian and north of the
///   equator on the other.
struct TransverseMercator: Hashable, Sendable {
  /// In degrees.
  let centralMeridian: Double
}
