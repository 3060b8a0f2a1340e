/// Where the objects of one kind stand in a file, by identifier.
///
/// - Shape: sixteen bytes an object. Identifiers mostly come in order; what does not is sorted once.
struct VCTIndex {
  /// Most objects of one kind; at sixteen bytes each they take 256 MB.
  static let most = 16 << 20

  private struct Entry {
    var identifier: Int64
    var offset: Int64
  }

  private var entries: [Entry] = []
  private var isSorted = true

  enum Finding: Hashable {
    /// The object's number in the index, and where it begins in the file.
    case at(number: Int, offset: Int64)
    case missing
    case twice
  }

  var count: Int { entries.count }

  /// Makes room at once for as many objects as the bytes may hold.
  mutating func reserve(bytes: Int64) {
    entries.reserveCapacity(Int(min(Int64(Self.most), bytes / 64)))
  }

  mutating func add(_ identifier: Int64, at offset: Int64) -> Bool {
    guard entries.count < Self.most else { return false }
    if let last = entries.last, last.identifier > identifier { isSorted = false }
    entries.append(Entry(identifier: identifier, offset: offset))
    return true
  }

  /// To be called once before the first `find`.
  mutating func finish() {
    guard !isSorted else { return }
    entries.sort { ($0.identifier, $0.offset) < ($1.identifier, $1.offset) }
    isSorted = true
  }

  func offset(of number: Int) -> Int64 { entries[number].offset }

  func find(_ identifier: Int64) -> Finding {
    guard let place = place(of: identifier) else { return .missing }
    let isTwice =
      (place + 1 < entries.count && entries[place + 1].identifier == identifier)
      || (place > 0 && entries[place - 1].identifier == identifier)
    return isTwice ? .twice : .at(number: place, offset: entries[place].offset)
  }

  private func place(of identifier: Int64) -> Int? {
    guard let first = entries.first?.identifier else { return nil }
    // Numbered without a gap, an object stands where its number says.
    let (distance, overflow) = identifier.subtractingReportingOverflow(first)
    if !overflow, distance >= 0, distance < Int64(entries.count),
      entries[Int(distance)].identifier == identifier
    {
      return Int(distance)
    }
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].identifier < identifier { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].identifier == identifier ? low : nil
  }
}

/// A file's bytes in blocks, the last few thousand of which are kept.
///
/// - Complexity: 64 MB at most, however large the file is.
final class CachedBytes: ByteSource {
  private static let blockSize = 1 << 16
  private static let blockCount = 1_024

  private let source: any ByteSource
  private var blocks: [(number: Int64, bytes: [UInt8])]

  init(_ source: any ByteSource) {
    self.source = source
    blocks = Array(repeating: (-1, []), count: Self.blockCount)
  }

  var size: Int64 { source.size }

  /// At most what is left of the block the offset lies in.
  func read(at offset: Int64, count: Int) throws(ReadingError) -> [UInt8] {
    guard offset >= 0, offset < size, count > 0 else { return [] }
    let size = Int64(Self.blockSize)
    let number = offset / size
    let place = Int(number % Int64(Self.blockCount))
    if blocks[place].number != number {
      blocks[place] = (
        number, try source.read(at: number * size, count: Self.blockSize)
      )
    }
    let bytes = blocks[place].bytes
    let start = Int(offset - number * size)
    return Array(bytes[start..<min(bytes.count, start + count)])
  }
}
