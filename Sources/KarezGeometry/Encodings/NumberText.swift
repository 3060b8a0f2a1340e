/// Plain decimal numbers in text: what people and programs write for coordinates.
package enum NumberText {
  @usableFromInline
  package static func isPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
    default: false
    }
  }

  /// The finite number the bytes write, without `nan`, `inf`, hexadecimal or spaces.
  @inlinable
  package static func value(of bytes: some Collection<UInt8>) -> Double? {
    if let plain = plainValue(of: bytes) { return plain }
    guard !bytes.isEmpty, bytes.count <= 64, bytes.allSatisfy(isPart) else { return nil }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// The number, where digits and a point are all there is to it and it is exact to divide.
  ///
  /// A whole number below 2⁵³ divided by a power of ten up to 10²² is one correctly rounded
  /// operation on two exact numbers, so it is the number the library would find.
  @inlinable
  package static func plainValue(of bytes: some Collection<UInt8>) -> Double? {
    var rest = bytes[...]
    let isNegative = rest.first == 0x2D
    if isNegative { rest = rest.dropFirst() }
    var digits = 0
    var decimals = -1
    var whole: UInt64 = 0
    for byte in rest {
      if byte == 0x2E, decimals < 0, digits > 0 {
        decimals = 0
        continue
      }
      guard (0x30...0x39).contains(byte), digits < 18 else { return nil }
      whole = whole * 10 + UInt64(byte - 0x30)
      digits += 1
      if decimals >= 0 { decimals += 1 }
    }
    guard digits > 0, decimals != 0, whole < 1 << 53 else { return nil }
    let value = Double(whole) / (decimals > 0 ? powersOfTen[decimals] : 1)
    return isNegative ? -value : value
  }

  @usableFromInline
  package static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18,
  ]

  /// The shortest text that reads back as the same number; whole numbers without a point.
  static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Appends the shortest text that reads back as the same number.
  package static func append(_ value: Double, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: value.description.utf8)
    // What ends in `.0` is whole.
    if bytes.count > 1, bytes[bytes.count - 1] == 0x30, bytes[bytes.count - 2] == 0x2E {
      bytes.removeLast(2)
    }
  }
}
