import Foundation
import KarezGeometry
import TestSupport
import Testing

@testable import KarezStore
@testable import KarezTiles

@Suite struct PolygonTileTests {
  static let corner = Position(x: 76, y: 39)

  static func plane(_ level: Int, around place: Position) throws -> TilePlane {
    let box = BoundingBox(minX: place.x, minY: place.y, maxX: place.x, maxY: place.y)
    return TilePlane(
      try #require(TileAddress.all(of: .webMercatorQuad, level: level, meeting: box).first))
  }

  /// The shapes of a layer with their vertices gathered in cells, read again.
  static func shapes(
    _ layer: MapLayer, on plane: TilePlane, cell: Int
  ) throws -> [Decoded.Feature] {
    var clusters = cell > 1 ? VertexClusters(cell: cell) : nil
    var clipper = RingClipper()
    var rings = DrawnRings()
    var writer = VectorTileWriter(layer: "fields")
    for number in 0..<layer.parts[0].layer.count {
      try layer.parts[0].layer.read(number, into: &rings)
      let geometry = PolygonTile.geometry(of: rings, on: plane, &clusters, &clipper)
      if !geometry.isEmpty { writer.add(.polygon, geometry, tags: []) }
    }
    return try Decoded(writer.finish()).layers.first?.features ?? []
  }

  /// The tile lies within the coverage, whose fields are some 60 pixels to less than one wide.
  @Test(arguments: 0..<8, [1, 8, 16])
  func `neighbours leave no gap at any level`(seed: UInt64, cell: Int) throws {
    let side = 30
    let size = 0.004
    let layer = try Fields.coverage(side: side, from: Self.corner, size: size, seed: seed)
    let half = size * Double(side) / 2
    let middle = Position(x: Self.corner.x + half, y: Self.corner.y + half)
    var random = SplitMix64(seed: seed)
    for level in [12, 13, 14, 16] {
      let plane = try Self.plane(level, around: middle)
      let features = try Self.shapes(layer, on: plane, cell: cell)
      #expect(features.allSatisfy { $0.rings.allSatisfy { $0.count > 2 } })
      let boxed = features.map { (feature: $0, box: $0.box) }
      var (looked, covered, twice) = (0, 0, 0)
      for _ in 0..<200 {
        let point = SIMD2(
          Double(Int.random(in: 0..<4_096, using: &random)) + 0.37,
          Double(Int.random(in: 0..<4_096, using: &random)) + 0.61)
        guard Self.isWellInside(point, plane, half) else { continue }
        let windings = boxed.compactMap { feature, box in
          point.x >= box.low.x && point.y >= box.low.y && point.x <= box.high.x
            && point.y <= box.high.y ? feature.winding(around: point) : nil
        }
        looked += 1
        covered += windings.contains { $0 > 0 } ? 1 : 0
        twice += windings.reduce(0, +) > 1 ? 1 : 0
      }
      try #require(looked > 40)
      #expect(covered == looked, "level \(level): \(looked - covered) gaps")
      // A field that turned over in a cell leaves its land to two neighbours: never to none.
      #expect(twice * 50 <= looked, "level \(level): \(twice) of \(looked) twice")
    }
  }

  private static func isWellInside(_ point: SIMD2<Double>, _ plane: TilePlane, _ half: Double)
    -> Bool
  {
    let west = plane.place(Position(x: corner.x + half * 0.1, y: corner.y + half * 1.9))
    let east = plane.place(Position(x: corner.x + half * 1.9, y: corner.y + half * 0.1))
    return point.x > west.x && point.y > west.y && point.x < east.x && point.y < east.y
  }

  @Test(arguments: 0..<20)
  func `pieces of neighbours share no land where vertices lie as they are`(seed: UInt64) throws {
    let layer = try Fields.coverage(side: 12, from: Self.corner, size: 0.02, seed: seed)
    let plane = try Self.plane(
      12, around: Position(x: Self.corner.x + 0.12, y: Self.corner.y + 0.12))
    let features = try Self.shapes(layer, on: plane, cell: 1)
    try #require(features.count > 4)
    // The square of the tile and its buffer is full; so the pieces' areas sum to it.
    let square = 2 * (4_096 + 128) * (4_096 + 128)
    #expect(features.reduce(0) { $0 + $1.doubledArea } == square)
  }

  @Test func `a tile reads as it was written`() throws {
    let layer = try Fields.coverage(side: 12, from: Self.corner, size: 0.02, seed: 1)
    let plane = try Self.plane(
      11, around: Position(x: Self.corner.x + 0.12, y: Self.corner.y + 0.12))
    let content = try PolygonTile(layer, on: plane, fields: Fields.fields).draw()
    #expect(content.form == .shapes(cell: 1))
    let found = try #require(try Decoded(content.bytes).layers.first)
    #expect((found.name, found.version, found.extent) == ("fields", 2, 4_096))
    #expect(found.features.count == content.features && content.features > 10)
    for feature in found.features {
      #expect(feature.kind == 3 && feature.doubledArea > 0)
      let number = try #require(feature.facts["id"].flatMap { Int($0.dropFirst()) })
      #expect(feature.facts["class"] == Fields.classes[number * 7 % 4])
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "tile-\(UUID()).mvt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(content.bytes).write(to: file)
    let read = try Self.gdal(file)
    #expect(read.contains("Feature Count: \(content.features)"), "\(read.prefix(600))")
    #expect(read.contains("class: String"))
  }

  /// What GDAL's reader of vector tiles says.
  private static func gdal(_ file: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/ogrinfo")
    process.arguments = ["-ro", "-al", "-so", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  @Test func `many fields are drawn together, every middle of a cell by one`() throws {
    let side = 100
    let size = 0.002
    let layer = try Fields.coverage(side: side, from: Self.corner, size: size, seed: 3, bends: 3)
    let half = size * Double(side) / 2
    let plane = try Self.plane(
      8, around: Position(x: Self.corner.x + half, y: Self.corner.y + half))
    let content = try PolygonTile(layer, on: plane, fields: Fields.fields).draw()
    #expect(content.form == .cells(256))
    #expect(content.bytes.count <= TileBudget.mostBytes)
    let features = try #require(try Decoded(content.bytes).layers.first?.features)
    #expect(Set(features.compactMap { $0.facts["class"] }) == Set(Fields.classes))
    var covered = 0
    var wrong = 0
    for column in stride(from: 0, to: 256, by: 3) {
      for row in stride(from: 0, to: 256, by: 3) {
        let point = SIMD2(Double(column) * 16 + 8.1, Double(row) * 16 + 8.2)
        let windings = features.map { $0.winding(around: point) }
        wrong += windings.contains { $0 < 0 } || windings.reduce(0, +) > 1 ? 1 : 0
        covered += windings.reduce(0, +)
      }
    }
    #expect(wrong == 0)
    // As much land as there is, of every third cell either way, to its rough edge.
    let west = plane.place(Self.corner)
    let east = plane.place(Position(x: Self.corner.x + 2 * half, y: Self.corner.y + 2 * half))
    let expected = (east.x - west.x) * (west.y - east.y) / 256 / 9
    #expect(abs(Double(covered) - expected) < expected * 0.1)
  }

  @Test(arguments: [4, 6])
  func `what is too small to be seen has something in its place`(level: Int) throws {
    let writer = LayerWriter(columns: ["/days", "class"], spoolingIn: "/tmp")
    // A plot of ten metres, alone in the desert.
    let plot = [(76.05, 39.05), (76.0501, 39.05), (76.0501, 39.0501), (76.05, 39.0501)]
    let shell = try Ring((plot + plot.prefix(1)).map { Position(x: $0.0, y: $0.1) })
    try writer.append(
      row: 1, id: "plot", values: ["2024-01-01/", "01"],
      MultiPolygon([Polygon(shell: shell, holes: [])]))
    let layer = try Fields.layer(writer)
    let plane = try Self.plane(level, around: Position(x: 76.05, y: 39.05))
    let content = try PolygonTile(layer, on: plane, fields: Fields.fields).draw()
    let feature = try #require(try Decoded(content.bytes).layers.first?.features.first)
    #expect(feature.facts == ["id": "plot", "class": "01"])
    #expect(feature.doubledArea == 2 * 8 * 8)
  }

  @Test func `beside the land a tile is empty`() throws {
    let layer = try Fields.coverage(side: 4, from: Self.corner, size: 0.01, seed: 5)
    let content = try PolygonTile(
      layer, on: try Self.plane(10, around: Position(x: 100, y: 10)), fields: Fields.fields
    ).draw()
    #expect(content.bytes.isEmpty && content.features == 0)
  }
}
