import Glibc

/// What a reader may know of a column chunk without reading it, so that it can skip it.
struct ParquetStatistics {
  let nullCount: Int
  /// Least and greatest value, PLAIN without length; nil if there is none, or none worth its room.
  let bounds: (least: [UInt8], greatest: [UInt8])?
}

/// The least and greatest value met so far; which of the pairs counts, the kind of column says.
struct ParquetRange {
  private var isEmpty = true
  private var integers: (least: Int64, greatest: Int64) = (.max, .min)
  private var numbers: (least: Double, greatest: Double) = (.infinity, -.infinity)
  /// Where the texts stand among the values.
  private var texts: (least: Range<Int>, greatest: Range<Int>) = (0..<0, 0..<0)

  /// A longer text is no bound: footers should stay small, and a cut text would be another.
  private static let longestText = 64

  mutating func widen(integer: Int64) {
    isEmpty = false
    integers = (min(integers.least, integer), max(integers.greatest, integer))
  }

  mutating func widen(number: Double) {
    isEmpty = false
    numbers = (min(numbers.least, number), max(numbers.greatest, number))
  }

  mutating func widen(text: Range<Int>, in values: [UInt8]) {
    guard !isEmpty else {
      isEmpty = false
      texts = (text, text)
      return
    }
    if Self.isLess(text, texts.least, in: values) {
      texts.least = text
    } else if Self.isLess(texts.greatest, text, in: values) {
      texts.greatest = text
    }
  }

  func bounds(in values: [UInt8], _ kind: ColumnKind) -> (least: [UInt8], greatest: [UInt8])? {
    guard !isEmpty else { return nil }
    func pair(_ value: (Int64) -> [UInt8]) -> (least: [UInt8], greatest: [UInt8]) {
      (value(integers.least), value(integers.greatest))
    }
    switch kind {
    case .text:
      guard max(texts.least.count, texts.greatest.count) <= Self.longestText else { return nil }
      return (Array(values[texts.least]), Array(values[texts.greatest]))
    case .integer, .decimal: return pair { Self.plain($0) }
    case .day: return pair { Self.plain(Int32(truncatingIfNeeded: $0)) }
    case .flag: return pair { Self.plain(UInt8(truncatingIfNeeded: $0)) }
    case .number:
      // Of the two zeros the lower bound is the negative, the upper the positive one, since a
      // reader may hold either for the other (the format asks for it).
      let least = numbers.least == 0 ? -0.0 : numbers.least
      let greatest = numbers.greatest == 0 ? 0.0 : numbers.greatest
      return (Self.plain(least.bitPattern), Self.plain(greatest.bitPattern))
    case .bytes: return nil
    }
  }

  private static func plain(_ value: some FixedWidthInteger) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value)
    return bytes
  }

  /// By unsigned bytes, as the format orders texts.
  private static func isLess(
    _ left: Range<Int>, _ right: Range<Int>, in values: [UInt8]
  ) -> Bool {
    let shared = min(left.count, right.count)
    // Safe because both ranges lie in the array, and no more than their shared length is read.
    let order = values.withUnsafeBytes { bytes in
      guard shared > 0, let base = bytes.baseAddress else { return Int32(0) }
      return memcmp(base + left.lowerBound, base + right.lowerBound, shared)
    }
    return order == 0 ? left.count < right.count : order < 0
  }
}
