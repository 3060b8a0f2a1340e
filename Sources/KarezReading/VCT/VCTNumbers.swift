import KarezGeometry

/// Numbers as VCT files write them.
enum VCTNumbers {
  /// A whole number with a sign or without; nil for anything else and for what does not fit.
  static func integer(_ bytes: some Collection<UInt8>) -> Int64? {
    var digits = bytes[...]
    let isNegative = digits.first == 0x2D
    if isNegative || digits.first == 0x2B { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.count <= 19 else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tenfold.addingReportingOverflow(Int64(digit - 0x30))
      guard !tooLarge, !overflow else { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// Two numbers, or three of which the last is a height.
  static func position(_ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8) -> Position? {
    var start = 0
    guard let x = number(bytes, separator, &start), start < bytes.count,
      let y = number(bytes, separator, &start)
    else { return nil }
    if start < bytes.count {
      guard number(bytes, separator, &start) != nil, start >= bytes.count else { return nil }
    }
    return Position(x: x, y: y)
  }

  /// The number at `start`, which moves behind the separator that follows it.
  private static func number(
    _ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, _ start: inout Int
  ) -> Double? {
    while start < bytes.count, isBlank(bytes[start]) { start += 1 }
    var end = start
    while end < bytes.count, !isBlank(bytes[end]), bytes[end] != separator, bytes[end] != 0x2C {
      end += 1
    }
    let value = NumberText.value(of: UnsafeBufferPointer(rebasing: bytes[start..<end]))
    while end < bytes.count, isBlank(bytes[end]) { end += 1 }
    if end < bytes.count, bytes[end] == separator || bytes[end] == 0x2C { end += 1 }
    start = end
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
