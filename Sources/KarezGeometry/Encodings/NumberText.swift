/// Plain decimal numbers in text: what people and programs write for coordinates.
package enum NumberText {
  static func isPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
    default: false
    }
  }

  /// The finite number the bytes write, without `nan`, `inf`, hexadecimal or spaces.
  package static func value(of bytes: some Collection<UInt8>) -> Double? {
    guard !bytes.isEmpty, bytes.count <= 64, bytes.allSatisfy(isPart) else { return nil }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// The shortest text that reads back as the same number; whole numbers without a point.
  static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
