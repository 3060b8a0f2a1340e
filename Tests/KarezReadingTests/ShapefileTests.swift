import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

@Suite struct ShapefileTests {
  var two: ShapefileBuilder {
    var builder = ShapefileBuilder()
    let hole = Array(ShapefileBuilder.square(76.002, 39.002, 0.001).reversed())
    builder.shapes = [
      ([ShapefileBuilder.square(76, 39, 0.01), hole], Array("one".utf8)),
      ([ShapefileBuilder.square(77, 39, 0.01)], Array("two".utf8)),
    ]
    return builder
  }

  func read(
    _ builder: ShapefileBuilder, changing change: (inout [String: [UInt8]]) -> Void = { _ in },
    options: ReadOptions = ReadOptions()
  ) async throws -> (layer: SourceLayer, features: [SourceFeature]) {
    try await Places.withTemporaryFolder { folder in
      var files = builder.files
      change(&files)
      for (ending, bytes) in files {
        try Data(bytes).write(to: folder.appending(path: "a." + ending))
      }
      return try await Workers.read(folder.appending(path: "a.shp").path, options)
    }
  }

  @Test func `shells and holes come out as they were put in`() async throws {
    let (layer, features) = try await read(two)
    #expect(layer.format == .shapefile)
    #expect(layer.encoding == SourceEncoding(name: "UTF-8", reason: .ascii))
    #expect(features.map(\.fid) == ["0", "1"])
    #expect(features.map(\.row) == [1, 2])
    guard case .polygons(let multi) = features[0].geometry else {
      Issue.record("no polygon")
      return
    }
    #expect(multi.polygons.count == 1)
    #expect(multi.polygons[0].holes.count == 1)
    #expect(multi.vertexCount == 10)
    #expect(features[1].attributes == ["NAME": .text("two")])
  }

  @Test func `an open ring is a fault of its feature, and the others are read`() async throws {
    var builder = two
    builder.shapes[0].rings[0].removeLast()
    builder.shapes[0].rings[0].append((76.5, 39.5))
    let (_, features) = try await read(builder)
    #expect(features[0].geometry == nil)
    #expect(features[0].fault == .ringNotClosed(part: 1, ring: 1))
    #expect(features[1].fault == nil)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a vertex that is no number is named`(value: Double) async throws {
    var builder = two
    builder.shapes[1].rings[0][2] = (value, 39)
    let (_, features) = try await read(builder)
    #expect(features[1].geometry == nil)
    #expect(features[1].fault == .notFinite(part: 1, ring: 1, vertex: 3))
  }

  @Test func `a missing index, and a table of another length, are refused`() async throws {
    await #expect(throws: ReadingError.shapefile(.sidecarMissing(kind: "shx"))) {
      _ = try await read(two, changing: { $0["shx"] = nil })
    }
    await #expect(
      throws: ReadingError.shapefile(.countsDisagree(kind: "dbf", shapes: 2, found: 1))
    ) {
      _ = try await read(two, changing: { $0["dbf"]?[4] = 1 })
    }
    await #expect(throws: ReadingError.shapefile(.sidecarMalformed(kind: "dbf"))) {
      _ = try await read(two, changing: { $0["dbf"]?[7] = 0x7F })
    }
  }

  @Test func `a claim of more points than the record holds is refused by its record`()
    async throws
  {
    await #expect(throws: ReadingError.shapefile(.truncatedRecord(record: 0, byte: 100))) {
      _ = try await read(two, changing: { $0["shp"]?[100 + 8 + 40 + 3] = 0x7F })
    }
    await #expect(throws: ReadingError.self) {
      _ = try await read(two, changing: { $0["shp"]?.removeLast(30) })
    }
  }

  @Test func `a shapefile without its table is read, and says it has no attributes`()
    async throws
  {
    let (layer, features) = try await read(two, changing: { $0["dbf"] = nil })
    #expect(layer.warnings.contains(ReadWarning(code: "no-attributes")))
    #expect(features.count == 2)
  }

  @Test func `the cpg is honoured, doubted when the bytes say otherwise, and refused if unknown`()
    async throws
  {
    var builder = two
    builder.shapes[0].name = [0xB5, 0xD8, 0xBF, 0xE9]
    let honoured = try await read(builder, changing: { $0["cpg"] = Array("GBK".utf8) })
    #expect(honoured.layer.encoding == SourceEncoding(name: "GB18030", reason: .sidecar))
    #expect(honoured.features[0].attributes == ["NAME": .text("地块")])
    let doubted = try await read(builder, changing: { $0["cpg"] = Array("UTF-8".utf8) })
    #expect(doubted.layer.warnings.map(\.code) == ["encoding-doubt"])
    #expect(doubted.features[0].fault == .textUndecodable(field: "NAME"))
    #expect(doubted.features[0].attributes == ["NAME": .null])
    await #expect(throws: ReadingError.encodingUnknown(name: "KLINGON")) {
      _ = try await read(builder, changing: { $0["cpg"] = Array("KLINGON".utf8) })
    }
  }

  @Test func `the language byte of a Chinese system is taken`() async throws {
    var builder = two
    builder.language = 0x4D
    builder.shapes[0].name = [0xB5, 0xD8]
    let (layer, features) = try await read(builder)
    #expect(layer.encoding == SourceEncoding(name: "GB18030", reason: .languageByte))
    #expect(features[0].attributes == ["NAME": .text("地")])
  }

  @Test func `a direction override in a name is a fault`() async throws {
    var builder = two
    builder.shapes[0].name = Array("a\u{202E}b".utf8)
    let (_, features) = try await read(builder)
    #expect(features[0].fault == .textForbidden(field: "NAME", scalar: 0x202E))
  }

  @Test func `a zone without an EPSG code is recognised by its parameters`() async throws {
    let prj =
      "PROJCS[\"Local\",GEOGCS[\"GCS_China_Geodetic_Coordinate_System_2000\","
      + "DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",6378137.0,298.257222101]],"
      + "PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],"
      + "PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",24500000.0],"
      + "PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",72.0],"
      + "PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],"
      + "UNIT[\"Meter\",1.0]]"
    let (layer, _) = try await read(two, changing: { $0["prj"] = Array(prj.utf8) })
    #expect(layer.crs == .gaussKruger(zone: 24, width: 3, prefixed: true))
    #expect(layer.crsReason == .statedDefinition)
    let declared = try await read(
      two, changing: { $0["prj"] = Array(prj.utf8) }, options: ReadOptions(declaredEPSG: 4_513))
    #expect(declared.layer.crs == .epsg(4_513))
    #expect(declared.layer.crsReason == .declared)
    #expect(declared.layer.warnings.map(\.code) == ["crs-declared-otherwise"])
  }

  @Test func `ESRI's words for a zone with a code give the code`() async throws {
    let prj =
      "PROJCS[\"CGCS2000_3_Degree_GK_Zone_25\",GEOGCS[\"GCS_China_Geodetic_Coordinate_System_2000\","
      + "DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",6378137.0,298.257222101]],"
      + "PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],"
      + "PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",25500000.0],"
      + "PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",75.0],"
      + "PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],"
      + "UNIT[\"Meter\",1.0]]"
    let (layer, _) = try await read(two, changing: { $0["prj"] = Array(prj.utf8) })
    let isZone25 =
      layer.crs == .epsg(4_513) || layer.crs == .gaussKruger(zone: 25, width: 3, prefixed: true)
    #expect(isZone25, "\(layer.crs)")
  }

  @Test(arguments: 0..<40)
  func `a changed shapefile is read or refused, never worse`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    do {
      let (_, features) = try await read(
        two,
        changing: { files in
          let ending = ["shp", "shx", "dbf"].randomElement(using: &random) ?? "shp"
          guard var bytes = files[ending] else { return }
          for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] =
              UInt8.random(in: 0...255, using: &random)
          }
          files[ending] = bytes
        })
      #expect(features.count <= 2)
    } catch let error as ReadingError {
      switch error {
      case .workerCrashed, .workerFailed, .badFrame, .timeLimit, .memoryLimit:
        Issue.record("\(error)")
      default: break
      }
    }
  }
}
