import Glibc

/// Numbers as text with seventeen significant digits, so that they read back to the last bit.
enum FullDigits {
  /// Appends the number as C's `%.17g` writes it.
  static func append(_ value: Double, to bytes: inout [UInt8]) {
    if value.magnitude < 1e15, let whole = Int64(exactly: value), value.sign == .plus {
      bytes += String(whole).utf8
      return
    }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
      // Safe because 17 digits, sign, point and exponent are 24 characters at the most.
      let count = withVaList([value]) { vsnprintf(text.baseAddress, text.count, "%.17g", $0) }
      for character in text.prefix(Int(count)) { bytes.append(UInt8(bitPattern: character)) }
    }
  }

  static func text(_ value: Double) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
