import KarezGeometry

/// Appends little-endian values to bytes.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func integer(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Writes a number over the four bytes left for it.
  mutating func close(from place: Int, _ value: UInt32) {
    for index in 0..<4 {
      bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))
    }
  }

  mutating func double(_ value: Double) { integer(value.bitPattern) }

  mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      integer(UInt32(clamping: utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  mutating func texts(_ values: [String]) {
    integer(UInt32(clamping: values.count))
    for value in values { text(value) }
  }
}

/// Reads little-endian values and never past the end.
///
/// - Errors: `FrameFault.endsTooSoon` when bytes lack, `.invalid` when they mean nothing.
struct ByteReader {
  let bytes: ArraySlice<UInt8>
  private var next: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    next = bytes.startIndex
  }

  var remaining: Int { bytes.endIndex - next }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(FrameFault) -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw .endsTooSoon }
    // Safe because the bytes from `next` to `next + size` lie within the slice, as just checked.
    let value = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: next - bytes.startIndex, as: Value.self)
    }
    next += size
    return Value(littleEndian: value)
  }

  mutating func double() throws(FrameFault) -> Double {
    Double(bitPattern: try integer(UInt64.self))
  }

  /// So many positions, whatever their numbers are.
  mutating func positions(_ count: Int) throws(FrameFault) -> [Position] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Position>.stride)
    guard count >= 0, !overflow, size <= remaining else { throw .endsTooSoon }
    defer { next += size }
    // Safe because the bytes copied lie within the slice, as just checked, and a position is two
    // numbers, little endian where this runs.
    return [Position](unsafeUninitializedCapacity: count) { places, filled in
      bytes.withUnsafeBytes { source in
        let start = next - bytes.startIndex
        UnsafeMutableRawBufferPointer(places).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[start..<(start + size)]))
      }
      filled = count
    }
  }

  /// A count of things of which each takes at least `size` bytes, so that it can be believed.
  mutating func count(ofSize size: Int) throws(FrameFault) -> Int {
    let count = Int(try integer(UInt32.self))
    let (needed, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, needed <= remaining else { throw .endsTooSoon }
    return count
  }

  mutating func text() throws(FrameFault) -> String {
    let count = try count(ofSize: 1)
    let start = next - bytes.startIndex
    // Safe because the bytes lie within the slice, as `count(ofSize:)` has seen.
    let text = bytes.withUnsafeBufferPointer { bytes in
      String(strict: UnsafeBufferPointer(rebasing: bytes[start..<(start + count)]))
    }
    guard let text else { throw .invalid }
    next += count
    return text
  }

  mutating func texts() throws(FrameFault) -> [String] {
    let count = try count(ofSize: 4)
    var values: [String] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try text()) }
    return values
  }

  mutating func raw(_ count: Int) throws(FrameFault) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw .endsTooSoon }
    defer { next += count }
    return Array(bytes[next..<(next + count)])
  }

  mutating func finish() throws(FrameFault) {
    guard remaining == 0 else { throw .trailing }
  }
}
