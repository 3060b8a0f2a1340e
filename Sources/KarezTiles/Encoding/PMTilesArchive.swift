public import KarezCore
public import KarezGeometry

/// 瓦片归档: the parts of a PMTiles file besides the tiles themselves.
///
/// - Shape: header, root directory, metadata, leaf directories, tiles in the order of their ids;
///   nothing is compressed.
/// - Source: PMTiles specification 3.
public struct PMTilesArchive: Sendable {
  private struct Entry {
    let id: UInt64
    let offset: UInt64
    let length: UInt64
    /// Zero in a root that points to leaves.
    let run: UInt64
  }

  private static let headerBytes = 127
  /// Header and root together are read in one piece of 16 kB.
  private static let mostRootBytes = 16_384 - headerBytes
  private static let entriesALeaf = 4_096

  private var entries: [Entry] = []
  private var dataBytes: UInt64 = 0

  public init() {}

  public var count: Int { entries.count }

  /// The place of a tile of Web Mercator along the curve, all coarser levels first.
  public static func id(of address: TileAddress) -> UInt64 {
    var id = ((UInt64(1) << UInt64(2 * address.level)) - 1) / 3
    var (x, y) = (UInt64(address.column), UInt64(address.row))
    var side = (UInt64(1) << UInt64(address.level)) / 2
    while side > 0 {
      let isEast: UInt64 = x & side > 0 ? 1 : 0
      let isSouth: UInt64 = y & side > 0 ? 1 : 0
      id += side * side * ((3 * isEast) ^ isSouth)
      (x, y) = (x & (side - 1), y & (side - 1))
      if isSouth == 0 {
        if isEast == 1 { (x, y) = (side - 1 - x, side - 1 - y) }
        (x, y) = (y, x)
      }
      side /= 2
    }
    return id
  }

  /// Takes note of a tile that is written after those before; ids grow.
  public mutating func add(_ address: TileAddress, bytes: Int) {
    let id = Self.id(of: address)
    precondition(entries.last.map { $0.id < id } ?? true, "tiles in the order of their ids")
    entries.append(Entry(id: id, offset: dataBytes, length: UInt64(bytes), run: 1))
    dataBytes += UInt64(bytes)
  }

  /// What stands before the tiles.
  public func head(
    metadata: JSONValue, levels: ClosedRange<Int>, around box: BoundingBox
  ) -> [UInt8] {
    var root = Self.directory(entries)
    var leaves: [UInt8] = []
    if root.count > Self.mostRootBytes {
      var size = Self.entriesALeaf
      repeat {
        leaves = []
        var places: [Entry] = []
        for first in stride(from: 0, to: entries.count, by: size) {
          let leaf = Self.directory(Array(entries[first..<min(first + size, entries.count)]))
          places.append(
            Entry(
              id: entries[first].id, offset: UInt64(leaves.count), length: UInt64(leaf.count),
              run: 0))
          leaves += leaf
        }
        root = Self.directory(places)
        size *= 2
      } while root.count > Self.mostRootBytes
    }
    let facts = Array(metadata.canonicalText.utf8)
    var head = Array("PMTiles".utf8) + [3]
    var offset = UInt64(Self.headerBytes)
    for length in [root.count, facts.count, leaves.count].map(UInt64.init) + [dataBytes] {
      head += Self.little(offset) + Self.little(length)
      offset += length
    }
    for _ in 0..<3 { head += Self.little(UInt64(entries.count)) }
    // In order; without compression inside and of tiles; vector tiles.
    head += [1, 1, 1, 1, UInt8(levels.lowerBound), UInt8(levels.upperBound)]
    func degrees(_ value: Double) -> [UInt8] { Self.little(Int32((value * 1e7).rounded())) }
    head += degrees(box.minX) + degrees(box.minY) + degrees(box.maxX) + degrees(box.maxY)
    head += [UInt8(levels.lowerBound)]
    head += degrees((box.minX + box.maxX) / 2) + degrees((box.minY + box.maxY) / 2)
    return head + root + facts + leaves
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func directory(_ entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    Protobuf.append(UInt64(entries.count), to: &bytes)
    var last: UInt64 = 0
    for entry in entries {
      Protobuf.append(entry.id - last, to: &bytes)
      last = entry.id
    }
    for entry in entries { Protobuf.append(entry.run, to: &bytes) }
    for entry in entries { Protobuf.append(entry.length, to: &bytes) }
    var end: UInt64?
    for entry in entries {
      // Zero says that it follows the one before.
      Protobuf.append(entry.offset == end ? 0 : entry.offset + 1, to: &bytes)
      end = entry.offset + entry.length
    }
    return bytes
  }
}
