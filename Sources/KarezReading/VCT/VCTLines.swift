import Glibc
import KarezGeometry

/// The lines of a VCT file from any place on, a window of bytes at a time.
///
/// - Shape: blank lines and comments are left out, and so are blanks at the ends of a line. A line
///   feed ends a line, with a carriage return before it or not.
struct VCTLines {
  /// Longest line; a row of attributes has hundreds of bytes, a hostile one millions.
  static let longest = 1 << 20

  private let source: any ByteSource
  private let windowSize: Int
  /// Whether tabs at the end of a line say something, as they do where they part values.
  var keepsTabs: Bool
  private var window: [UInt8] = []
  private var windowStart: Int64
  /// Where the next line begins, in the window.
  private var following = 0
  private var lineStart = 0
  /// Where the line's content lies in the window.
  private(set) var bounds = 0..<0
  /// Whether the bytes ended before the line did.
  private(set) var isCut = false
  /// The number of the line, from 1.
  private(set) var number: Int64

  init(
    _ source: any ByteSource, from offset: Int64 = 0, after line: Int64 = 0,
    window size: Int = 1 << 20, keepsTabs: Bool = false
  ) {
    self.keepsTabs = keepsTabs
    self.source = source
    windowSize = size
    windowStart = offset
    number = line
  }

  /// Where the line begins in the file.
  var offset: Int64 { windowStart + Int64(lineStart) }

  /// Where the next line begins.
  var place: VCTPlace { VCTPlace(offset: windowStart + Int64(following), line: number) }

  var content: ArraySlice<UInt8> { window[bounds] }

  /// Goes on from another place.
  mutating func move(to place: VCTPlace) {
    let inside = place.offset - windowStart
    if inside >= 0, inside <= Int64(window.count) {
      following = Int(inside)
    } else {
      windowStart = place.offset
      window = []
      following = 0
    }
    number = place.line
    lineStart = following
    bounds = following..<following
  }

  /// Goes to the next line that says something; false where the bytes end.
  mutating func next() throws(ReadingError) -> Bool {
    repeat {
      guard try nextBare() else { return false }
      if isWord("CommentBegin") { try skipComment() }
    } while bounds.isEmpty
    return true
  }

  private mutating func skipComment() throws(ReadingError) {
    let first = number
    while true {
      guard try nextBare() else { throw .vct(.endsTooSoon(line: first, section: "Comment")) }
      if isWord("CommentEnd") {
        bounds = bounds.lowerBound..<bounds.lowerBound
        return
      }
    }
  }

  private mutating func nextBare() throws(ReadingError) -> Bool {
    var end = lineFeed()
    while end == nil {
      let rest = window.count - following
      guard rest <= Self.longest else {
        throw .vct(.lineTooLong(line: number + 1, limit: Int64(Self.longest)))
      }
      let more = try source.read(
        at: windowStart + Int64(window.count), count: max(windowSize, rest))
      if more.isEmpty {
        guard rest > 0 else { return false }
        take(until: window.count, next: window.count)
        isCut = true
        return true
      }
      windowStart += Int64(following)
      window = following == window.count ? more : window[following...] + more
      following = 0
      end = lineFeed()
    }
    if let end { take(until: end, next: end + 1) }
    guard bounds.count <= Self.longest else {
      throw .vct(.lineTooLong(line: number, limit: Int64(Self.longest)))
    }
    return true
  }

  private func lineFeed() -> Int? {
    window.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, following < buffer.count,
        // Safe because only bytes from `following` to the end are looked at.
        let found = memchr(base + following, 0x0A, buffer.count - following)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  private mutating func take(until end: Int, next: Int) {
    lineStart = following
    number += 1
    var lower = following
    var upper = end
    while lower < upper, Self.isBlank(window[lower]) { lower += 1 }
    while upper > lower, Self.isBlank(window[upper - 1]),
      !keepsTabs || window[upper - 1] != 0x09
    { upper -= 1 }
    bounds = lower..<upper
    following = next
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0D || byte == 0x09
  }
}

// MARK: What a line says

extension VCTLines {
  /// Whether the line is this word, whatever the case of its letters.
  func isWord(_ word: StaticString) -> Bool {
    guard bounds.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      zip(letters, window[bounds]).allSatisfy { ($0 | 0x20) == ($1 | 0x20) }
    }
  }

  /// Whether the line is a lone zero, which ends an object.
  var isZero: Bool { bounds.count == 1 && window[bounds.lowerBound] == 0x30 }

  /// Whether the line begins with a letter, as only words do.
  var beginsWithLetter: Bool {
    guard let first = window[bounds].first else { return false }
    return (0x61...0x7A).contains(first | 0x20)
  }

  /// The whole number the line is; nil where it is none.
  var integer: Int64? { VCTNumbers.integer(window[bounds]) }

  /// Whether the line has several parts, as coordinates do.
  func hasParts(_ separator: UInt8) -> Bool {
    window[bounds].contains { $0 == separator || $0 == 0x2C || $0 == 0x20 || $0 == 0x09 }
  }

  /// The line's two numbers, or the first two of three; nil where it is something else.
  func position(_ separator: UInt8) -> Position? {
    window.withUnsafeBufferPointer { buffer in
      VCTNumbers.position(UnsafeBufferPointer(rebasing: buffer[bounds]), separator)
    }
  }

  /// The beginning of the line, fit to be shown.
  var shown: String {
    let bytes = window[bounds].prefix(40).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
