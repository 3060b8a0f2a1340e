import KarezCore
import KarezGeometry
import Testing

@testable import KarezReading

/// What a head says of coordinates, in the words files in use have for it.
@Suite struct VCTHeadTests {
  private func file(_ changes: [String: String?]) throws(ReadingError) -> VCTFile {
    var text = VCTText.neighbours
    text.head = text.head.compactMap { line in
      let key = String(line.prefix { $0 != ":" })
      guard let change = changes[key] else { return line }
      return change.map { key + ":" + $0 }
    }
    return try VCTFile(MemoryBytes(Array(text.text.utf8)))
  }

  static let parameters: [(String, SourceCRS)] = [
    ("75,1,25500000,0,3,25", .epsg(4_513)), ("75,1,500000,0,3,25", .epsg(4_513)),
    ("75,0,,,,1,500000,0,3,", .epsg(4_513)), ("75,0,,,,1,25500000,0,3,25", .epsg(4_513)),
    ("75,1,25500000,0", .epsg(4_513)), ("0,75,1,0,0,25500000", .epsg(4_513)),
    (",,25500000,0,3,25", .epsg(4_513)),
    // Six degrees, and what contradicts itself.
    ("75,1,13500000,0,6,13", .epsg(4_491)), ("75,1,26500000,0,3,26", .unknown),
    ("76,1,500000,0,3,", .unknown), ("75,0.9996,500000,0,6,43", .unknown),
    ("75,1,25400000,0,3,25", .unknown), ("nan,inf,,,", .unknown), ("", .unknown),
    ("1e308,75,1e300,-1e308", .epsg(4_513)),
  ]

  @Test(arguments: parameters)
  func `parameters give the zone`(parameters: String, expected: SourceCRS) throws {
    let file = try file(["Parameters": parameters])
    #expect(file.crs == expected, "\(parameters)")
    #expect(file.crsReason == (expected == .unknown ? .unrecognised : .statedDefinition))
  }

  @Test func `zone 24 has no code and is named`() throws {
    var text = VCTText.neighbours
    text.head = text.head.map {
      $0.hasPrefix("Parameters") ? "Parameters:72,1,24500000,0,3,24" : $0
    }
    let file = try VCTFile(MemoryBytes(Array(text.text.utf8)))
    #expect(file.crs == .gaussKruger(zone: 24, width: 3, prefixed: true))
  }

  static let spheroids: [(String, String, SourceCRS)] = [
    ("CGCS2000,6378137.0,298.257222101", "P", .epsg(4_513)), ("CGCS2000", "P", .epsg(4_513)),
    ("2000国家大地坐标系,6378.137,298.257222101", "P", .epsg(4_513)),
    (",6378137,298.257222101", "P", .epsg(4_513)),
    ("西安(1980),6378.140,298.257", "P", .epsg(2_349)),
    ("克拉索夫斯基(1940),6378.245,298.3", "P", .epsg(2_401)),
    ("CGCS2000,6378137.0,298.257222101", "D", .epsg(4_490)),
    ("WGS84,6378137,298.257223563", "D", .epsg(4_326)),
    ("WGS84,6378137,298.257223563", "P", .unknown), ("CGCS2000,6378140,298.257", "P", .unknown),
    ("某椭球,6378000,298.9", "P", .unknown), ("CGCS2000,6378137.0,298.257222101", "C", .unknown),
  ]

  @Test(arguments: spheroids)
  func `the ellipsoid and the kind of system give the datum`(
    spheroid: String, type: String, expected: SourceCRS
  ) throws {
    let file = try file(["Spheroid": spheroid, "CoordinateSystemType": type])
    #expect(file.crs == expected, "\(spheroid) \(type)")
  }

  @Test func `a head that says nothing leaves the system to the numbers`() throws {
    let file = try file([
      "Spheroid": nil, "Projection": nil, "Parameters": nil, "CoordinateSystemType": nil,
    ])
    #expect(file.crs == .unknown)
    #expect(file.crsReason == .unstated)
  }

  @Test func `axes the other way round are put right`() throws {
    var text = VCTText.neighbours
    text.head = text.head.map {
      $0.hasPrefix("XAxis") ? "XAxisDirection:N" : $0.hasPrefix("YAxis") ? "YAxisDirection:E" : $0
    }
    text.lines = text.lines.map { object in
      object.split(separator: "\n").map { line in
        line.contains(",")
          ? line.split(separator: ",").reversed().joined(separator: ",") : String(line)
      }.joined(separator: "\n")
    }
    #expect(try text.features() == VCTText.neighbours.features())
  }

  @Test func `the offset is added, and told of`() throws {
    var text = VCTText.neighbours
    text.head = text.head.map { $0.hasPrefix("Offset") ? "Offset:1000,-2000" : $0 }
    let (file, features) = try VCTText.read(Array(text.text.utf8))
    #expect(features[0].local[0][0][0] == [1_100, -2_000])
    #expect(
      file.layers[0].warnings == [
        ReadWarning(code: "vct-offset-added", facts: ["x": "1000.0", "y": "-2000.0"])
      ])
  }

  @Test func `heights are left out, and told of`() throws {
    var text = VCTText.neighbours
    text.head = text.head.map { $0.hasPrefix("Dim") ? "Dim:3" : $0 }
    text.lines = text.lines.map { object in
      object.split(separator: "\n").map { $0.contains(",") ? $0 + ",1200.5" : String($0) }
        .joined(separator: "\n")
    }
    let (file, features) = try VCTText.read(Array(text.text.utf8))
    #expect(features == (try VCTText.neighbours.features()))
    #expect(file.layers[0].warnings == [ReadWarning(code: "z-dropped")])
  }

  static let refused: [(String, String, VCTFault)] = [
    ("XAxisDirection", "W", .headValue(key: "XAxisDirection", value: "W N")),
    ("XYUnit", "FOOT", .headValue(key: "XYUnit", value: "FOOT")),
    ("Dim", "4", .headValue(key: "Dim", value: "4")),
    ("Separator", "ab", .headValue(key: "Separator", value: "ab")),
    ("Separator", "5", .headValue(key: "Separator", value: "5")),
    ("Version", "2.0", .edition("VCT 2.0")), ("Version", "1.0", .edition("VCT 1.0")),
    ("Version", "GB/T 17798-1999", .edition("GB/T17798-1999")),
  ]

  @Test(arguments: refused)
  func `a value nothing can be read by is refused`(
    key: String, value: String, fault: VCTFault
  ) throws {
    #expect(throws: ReadingError.vct(fault)) { try file([key: value]) }
  }

  @Test func `an edition without a number is known by its keys`() throws {
    let older = "HeadBegin\nDataMark:CNSDTF-VCT\nUnit:M\nDim:2\nTopo:0\nHeadEnd\n"
    #expect(throws: ReadingError.vct(.edition("VCT 1.0 / 2.0"))) {
      try VCTFile(MemoryBytes(Array(older.utf8)))
    }
  }

  @Test(arguments: ["GB/T 17798-2007", "GB/T17798-2007", "3.0", "3", ""])
  func `the edition of 2007 goes by several names`(version: String) throws {
    #expect(try file(["Version": version]).layers.count == 1)
  }
}
