/// Edges of a coverage that have not met their opposite yet.
///
/// Every edge inside a coverage is there twice, once in each direction. The second one finds the
/// first here and both vanish; so, read in Hilbert order, the table holds the frontier between
/// what was read and what was not, whose length grows with the root of the number of polygons.
///
/// - Shape: open addressing with linear probing, at most half full; removal closes the gap, so
///   no graves are left. Both directions of an edge have the same home.
final class EdgeTable {
  /// Sixteen bytes: the key of both ends, and where the edge can be read again.
  struct Entry {
    /// Zero in a free place; the lowest bit is the direction.
    var key: UInt64
    var polygon: UInt32
    var vertex: UInt32
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var bits: UInt64
  private(set) var count = 0

  init(bits: UInt64 = 12) {
    self.bits = bits
    entries = Self.allocate(bits)
  }

  deinit { entries.deallocate() }

  private var capacity: Int { 1 << Int(bits) }

  private static func allocate(_ bits: UInt64) -> UnsafeMutablePointer<Entry> {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: 1 << Int(bits))
    entries.initialize(repeating: Entry(key: 0, polygon: 0, vertex: 0), count: 1 << Int(bits))
    return entries
  }

  @inline(__always)
  static func key(
    _ start: SIMD2<Int64>, _ startHash: UInt64, _ end: SIMD2<Int64>, _ endHash: UInt64
  ) -> UInt64 {
    let mixed = (startHash &+ endHash) &* 0x94D0_49BB_1331_11EB
    let isForward = start.x != end.x ? start.x < end.x : start.y < end.y
    return (mixed & ~3) | 2 | (isForward ? 1 : 0)
  }

  /// Takes away the opposite of an edge, or keeps the edge until its opposite comes.
  ///
  /// Keys of 64 bits decide nothing: `isOpposite` compares the ends themselves.
  @inline(__always)
  func match(
    _ entry: Entry, isOpposite: (Entry) throws(LayerError) -> Bool
  ) throws(LayerError) {
    let mask = capacity - 1
    var slot = Int(entry.key >> (64 - bits))
    // Safe because slots are masked, and a table half full has a free one to stop at.
    while entries[slot].key != 0 {
      if entries[slot].key == entry.key ^ 1, try isOpposite(entries[slot]) {
        remove(at: slot)
        return
      }
      slot = (slot + 1) & mask
    }
    entries[slot] = entry
    count += 1
    if count * 2 > capacity { grow() }
  }

  private func remove(at slot: Int) {
    let mask = capacity - 1
    var hole = slot
    var probe = slot
    while true {
      probe = (probe + 1) & mask
      let key = entries[probe].key
      if key == 0 { break }
      // An entry may move back into the hole unless its home lies behind the hole.
      let home = Int(key >> (64 - bits))
      if (probe - home) & mask >= (probe - hole) & mask {
        entries[hole] = entries[probe]
        hole = probe
      }
    }
    entries[hole].key = 0
    count -= 1
  }

  private func grow() {
    let old = entries
    let oldCapacity = capacity
    bits += 1
    entries = Self.allocate(bits)
    let mask = capacity - 1
    for index in 0..<oldCapacity where old[index].key != 0 {
      var slot = Int(old[index].key >> (64 - bits))
      while entries[slot].key != 0 { slot = (slot + 1) & mask }
      entries[slot] = old[index]
    }
    old.deallocate()
  }

  /// What is left, by polygon and vertex.
  func remaining() -> [Entry] {
    var left: [Entry] = []
    left.reserveCapacity(count)
    for slot in 0..<capacity where entries[slot].key != 0 { left.append(entries[slot]) }
    return left.sorted { ($0.polygon, $0.vertex) < ($1.polygon, $1.vertex) }
  }
}
