import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezStore
@testable import KarezTiles

/// Made-up coverages: fields of a grid whose borders bend, each vertex shared by its neighbours.
enum Fields {
  static let fields = TileFields(looks: ["class"], codes: [], names: [])
  static let classes = ["01", "02", "03", "04"]

  /// `side` × `side` fields from a corner on, each `size` degrees wide.
  static func coverage(
    side: Int, from corner: Position, size: Double, seed: UInt64, bends: Int = 6
  ) throws -> MapLayer {
    var random = SplitMix64(seed: seed)
    func shaken(_ x: Double, _ y: Double, by most: Double) -> Position {
      // On the grid of 1e-9°, as recorded layers are.
      Position(
        x: ((corner.x + x * size + Double.random(in: -most...most, using: &random) * size) * 1e9)
          .rounded() / 1e9,
        y: ((corner.y + y * size + Double.random(in: -most...most, using: &random) * size) * 1e9)
          .rounded() / 1e9)
    }
    var nodes: [[Position]] = []
    for row in 0...side {
      nodes.append((0...side).map { shaken(Double($0), Double(row), by: 0.15) })
    }
    func border(_ one: Position, _ other: Position) -> [Position] {
      (0..<bends).map { step in
        guard step > 0 else { return one }
        let part = Double(step) / Double(bends)
        let (x, y) = (one.x + (other.x - one.x) * part, one.y + (other.y - one.y) * part)
        return shaken((x - corner.x) / size, (y - corner.y) / size, by: 0.05)
      }
    }
    // East along each row's line, north along each column's.
    let east = (0...side).map { row in
      (0..<side).map { border(nodes[row][$0], nodes[row][$0 + 1]) }
    }
    let north = (0..<side).map { row in
      (0...side).map { border(nodes[row][$0], nodes[row + 1][$0]) }
    }
    func back(_ line: [Position], to end: Position) -> [Position] {
      [end] + line.dropFirst().reversed()
    }
    let writer = LayerWriter(columns: ["/days", "class"], spoolingIn: "/tmp")
    for row in 0..<side {
      for column in 0..<side {
        let ring =
          east[row][column] + north[row][column + 1]
          + back(east[row + 1][column], to: nodes[row + 1][column + 1])
          + back(north[row][column], to: nodes[row + 1][column])
        let number = row * side + column
        let shell = try Ring(ring + ring.prefix(1))
        try writer.append(
          row: Int64(number + 1), id: "f\(number)",
          values: ["2024-01-01/", classes[number * 7 % 4]],
          MultiPolygon([Polygon(shell: shell, holes: [])]))
      }
    }
    return try layer(writer)
  }

  static func layer(_ writer: LayerWriter) throws -> MapLayer {
    let layer = try writer.finish()
    let part = MapLayer.Part(
      layer: layer, hidden: [], days: nil, region: .everywhere, columns: ["class": 1],
      regionColumn: nil)
    let text = LocalizedText(zh: "田块", en: "fields")
    let schema = DatasetSchema(
      id: try #require(DatasetID("fields")), title: text, steward: text, theme: "survey",
      classification: .public, geometry: .polygon, isCoverage: true, identifier: "number",
      region: nil,
      attributes: [
        Attribute(
          name: "class", title: text, type: .text, codes: "classes", classification: .public)
      ])
    return MapLayer(
      schema: schema, commit: try #require(CommitNumber(1)), currentTo: nil, parts: [part],
      isSnapshot: false)
  }
}
