public import KarezGeometry

/// 服务坐标系: a system that coordinates may be asked for and given in over the network.
///
/// A system's name says in which order its coordinates stand: by EPSG's codes north comes first, by
/// CRS84 the longitude.
public struct OfferedCRS: Hashable, Sendable {
  public let uri: String
  public let crs: CoordinateReferenceSystem
  /// Latitude or northing before longitude or easting.
  public let isNorthFirst: Bool

  /// Longitude and latitude.
  ///
  /// WGS 84 agrees with CGCS2000 to decimetres, and no number is changed.
  public static let crs84 = OfferedCRS(
    uri: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", crs: .cgcs2000, isNorthFirst: false)
  /// How features are kept.
  public static let cgcs2000 = OfferedCRS(.cgcs2000, code: 4_490)

  /// Every system there is: degrees, and the zones of the national grid that EPSG has codes for.
  public static let all: [OfferedCRS] =
    [crs84, cgcs2000]
    + GaussKruger.Width.allCases.flatMap { width in
      [true, false].flatMap { isPrefixed in
        GaussKruger.zones(of: width).compactMap { zone in
          GaussKruger(zone: zone, width: width, isPrefixed: isPrefixed).flatMap { grid in
            grid.epsg.map { OfferedCRS(.gaussKruger(grid), code: $0) }
          }
        }
      }
    }

  /// The system with this name, if it is offered.
  public init?(uri: String) {
    guard let found = Self.all.first(where: { $0.uri == uri }) else { return nil }
    self = found
  }

  /// The system a program of the older services names: `CRS:84`, `EPSG:n`, or as a URN, which all
  /// have the order of EPSG's or CRS84's own.
  ///
  /// EPSG:4326 is given EPSG:4490's numbers, as CRS84 is.
  public init?(named name: String) {
    let short = Self.shortName(of: name)
    if short == "CRS:84" {
      self = .crs84
    } else if short == "EPSG:4326" {
      self = .cgcs2000
    } else {
      self.init(uri: "http://www.opengis.net/def/crs/" + short.replacing(":", with: "/0/"))
    }
  }

  /// `EPSG:n` or `CRS:84` of the ways to write it; what is none of them as it is.
  public static func shortName(of name: String) -> String {
    for prefix in [
      "urn:ogc:def:crs:EPSG::", "urn:x-ogc:def:crs:EPSG::", "urn:ogc:def:crs:EPSG:0:",
      "http://www.opengis.net/def/crs/EPSG/0/", "http://www.opengis.net/gml/srs/epsg.xml#",
      "EPSG:", "epsg:",
    ] where name.hasPrefix(prefix) {
      return "EPSG:" + name.dropFirst(prefix.count)
    }
    let geographic = [
      "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84",
      "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84", "CRS:84",
    ]
    return geographic.contains(name) ? "CRS:84" : name
  }

  /// Such as `urn:ogc:def:crs:EPSG::4490`.
  public var urn: String {
    guard let code = crs.epsg, isNorthFirst else { return "urn:ogc:def:crs:OGC:1.3:CRS84" }
    return "urn:ogc:def:crs:EPSG::\(code)"
  }

  private init(uri: String, crs: CoordinateReferenceSystem, isNorthFirst: Bool) {
    self.uri = uri
    self.crs = crs
    self.isNorthFirst = isNorthFirst
  }

  private init(_ crs: CoordinateReferenceSystem, code: Int) {
    self.init(
      uri: "http://www.opengis.net/def/crs/EPSG/0/\(code)", crs: crs, isNorthFirst: true)
  }
}

extension OfferedCRS {
  /// How many stretches a side of a box has that is taken to degrees.
  private static let stepsOfSide = 16

  /// A shape whose coordinates stand as the system has them, in degrees of EPSG:4490.
  func degrees(of shape: Geometry) throws(GeometryError) -> Geometry {
    try CoordinateConverter(from: crs).degrees(of: isNorthFirst ? shape.exchanged : shape)
  }

  /// A box whose numbers stand as the system has them, in degrees of EPSG:4490.
  public func polygon(of box: BoundingBox) throws(GeometryError) -> MultiPolygon {
    let eastFirst =
      isNorthFirst
      ? BoundingBox(minX: box.minY, minY: box.minX, maxX: box.maxY, maxY: box.maxX) : box
    let steps = crs.isGeographic ? 1 : Self.stepsOfSide
    return try CoordinateConverter(from: crs).degrees(of: eastFirst.polygon(steps: steps))
  }

  /// A shape of degrees in the system, its coordinates as they stand there.
  public func shape(
    ofDegrees shape: Geometry, by placement: CoordinatePlacement
  ) throws(GeometryError) -> Geometry {
    let placed = try placement.geometry(ofDegrees: shape)
    return isNorthFirst ? placed.exchanged : placed
  }
}
