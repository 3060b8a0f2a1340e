/// The layout of a layer file: a header of 64 words, then sixteen sections.
///
/// Little endian throughout. Polygons stand in Hilbert order of their boxes' middles, so that
/// what lies together on the ground lies together in the file. `docs/kernel.md` has the table.
enum LayerFormat {
  /// The first eight bytes of the file, "KRZLAYER".
  static let magic: UInt64 = 0x5245_5941_4C5A_524B
  static let version: UInt64 = 1
  static let headerWords = 64
  static let fanOut = 16
  static let alignment = 64
  /// No row of chunk boxes for a ring.
  static let noChunk = UInt32.max

  /// Sections, in the order they stand in.
  enum Section: Int, CaseIterable {
    /// Four Int32 a polygon: west, south, and east and north complemented, from the layer's
    /// origin, each shifted right; the lowest level of the tree.
    case boxes
    /// The upper levels, lowest first.
    case tree
    /// First ring of each polygon, and one more.
    case firstRing
    /// First unit of each ring's vertices, and one more.
    case ringStart
    /// 0 shell, 1 hole.
    case ringRole
    /// Where a long ring's chunk boxes begin, a multiple of 16; `noChunk` for others.
    case ringChunk
    case flags
    /// Statutory square metres.
    case areas
    /// The caller's number of each polygon.
    case rows
    case idStart
    case idBytes
    /// One UInt32 a polygon, column by column.
    case codes
    /// The values the codes stand for.
    case dictionaries
    /// Boxes over 16 edges, from the polygon's origin, in units of 1e-9°, rounded outward.
    case chunks
    /// Boxes over 256 edges.
    case blocks
    /// Two UInt32 a vertex from the polygon's origin, or two Doubles in degrees.
    case vertices
  }

  /// What the flags of a polygon say.
  enum Flag {
    /// Its vertices are not all on the grid of 1e-9°, or too far apart: they are kept as Doubles.
    static let wide: UInt8 = 1
    /// Its winding number leaves 0 and 1: overlaps are for an overlay that repairs.
    static let unsound: UInt8 = 2
  }

  enum Word: Int {
    case magic
    case version
    case length
    case polygons
    case rings
    case units
    case originX
    case originY
    case shift
    case columns
    case vertexCount
    case sections = 12
    case sums = 28
    case stamp = 44
    case check = 63
  }

  static let sumSeed: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A 64-bit sum over words, the same on every machine; finds damage, proves nothing.
  ///
  /// Whole words may be summed part by part, each from the sum before.
  static func sum(_ bytes: UnsafeRawBufferPointer, from seed: UInt64 = sumSeed) -> UInt64 {
    var sum = seed
    var offset = 0
    while offset + 8 <= bytes.count {
      // Safe because eight bytes remain; the load may be unaligned.
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
      sum ^= sum >> 32
      offset += 8
    }
    for byte in bytes[offset...] { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return sum
  }
}

/// Why a layer file cannot be read or written; carries facts, no sentences.
public enum LayerError: Error, Hashable, Sendable {
  case unreadable(path: String, errno: Int32)
  case unwritable(path: String, errno: Int32)
  /// Not a layer file, or one of another version.
  case notALayer(path: String)
  /// The file ends before its header says, or is not what was written.
  case damaged(path: String, what: String)
  /// More than the format can hold.
  case tooLarge(what: String)
  /// A geometry that cannot be laid down, with its row.
  case geometry(row: Int64, GeometryError)
}
