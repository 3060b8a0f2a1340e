import KarezGeometry

@testable import KarezService
@testable import KarezTiles

/// The address of a tile, as `set/matrix/row/column`, and a tile of the cache.
enum TileTarget: FuzzTarget {
  static let name = "tile"

  static func feed(_ bytes: [UInt8]) {
    _ = TilePyramids.content(bytes)
    guard let words = text(bytes)?.split(separator: "/", omittingEmptySubsequences: false),
      words.count == 4
    else { return }
    // Sets of the older services have levels of other names.
    for set in ["c", "w"] {
      let address = MatrixSetName.address(
        set: set, matrix: String(words[1]), row: String(words[2]), column: String(words[3]))
      if let address { hold("\(address.row)" == words[2], "\(words) is another in \(set)") }
    }
    guard
      let address = TileAddress(
        set: String(words[0]), matrix: String(words[1]), row: String(words[2]),
        column: String(words[3]))
    else { return }
    let box = TilePlane(address).window
    hold(
      box.minX >= -180 && box.maxX <= 180 && box.minY >= -90 && box.maxY <= 90
        && box.minX < box.maxX && box.minY < box.maxY, "\(words) has no window")
    hold("\(address.level)" == words[1] && "\(address.row)" == words[2], "\(words) is another")
  }
}
