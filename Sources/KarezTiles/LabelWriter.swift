import KarezGeometry

/// Where the names of polygons stand: a layer of points beside the polygons' own.
///
/// A polygon cut by tiles would be named in each; its name's place is worked out from all of it,
/// so that one tile has it.
struct LabelWriter {
  /// What follows the dataset's id in the layer's name.
  static let suffix = ".names"
  /// Pixels of room that a name needs at least.
  static let leastRoom = 32.0

  private let plane: TilePlane
  private var writer: VectorTileWriter

  init(layer: String, on plane: TilePlane) {
    self.plane = plane
    writer = VectorTileWriter(layer: layer + Self.suffix)
  }

  mutating func add(_ names: [String: TileValue], to drawn: DrawnRings) {
    guard !names.isEmpty, let place = place(in: drawn) else { return }
    var geometry = GeometryCommands()
    geometry.points([TilePlane.whole(place)])
    var tags: [UInt32] = []
    for (name, value) in names.sorted(by: { $0.key < $1.key }) {
      let (key, value) = writer.tag(name, value)
      tags += [key, value]
    }
    writer.add(.point, geometry, tags: tags)
  }

  func finish() -> [UInt8] { writer.finish() }

  /// The middle of the widest stretch of land halfway between north and south, if it lies in the
  /// tile and has room.
  private func place(in drawn: DrawnRings) -> SIMD2<Double>? {
    guard let widest = Self.widest(of: drawn) else { return nil }
    let (west, east) = (plane.place(widest.west), plane.place(widest.east))
    let middle = (west + east) / 2
    let end = Double(TilePlane.extent)
    guard east.x - west.x >= Self.leastRoom * TilePlane.pixel, middle.x >= 0, middle.y >= 0,
      middle.x < end, middle.y < end
    else { return nil }
    return middle
  }

  /// The ends of the widest stretch of land halfway between north and south, in units of 1e-9°.
  static func widest(of drawn: DrawnRings) -> (west: SIMD2<Double>, east: SIMD2<Double>)? {
    let norths = drawn.vertices.map(\.y)
    guard let south = norths.min(), let north = norths.max() else { return nil }
    let level = (south + north) / 2
    var crossings: [Double] = []
    for ring in drawn.rings {
      var before = drawn.vertices[ring.range.upperBound - 1]
      for index in ring.range {
        let vertex = drawn.vertices[index]
        if (before.y <= level) != (vertex.y <= level) {
          let part = (level - before.y) / (vertex.y - before.y)
          crossings.append(before.x + (vertex.x - before.x) * part)
        }
        before = vertex
      }
    }
    crossings.sort()
    let stretches = stride(from: 0, to: crossings.count - 1, by: 2).map {
      (crossings[$0], crossings[$0 + 1])
    }
    guard let widest = stretches.max(by: { $0.1 - $0.0 < $1.1 - $1.0 }) else { return nil }
    return (SIMD2(widest.0, level), SIMD2(widest.1, level))
  }
}
