import Foundation
import KarezCore
import KarezGeometry
import KarezService
import Testing

/// The benchmark's sums: right ones, or its times mean nothing.
@Suite struct LayerBenchmarkTests {
  /// A square with its corner so many hundredths of a degree east of 76°, 39°.
  static func square(at step: Int, side: Double) throws -> MultiPolygon {
    let (west, south) = (76 + 0.01 * Double(step), 39.0)
    let corners = [(0.0, 0.0), (side, 0), (side, side), (0, side), (0, 0)]
    return MultiPolygon([
      Polygon(shell: try Ring(corners.map { Position(x: west + $0, y: south + $1) }))
    ])
  }

  /// Lays squares out under ids and classes of their own.
  static func lay(_ squares: [MultiPolygon], in folder: URL, as name: String) throws -> String {
    let path = folder.appending(path: name).path
    let writer = LayerWriter(columns: ["class"], spoolingIn: folder.path)
    for (index, square) in squares.enumerated() {
      try writer.append(row: Int64(index), id: "s\(index)", values: ["c\(index % 2)"], square)
    }
    _ = try writer.finish(at: path)
    return path
  }

  @Test func `a boundary over four squares has their areas by class and by id`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let squares = try (0..<4).map { try Self.square(at: $0, side: 0.01) }
    let land = try Self.lay(squares, in: folder, as: "land.layer")
    let asks = try Self.lay([try Self.square(at: 0, side: 0.04)], in: folder, as: "asks.layer")
    let out = folder.appending(path: "sums.csv").path
    let figures = try LayerBenchmark(
      LayerBenchmark.Order(boundaries: asks, layers: ["\(land):class", land], output: out)
    ).run().json
    #expect(figures["result"]?["count"]?.integer == 1)
    #expect(figures["result"]?["rows"]?.integer == 6)
    let rows = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
    let areas = squares.map { $0.statutoryArea().squareMetres }
    var expected: [String: Double] = ["c0": areas[0] + areas[2], "c1": areas[1] + areas[3]]
    for (index, area) in areas.enumerated() { expected["s\(index)"] = area }
    #expect(Set(rows.map { $0[2] }) == Set(expected.keys))
    for row in rows {
      #expect(abs(try #require(Double(row[3])) - (expected[row[2]] ?? 0)) < 1e-4, "\(row)")
    }
  }

  @Test func `an attribute the layer lacks is refused with those it has`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let land = try Self.lay(
      [try Self.square(at: 0, side: 0.01)], in: folder, as: "land.layer")
    let problem = #expect(throws: Problem.self) {
      try LayerBenchmark(
        LayerBenchmark.Order(boundaries: land, layers: ["\(land):klass"], output: nil)
      ).run()
    }
    #expect(problem?.code == "attribute-unknown")
  }
}
