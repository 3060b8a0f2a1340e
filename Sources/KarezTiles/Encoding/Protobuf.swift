/// Writes the few sorts of fields that vector tiles have.
///
/// - Source: Protocol Buffers encoding, wire types 0, 1 and 2.
struct Protobuf {
  private(set) var bytes: [UInt8] = []

  static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func number(_ field: UInt64, _ value: UInt64) {
    Self.append(field << 3, to: &bytes)
    Self.append(value, to: &bytes)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    Self.append(field << 3 | 1, to: &bytes)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func data(_ field: UInt64, _ value: some Collection<UInt8>) {
    Self.append(field << 3 | 2, to: &bytes)
    Self.append(UInt64(value.count), to: &bytes)
    bytes.append(contentsOf: value)
  }

  mutating func packed(_ field: UInt64, _ values: [UInt32]) {
    var packed: [UInt8] = []
    packed.reserveCapacity(values.count * 2)
    for value in values { Self.append(UInt64(value), to: &packed) }
    data(field, packed)
  }

  /// A number with its sign in the lowest bit.
  static func zigzag(_ value: Int) -> UInt64 {
    UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
  }
}
