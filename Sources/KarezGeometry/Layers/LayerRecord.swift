/// One polygon as it lies in the spool between being read and being put in its place.
struct LayerRecord {
  /// What stands before the rings, the codes, the id and the vertices.
  struct Head: BitwiseCopyable {
    var row: Int64
    var area: Double
    /// In units of 1e-9°, outward.
    var minX: Int64
    var minY: Int64
    var maxX: Int64
    var maxY: Int64
    var ringCount: UInt32
    var flags: UInt32
    var idLength: UInt32
    var vertexCount: UInt32
  }

  static let holeBit: UInt32 = 1 << 31

  let head: Head
  private let bytes: UnsafeRawBufferPointer
  private let ringsAt: Int
  private let codesAt: Int
  private let idAt: Int
  private let verticesAt: Int

  /// The record that begins at an offset of the spool.
  init(in spool: UnsafeRawBufferPointer, at offset: Int, columns: Int) {
    // Safe because the spool was written by `LayerWriter` in this process and nobody else has it.
    head = spool.loadUnaligned(fromByteOffset: offset, as: Head.self)
    bytes = spool
    ringsAt = offset + MemoryLayout<Head>.size
    codesAt = ringsAt + 4 * Int(head.ringCount)
    idAt = codesAt + 4 * columns
    verticesAt = idAt + (Int(head.idLength) + 7) / 8 * 8
  }

  var isWide: Bool { UInt8(truncatingIfNeeded: head.flags) & LayerFormat.Flag.wide != 0 }

  func ring(_ number: Int) -> (count: Int, isHole: Bool) {
    let word = bytes.loadUnaligned(fromByteOffset: ringsAt + 4 * number, as: UInt32.self)
    return (Int(word & ~Self.holeBit), word & Self.holeBit != 0)
  }

  func code(_ column: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: codesAt + 4 * column, as: UInt32.self)
  }

  var id: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[idAt..<idAt + Int(head.idLength)])
  }

  /// All vertices: offsets from the box's corner, or Doubles.
  var vertices: UnsafeRawBufferPointer {
    let length = Int(head.vertexCount) * (isWide ? 16 : 8)
    return UnsafeRawBufferPointer(rebasing: bytes[verticesAt..<verticesAt + length])
  }

  /// A vertex in units of 1e-9°, as near as boxes need it.
  func place(_ vertex: Int) -> SIMD2<Double> {
    if isWide {
      return vertices.loadUnaligned(fromByteOffset: vertex * 16, as: SIMD2<Double>.self) * 1e9
    }
    let offset = vertices.loadUnaligned(fromByteOffset: vertex * 8, as: SIMD2<UInt32>.self)
    return SIMD2(Double(offset.x), Double(offset.y))
      + SIMD2(Double(head.minX), Double(head.minY))
  }
}
