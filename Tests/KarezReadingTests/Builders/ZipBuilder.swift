/// Puts archives together byte by byte, honest ones and others.
struct ZipBuilder {
  struct Entry {
    var name: [UInt8]
    var data: [UInt8]
    var method: UInt16 = 0
    /// What the directory claims.
    var unpacked: UInt32
    var crc: UInt32
    var flags: UInt16 = 0
    var attributes: UInt32 = 0
  }

  var entries: [Entry] = []

  /// A stored file.
  mutating func add(_ name: String, _ data: [UInt8], attributes: UInt32 = 0) {
    add(Array(name.utf8), data, attributes: attributes)
  }

  mutating func add(_ name: [UInt8], _ data: [UInt8], attributes: UInt32 = 0) {
    entries.append(
      Entry(
        name: name, data: data, unpacked: UInt32(data.count), crc: Self.crc(data),
        attributes: attributes))
  }

  /// So many zeros, deflated for real: 158 of them a byte.
  mutating func addZeros(_ name: String, about count: Int) {
    let (data, exact) = Self.deflatedZeros(about: count)
    entries.append(
      Entry(name: Array(name.utf8), data: data, method: 8, unpacked: UInt32(exact), crc: 0))
  }

  var bytes: [UInt8] {
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = UInt32(out.count)
      let common =
        Self.le(entry.flags) + Self.le(entry.method) + Self.le(UInt32(0)) + Self.le(entry.crc)
        + Self.le(UInt32(entry.data.count)) + Self.le(entry.unpacked)
        + Self.le(UInt16(entry.name.count)) + Self.le(UInt16(0))
      out += Self.le(UInt32(0x0403_4B50)) + Self.le(UInt16(20)) + common + entry.name + entry.data
      directory +=
        Self.le(UInt32(0x0201_4B50)) + Self.le(UInt16(0x0314)) + Self.le(UInt16(20)) + common
        + Self.le(UInt16(0)) + Self.le(UInt16(0)) + Self.le(UInt16(0))
        + Self.le(entry.attributes) + Self.le(offset) + entry.name
    }
    let start = UInt32(out.count)
    out += directory
    out += Self.le(UInt32(0x0605_4B50)) + Self.le(UInt32(0))
    out += Self.le(UInt16(entries.count)) + Self.le(UInt16(entries.count))
    out += Self.le(UInt32(directory.count)) + Self.le(start) + Self.le(UInt16(0))
    return out
  }

  static func le(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  /// One block with the fixed code: a zero, then copies of 258 zeros at distance 1.
  private static func deflatedZeros(about count: Int) -> (bytes: [UInt8], count: Int) {
    let copies = max(1, count / 258)
    var bytes: [UInt8] = []
    var pending: UInt32 = 0
    var held: UInt32 = 0
    func put(_ bits: String) {
      for bit in bits.utf8 {
        pending |= (bit == 0x31 ? 1 : 0) << held
        held += 1
        if held == 8 {
          bytes.append(UInt8(pending))
          pending = 0
          held = 0
        }
      }
    }
    put("1" + "10" + "00110000")
    for _ in 0..<copies { put("1100010100000") }
    put("0000000" + "0000000")
    return (bytes, 1 + 258 * copies)
  }
}
