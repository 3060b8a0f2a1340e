import Foundation
import KarezGeometry
import TestSupport
import Testing

/// The cases of `Cases/overlaps.case`, each way round and moved about.
@Suite struct OverlapCaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let a: String
    let b: String
    let area: Double
    let isRepaired: Bool
    var testDescription: String { name }
  }

  static let file = Places.repository.appending(
    path: "Tests/KarezGeometryTests/Cases/overlaps.case")

  static let cases: [Case] = {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n\n").compactMap { block in
      var fields: [Substring: String] = [:]
      for line in block.split(separator: "\n") where !line.hasPrefix("#") {
        guard let colon = line.firstIndex(of: ":") else { continue }
        fields[line[..<colon]] = line[line.index(after: colon)...]
          .trimmingCharacters(in: .whitespaces)
      }
      // A case without its reason is none, and the count below misses it.
      guard let name = fields["case"], fields["why"]?.isEmpty == false, let a = fields["a"],
        let b = fields["b"], let area = fields["area"].flatMap(Double.init)
      else { return nil }
      return Case(name: name, a: a, b: b, area: area, isRepaired: fields["repaired"] == "yes")
    }
  }()

  static func polygons(_ wkt: String) throws -> MultiPolygon {
    guard case .polygons(let multi) = try Geometry(wkt: wkt) else {
      throw GeometryError.unsupportedGeometry(wkt)
    }
    return multi
  }

  @Test func `every case of the file is read`() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let written = text.split(separator: "\n").count { $0.hasPrefix("case:") }
    #expect(written > 20)
    #expect(Self.cases.count == written)
  }

  @Test(arguments: cases)
  func `two polygons have in common what the case says`(example: Case) throws {
    let a = try Self.polygons(example.a)
    let b = try Self.polygons(example.b)
    let measure = OverlapMeasure(plane: .asGiven)
    for (one, other) in [(a, b), (b, a)] {
      let common = try measure.common(one, other)
      #expect(Self.agree(common.area, example.area), "\(common.area)")
      #expect(common.isRepaired == example.isRepaired)
    }
  }

  /// Nothing is nothing; other areas may have lost their last bits to a third or a seventh.
  static func agree(_ area: Double, _ expected: Double) -> Bool {
    expected == 0 ? area == 0 : abs(area / expected - 1) <= 1e-15
  }

  /// Moves that a Double carries out exactly.
  @Test(arguments: cases)
  func `a case moved, scaled by a power of two or mirrored keeps its area`(example: Case) throws {
    let a = try Self.polygons(example.a)
    let b = try Self.polygons(example.b)
    let measure = OverlapMeasure(plane: .asGiven)
    let moves: [(name: String, scale: Double, move: (Position) -> Position)] = [
      ("east", 1, { Position(x: $0.x + 4_096, y: $0.y) }),
      ("south", 1, { Position(x: $0.x, y: $0.y - 65_536) }),
      ("smaller", 1.0 / 4_096, { Position(x: $0.x / 64, y: $0.y / 64) }),
      ("mirrored", 1, { Position(x: -$0.x, y: $0.y) }),
      ("turned", 1, { Position(x: -$0.y, y: $0.x) }),
    ]
    for move in moves {
      let common = try measure.common(
        try Self.moved(a, move.move), try Self.moved(b, move.move))
      #expect(
        Self.agree(common.area / move.scale, example.area), "\(move.name): \(common.area)")
    }
  }

  static func moved(
    _ multi: MultiPolygon, _ move: (Position) -> Position
  ) throws -> MultiPolygon {
    MultiPolygon(
      try multi.polygons.map { polygon in
        Polygon(
          shell: try Ring(polygon.shell.positions.map(move)),
          holes: try polygon.holes.map { try Ring($0.positions.map(move)) })
      })
  }
}
