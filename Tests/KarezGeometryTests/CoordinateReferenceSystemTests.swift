import KarezGeometry
import Testing

@Suite struct CoordinateReferenceSystemTests {
  @Test func `codes of the national grid are zones, and 4490 is degrees`() throws {
    #expect(try CoordinateReferenceSystem(epsg: 4_490) == .cgcs2000)
    let zone25 = try #require(GaussKruger(zone: 25, isPrefixed: true))
    #expect(try CoordinateReferenceSystem(epsg: 4_513) == .gaussKruger(zone25))
    #expect(try CoordinateReferenceSystem(epsg: 4_513).description == "EPSG:4513")
    #expect(try CoordinateReferenceSystem(epsg: 4_554).grid?.zone == 45)
    let six = try #require(try CoordinateReferenceSystem(epsg: 4_491).grid)
    #expect(six.zone == 13 && six.width == .sixDegrees && six.isPrefixed)
  }

  @Test(arguments: [4_326, 32_733, 32_643, 3_857])
  func `systems on WGS 84 are taken`(epsg: Int) throws {
    let crs = try CoordinateReferenceSystem(epsg: epsg)
    #expect(crs.epsg == epsg)
    #expect(crs.isGeographic == (epsg == 4_326))
  }

  @Test(arguments: [
    4_214, 4_610, 2_349, 2_327, 21_413, 2_401, 4_555, 4_269, 27_700, 4_258,
  ])
  func `systems whose shift is secret or not needed are refused by name`(epsg: Int) {
    #expect(throws: GeometryError.datumShiftUnknown(crs: "EPSG:\(epsg)")) {
      _ = try CoordinateReferenceSystem(epsg: epsg)
    }
  }

  @Test(arguments: [0, -1, 1, 999_999, 5_737, 9_122, .max, .min])
  func `what is not a horizontal system is refused`(epsg: Int) {
    #expect(throws: GeometryError.unknownCRS("EPSG:\(epsg)")) {
      _ = try CoordinateReferenceSystem(epsg: epsg)
    }
  }

  @Test func `a system without a code has a name that reads back`() throws {
    for zone in GaussKruger.zones(of: .threeDegrees) {
      for isPrefixed in [true, false] {
        let grid = try #require(GaussKruger(zone: zone, isPrefixed: isPrefixed))
        let crs = CoordinateReferenceSystem.gaussKruger(grid)
        #expect(try CoordinateReferenceSystem(name: crs.description) == crs)
        #expect(try CoordinateReferenceSystem(name: grid.description) == crs)
      }
    }
    #expect(try CoordinateReferenceSystem(name: "epsg:4490") == .cgcs2000)
    #expect(try CoordinateReferenceSystem(name: "4490") == .cgcs2000)
  }

  @Test(arguments: ["", "EPSG:", "EPSG:x", "EPSG:-4490", "WGS84", "+proj=longlat", "EPSG:4490 x"])
  func `another name is refused`(name: String) {
    #expect(throws: GeometryError.unknownCRS(name)) {
      _ = try CoordinateReferenceSystem(name: name)
    }
  }

  static func esri(meridian: Int, easting: Int, datum: String) -> String {
    """
    PROJCS["CGCS2000_3_Degree_GK_Zone",GEOGCS["GCS_\(datum)",DATUM["D_\(datum)",\
    SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],\
    UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],\
    PARAMETER["False_Easting",\(easting).0],PARAMETER["False_Northing",0.0],\
    PARAMETER["Central_Meridian",\(meridian).0],PARAMETER["Scale_Factor",1.0],\
    PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]
    """
  }

  @Test(arguments: [
    (75, 25_500_000, "EPSG:4513"), (75, 500_000, "EPSG:4534"), (78, 26_500_000, "EPSG:4514"),
    (72, 24_500_000, "CGCS2000 3° GK zone 24"), (75, 13_500_000, "EPSG:4491"),
    (135, 45_500_000, "EPSG:4533"),
  ])
  func `the definition beside a Shapefile is the zone its parameters say`(
    meridian: Int, easting: Int, expected: String
  ) throws {
    let text = Self.esri(
      meridian: meridian, easting: easting, datum: "China_Geodetic_Coordinate_System_2000")
    #expect(try CoordinateReferenceSystem(wkt: text).description == expected)
  }

  @Test func `a definition of another datum is refused, and so is what is no definition`() {
    let text = Self.esri(meridian: 75, easting: 25_500_000, datum: "Xian_1980")
    let error = #expect(throws: GeometryError.self) {
      _ = try CoordinateReferenceSystem(wkt: text)
    }
    #expect(error == .datumShiftUnknown(crs: "CGCS2000_3_Degree_GK_Zone"))
    #expect(throws: GeometryError.self) { _ = try CoordinateReferenceSystem(wkt: "not a CRS") }
    let local = Self.esri(
      meridian: 75, easting: 25_400_000, datum: "China_Geodetic_Coordinate_System_2000")
    #expect(throws: GeometryError.self) { _ = try CoordinateReferenceSystem(wkt: local) }
  }

  @Test func `a definition of UTM on WGS 84 is found by its parameters`() throws {
    let text = """
      PROJCS["WGS_1984_UTM_Zone_33S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",\
      SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],\
      UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],\
      PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],\
      PARAMETER["Central_Meridian",15.0],PARAMETER["Scale_Factor",0.9996],\
      PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]
      """
    #expect(try CoordinateReferenceSystem(wkt: text).description == "EPSG:32733")
  }

  /// Recorded with cs2cs of PROJ 9.1.1.
  @Test func `UTM coordinates lead where PROJ's own program leads`() throws {
    let converter = try CoordinateConverter(from: CoordinateReferenceSystem(epsg: 32_733))
    let place = try converter.degrees(of: Position(x: 350_000, y: 6_250_000))
    #expect(abs(place.x - 13.378_072_146) <= 1e-8)
    #expect(abs(place.y + 33.879_689_217) <= 1e-8)
  }

  @Test func `a vertex that leads nowhere is named`() throws {
    let ring = try Shapes.ring([(585_000, 4_370_000), (9e8, 4_370_000), (585_000, 4_371_000)])
    let grid = try #require(GaussKruger(zone: 25, isPrefixed: false))
    let converter = try CoordinateConverter(from: .gaussKruger(grid))
    let error = try #require(throws: GeometryError.self) {
      _ = try converter.degrees(of: MultiPolygon([Polygon(shell: ring)]))
    }
    #expect(error.place == InputPlace(part: 1, ring: 1, vertex: 2))
    #expect(error.cause == .outsideProjection(Position(x: 9e8, y: 4_370_000)))
    let metres = try CoordinateConverter(from: .cgcs2000)
    #expect(throws: GeometryError.notDegrees(Position(x: 585_000, y: 4_370_000))) {
      _ = try metres.degrees(of: Position(x: 585_000, y: 4_370_000))
    }
  }
}
