import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezStore
@testable import KarezTiles

/// What stands on a picture, pixel by pixel.
@Suite struct MapPictureTests {
  static let corner = Position(x: 76, y: 39)
  static let style = """
    [{"type":"fill","paint":{"fill-color":["match",["get","class"],"01","#ff0000","02","#00ff00",\
    "03","#0000ff","#ffff00"]}}]
    """
  static let colours: Set<UInt32> = [0xFFFF_0000, 0xFF00_FF00, 0xFF00_00FF, 0xFFFF_FF00]

  static func look(_ style: String = style) -> PictureLook {
    PictureLook(
      style: LayerStyle(style), geometry: .polygon, fields: Fields.fields, name: nil)
  }

  /// The pixels of a picture of a layer.
  static func pixels(
    of layer: MapLayer, _ frame: PictureFrame, style: String = style
  ) throws -> [UInt32] {
    let picture = try #require(try MapPicture(frame))
    var polygons = PolygonPicture(layer, on: picture, look: look(style))
    _ = try polygons.draw(on: picture)
    return picture.pixels
  }

  static func frame(_ side: Double, pixels: Int) throws -> PictureFrame {
    try #require(
      PictureFrame(
        .degrees,
        BoundingBox(
          minX: corner.x + side * 0.1, minY: corner.y + side * 0.1, maxX: corner.x + side * 0.9,
          maxY: corner.y + side * 0.9), width: pixels, height: pixels))
  }

  @Test func `fields have the colours of their classes at their middles`() throws {
    let (side, size) = (10, 0.01)
    let layer = try Fields.coverage(side: side, from: Self.corner, size: size, seed: 1)
    let frame = try Self.frame(0.1, pixels: 400)
    let pixels = try Self.pixels(of: layer, frame)
    let plane = try PicturePlane(frame)
    var seen = 0
    for number in 0..<side * side {
      let (row, column) = (number / side, number % side)
      let middle =
        plane.place(
          Position(
            x: Self.corner.x + (Double(column) + 0.5) * size,
            y: Self.corner.y + (Double(row) + 0.5) * size)) / PicturePlane.pixel
      guard middle.x > 0, middle.y > 0, middle.x < 400, middle.y < 400 else { continue }
      let expected = try #require(
        ["01": 0xFFFF_0000, "02": 0xFF00_FF00, "03": 0xFF00_00FF, "04": 0xFFFF_FF00][
          Fields.classes[number * 7 % 4]] as UInt32?)
      #expect(pixels[Int(middle.y) * 400 + Int(middle.x)] == expected, "field \(number)")
      seen += 1
    }
    #expect(seen >= 60)
  }

  @Test(arguments: [(100, 200), (100, 80), (100, 40)])
  func `a dense coverage has no seam and no gap`(side: Int, pixels: Int) throws {
    let size = 0.001
    let layer = try Fields.coverage(side: side, from: Self.corner, size: size, seed: 2, bends: 1)
    let frame = try Self.frame(size * Double(side), pixels: pixels)
    let drawn = try Self.pixels(of: layer, frame)
    #expect(drawn.count == pixels * pixels)
    let strange = drawn.count { !Self.colours.contains($0) }
    #expect(strange == 0, "\(strange) pixels are nobody's, or two neighbours'")
  }

  @Test func `a field far below a pixel is a pixel`() throws {
    let layer = try Fields.coverage(side: 1, from: Self.corner, size: 0.000_01, seed: 3)
    let frame = try #require(
      PictureFrame(
        .degrees, BoundingBox(minX: 75, minY: 38, maxX: 77, maxY: 40), width: 50, height: 50))
    #expect(try Self.pixels(of: layer, frame).count { $0 != 0 } == 1)
  }

  @Test func `lines have their colour and leave the rest see-through`() throws {
    let layer = try Fields.coverage(side: 1, from: Self.corner, size: 0.01, seed: 4)
    let frame = try #require(
      PictureFrame(
        .degrees, BoundingBox(minX: 75.99, minY: 38.99, maxX: 76.02, maxY: 39.02), width: 90,
        height: 90))
    let pixels = try Self.pixels(
      of: layer, frame,
      style: "[{\"type\":\"line\",\"paint\":{\"line-color\":\"#102030\",\"line-width\":3}}]")
    #expect(pixels[45 * 90 + 45] == 0, "the middle is empty")
    #expect(pixels.contains(0xFF10_2030))
  }
}

/// Where places of the earth stand on a picture.
@Suite struct PictureFrameTests {
  @Test func `places in a zone are those of its projection`() throws {
    let grid = try #require(GaussKruger(epsg: 4_525))
    let placement = try CoordinatePlacement(in: .gaussKruger(grid))
    for (side, middle) in [(300_000.0, 75.5), (2_000, 75.0), (120_000, 74.2)] {
      let place = try placement.position(
        ofDegrees: Position(x: grid.centralMeridian + middle - 75, y: 39))
      let frame = try #require(
        PictureFrame(
          .grid(grid),
          BoundingBox(
            minX: place.x - side / 2, minY: place.y - side / 2, maxX: place.x + side / 2,
            maxY: place.y + side / 2), width: 1_000, height: 1_000))
      let plane = try PicturePlane(frame)
      var random = SplitMix64(seed: 1)
      for _ in 0..<500 {
        let x = Double.random(in: 0...1_000, using: &random)
        let y = Double.random(in: 0...1_000, using: &random)
        let degrees = try frame.position(ofPixel: x, y)
        let found = plane.place(degrees) / PicturePlane.pixel
        #expect(abs(found.x - x) < 0.1 && abs(found.y - y) < 0.1, "\(side): \(found) for \(x) \(y)")
      }
    }
  }

  @Test func `a tile's picture has its tile's scale`() throws {
    for level in [0, 5, 12] {
      let address = try #require(
        TileAddress(.webMercatorQuad, level: level, row: 0, column: 0))
      #expect(abs(PictureFrame(address).zoom - Double(level)) < 1e-9)
    }
    let degrees = try #require(TileAddress(.cgcs2000Quad, level: 9, row: 1, column: 1))
    #expect(abs(PictureFrame(degrees).zoom - 10) < 1e-9)
    #expect(MatrixSetName.address(set: "c", matrix: "10", row: "1", column: "1") == degrees)
    #expect(MatrixSetName.address(set: "c", matrix: "0", row: "0", column: "0") == nil)
    #expect(MatrixSetName.address(set: "c", matrix: "01", row: "0", column: "0") == nil)
    #expect(MatrixSetName.address(set: "d", matrix: "1", row: "0", column: "0") == nil)
    let web = MatrixSetName.address(set: "w", matrix: "3", row: "1", column: "2")
    #expect(web == TileAddress(.webMercatorQuad, level: 3, row: 1, column: 2))
  }
}
