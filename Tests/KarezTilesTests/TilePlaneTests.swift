import Foundation
import KarezGeometry
import TestSupport
import Testing

@testable import KarezTiles

@Suite struct TilePlaneTests {
  @Test(arguments: TileMatrixSet.allCases, [0, 3, 8, 14, 20])
  func `a place is where the set's definition has it`(set: TileMatrixSet, level: Int) throws {
    var random = SplitMix64(seed: UInt64(level))
    for _ in 0..<50 {
      let row = Int.random(in: 0..<set.rows(level), using: &random)
      let column = Int.random(in: 0..<set.columns(level), using: &random)
      let plane = TilePlane(try #require(TileAddress(set, level: level, row: row, column: column)))
      let box = plane.window
      let (south, north) = (max(-85, box.minY), min(85, box.maxY))
      guard south <= north else { continue }
      let latitude = Double.random(in: south...north, using: &random)
      let longitude = Double.random(in: box.minX...box.maxX, using: &random)
      let x = (longitude + 180) / 360 * Double(set.columns(level))
      let y: Double
      if set == .webMercatorQuad {
        let angle = latitude * .pi / 180
        y = (1 - log(tan(.pi / 4 + angle / 2)) / .pi) / 2 * Double(set.rows(level))
      } else {
        y = (90 - latitude) / 180 * Double(set.rows(level))
      }
      let expected = SIMD2(x - Double(column), y - Double(row)) * 4_096
      let found = plane.place(Position(x: longitude, y: latitude))
      let most = level == 0 ? 0.1 : 0.001
      #expect(abs(found.x - expected.x) < most && abs(found.y - expected.y) < most)
    }
  }

  @Test func `only tiles of the set have an address`() {
    func isThere(_ set: String, _ matrix: String, _ row: String, _ column: String) -> Bool {
      TileAddress(set: set, matrix: matrix, row: row, column: column) != nil
    }
    #expect(isThere("WebMercatorQuad", "0", "0", "0"))
    #expect(isThere("WorldCRS84Quad", "0", "0", "1"))
    #expect(isThere("CGCS2000Quad", "20", "1048575", "2097151"))
    for (set, matrix, row, column) in [
      ("WebMercatorQuad", "0", "0", "1"), ("WebMercatorQuad", "21", "0", "0"),
      ("WebMercatorQuad", "-1", "0", "0"), ("WebMercatorQuad", "1", "+1", "0"),
      ("WebMercatorQuad", "1", "01", "0"), ("WebMercatorQuad", "1", "", "0"),
      ("WebMercatorQuad", "1", "1 ", "0"), ("WebMercatorQuad", "1", "٠", "0"),
      ("WebMercatorQuad", "20", "999999999999999999999", "0"), ("webmercatorquad", "0", "0", "0"),
    ] {
      #expect(!isThere(set, matrix, row, column), "\(set) \(matrix) \(row) \(column)")
    }
  }

  @Test func `a box lies in the tiles that cover it`() throws {
    let box = BoundingBox(minX: 75.1, minY: 38.2, maxX: 77.9, maxY: 39.6)
    for set in TileMatrixSet.allCases {
      for level in 0...10 {
        let tiles = TileAddress.all(of: set, level: level, meeting: box)
        try #require(!tiles.isEmpty)
        let planes = tiles.map(TilePlane.init)
        for corner in [(box.minX, box.minY), (box.maxX, box.maxY), (76.5, 39.0)] {
          let isCovered = planes.contains { plane in
            let place = plane.place(Position(x: corner.0, y: corner.1))
            return (0...4_096).contains(place.x) && (0...4_096).contains(place.y)
          }
          #expect(isCovered, "\(set) \(level) \(corner)")
        }
      }
    }
  }
}
