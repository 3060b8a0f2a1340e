package import KarezGeometry

/// Goes through a file's bytes once, a window at a time, and knows the line.
struct ByteWalk {
  private let source: any ByteSource
  private var window: [UInt8] = []
  private var windowStart: Int64 = 0
  private var index = 0
  private(set) var line = 1

  private static let windowSize = 1 << 18

  init(_ source: any ByteSource) { self.source = source }

  /// The line, and the last byte that was given.
  var place: InputPlace { InputPlace(line: line, byte: max(0, Int(windowStart) + index - 1)) }

  mutating func next() throws(ReadingError) -> UInt8? {
    if index == window.count {
      windowStart += Int64(index)
      index = 0
      window = try source.read(at: windowStart, count: Self.windowSize)
      if window.isEmpty { return nil }
    }
    let byte = window[index]
    index += 1
    if byte == 0x0A { line += 1 }
    return byte
  }
}

extension ReadingError {
  /// A parser's error as the place and the facts, each free of the tab that parts them.
  package static func text(_ format: SourceFormat, _ error: GeometryError) -> ReadingError {
    let parts = ([error.place.description] + error.facts)
      .map { $0.replacing("\t", with: " ").prefix(120) }
    return .text(
      format: format, line: Int64(error.place.line ?? 0), code: error.code,
      detail: parts.joined(separator: "\t"))
  }

  /// Bytes that are not what they should be, with the first of them.
  package static func text(
    _ format: SourceFormat, found: some Collection<UInt8>, expected: ExpectedInput,
    at place: InputPlace
  ) -> ReadingError {
    let shown = found.prefix(40).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
    let error = GeometryError.unexpected(
      found: String(decoding: shown, as: UTF8.self), expected: expected)
    return .text(format, error.located(at: place))
  }
}
