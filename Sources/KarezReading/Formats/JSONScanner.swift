/// Steps through a JSON text of any length and hands out its values one at a time.
///
/// It only finds where a value ends; the value itself is for the strict parser.
struct JSONScanner<Source: ByteSource> {
  private let source: Source
  private var window: [UInt8] = []
  private var windowStart: Int64 = 0
  private var index = 0

  private static var windowSize: Int { 1 << 18 }

  init(_ source: Source) throws(ReadingError) {
    self.source = source
    if try source.read(at: 0, count: 3) == [0xEF, 0xBB, 0xBF] { windowStart = 3 }
  }

  /// Where the next byte is.
  var offset: Int64 { windowStart + Int64(index) }

  /// The next byte that is not white space; nil at the end.
  mutating func peek() throws(ReadingError) -> UInt8? {
    while true {
      if index == window.count {
        windowStart += Int64(index)
        index = 0
        window = try source.read(at: windowStart, count: Self.windowSize)
        if window.isEmpty { return nil }
      }
      let byte = window[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      index += 1
    }
  }

  /// Steps over the next byte if it is this one.
  mutating func takes(_ wanted: Character) throws(ReadingError) -> Bool {
    guard try peek() == wanted.asciiValue else { return false }
    index += 1
    return true
  }

  mutating func expect(_ wanted: Character) throws(ReadingError) {
    guard try takes(wanted) else {
      throw fault(try peek() == nil ? "ends-too-soon" : "unexpected", at: offset)
    }
  }

  /// What a value may grow to before it is refused.
  struct Bounds {
    var bytes: Int
    var vertices: Int64
    var row: Int64
  }

  /// The bytes of the next value.
  ///
  /// - Errors: `tooManyVertices` as soon as more arrays have begun with a number than vertices are
  ///   allowed; `featureTooLarge`; `json` where it ends too soon or nests too deep.
  mutating func value(_ bounds: Bounds) throws(ReadingError) -> [UInt8] {
    let start = offset
    guard let first = try peek() else { throw fault("ends-too-soon", at: start) }
    var walk = Walk(isScalar: first != UInt8(ascii: "{") && first != UInt8(ascii: "["))
    if first == UInt8(ascii: "\"") { walk.isScalar = false }
    var bytes: [UInt8] = []
    while true {
      let begin = index
      let isDone = walk.step(over: window, from: &index)
      bytes += window[begin..<index]
      if walk.vertices > bounds.vertices {
        throw .tooManyVertices(row: bounds.row, count: walk.vertices, limit: bounds.vertices)
      }
      guard bytes.count <= bounds.bytes else {
        throw .featureTooLarge(row: bounds.row, bytes: Int64(bytes.count))
      }
      guard walk.depth <= 64 else { throw fault("too-deep", at: offset) }
      if isDone { return bytes }
      windowStart += Int64(index)
      index = 0
      window = try source.read(at: windowStart, count: Self.windowSize)
      guard !window.isEmpty else {
        if walk.isScalar { return bytes }
        throw fault("ends-too-soon", at: windowStart)
      }
    }
  }

  /// A fault with its line.
  func fault(_ code: String, at offset: Int64) -> ReadingError {
    var line: Int64 = 1
    var place: Int64 = 0
    while place < offset,
      let piece = try? source.read(at: place, count: Int(min(offset - place, 1 << 20))),
      !piece.isEmpty
    {
      for byte in piece where byte == 0x0A { line += 1 }
      place += Int64(piece.count)
    }
    return .json(code: code, line: line, byte: offset)
  }

  /// Where a walk over one value stands; it may be interrupted at any byte.
  private struct Walk {
    var isScalar: Bool
    var depth = 0
    var vertices: Int64 = 0
    private var isText = false
    private var isEscaped = false
    private var opensArray = false

    init(isScalar: Bool) { self.isScalar = isScalar }

    /// Goes on until the value or the window ends; true for the value.
    mutating func step(over window: [UInt8], from index: inout Int) -> Bool {
      while index < window.count {
        let byte = window[index]
        if isScalar, [0x2C, 0x5D, 0x7D, 0x20, 0x0A, 0x0D, 0x09].contains(byte) { return true }
        index += 1
        if isText {
          if takesText(byte), depth == 0 { return true }
        } else if takesStructure(byte) {
          return true
        }
      }
      return false
    }

    /// Whether the byte ends the text.
    private mutating func takesText(_ byte: UInt8) -> Bool {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        isText = false
        return true
      }
      return false
    }

    /// Whether the byte ends the value.
    private mutating func takesStructure(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x22: isText = true
      case 0x5B, 0x7B:
        depth += 1
        opensArray = byte == 0x5B
        return depth > 64
      case 0x5D, 0x7D:
        depth -= 1
        return depth <= 0
      case 0x20, 0x0A, 0x0D, 0x09: return false
      case 0x2D, 0x30...0x39: if opensArray { vertices += 1 }
      default: break
      }
      opensArray = false
      return false
    }
  }
}
