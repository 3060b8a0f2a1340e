/// 二维码: a text as modules, for a camera to read from a page.
///
/// - Shape: byte mode, error correction M, versions 1 to 10, so at most 213 bytes.
/// - Source: ISO/IEC 18004:2015.
public struct QRCode: Hashable, Sendable {
  /// Modules on a side, without the quiet zone.
  public let size: Int
  let mask: Int
  private let modules: [Bool]

  /// Nil for a text too long to be read from a screen.
  ///
  /// The mask is the one of least penalty, unless one is given.
  public init?(_ text: String, mask: Int? = nil) {
    let bytes = Array(text.utf8)
    guard let form = QRForm.smallest(for: bytes.count) else { return nil }
    let codewords = form.interleaved(form.codewords(of: bytes))
    let drawn = (mask.map { [$0] } ?? Array(0..<8)).map { mask in
      (mask, QRCanvas(form, codewords, mask: mask))
    }
    guard let best = drawn.min(by: { $0.1.penalty < $1.1.penalty }) else { return nil }
    size = form.size
    self.mask = best.0
    modules = best.1.modules
  }

  public subscript(row: Int, column: Int) -> Bool { modules[row * size + column] }

  /// The dark modules as the outline of an SVG path, from (4, 4) on: the quiet zone is around it.
  public var path: String {
    var path = ""
    for row in 0..<size {
      var column = 0
      while column < size {
        guard self[row, column] else {
          column += 1
          continue
        }
        var end = column
        while end < size, self[row, end] { end += 1 }
        path += "M\(column + 4) \(row + 4)h\(end - column)v1h-\(end - column)z"
        column = end
      }
    }
    return path
  }

  /// Side of the picture, quiet zone and all.
  public var side: Int { size + 8 }

  /// The picture as a file of its own.
  public var svg: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\">"
      + "<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/>"
      + "<path d=\"\(path)\" fill=\"#000\"/></svg>"
  }
}

/// One version: how many codewords it has, and in how many blocks.
struct QRForm {
  let version: Int
  let correctionPerBlock: Int
  let blocks: Int

  var size: Int { version * 4 + 17 }

  /// Correction codewords a block and blocks of level M, from version 1 on.
  private static let levelM = [
    (10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5),
  ]

  static func smallest(for count: Int) -> QRForm? {
    for (index, (correction, blocks)) in levelM.enumerated() {
      let form = QRForm(version: index + 1, correctionPerBlock: correction, blocks: blocks)
      if 4 + form.countBits + count * 8 <= form.dataCodewords * 8 { return form }
    }
    return nil
  }

  private var countBits: Int { version < 10 ? 8 : 16 }

  /// Centres of alignment patterns, along either side.
  var alignment: [Int] {
    guard version > 1 else { return [] }
    let count = version / 7 + 2
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2
    return [6] + (0..<count - 1).map { size - 7 - step * (count - 2 - $0) }
  }

  private var totalCodewords: Int {
    var modules = (16 * version + 128) * version + 64
    if version > 1 {
      let count = alignment.count
      modules -= (25 * count - 10) * count - 55
    }
    if version > 6 { modules -= 36 }
    return modules / 8
  }

  private var dataCodewords: Int { totalCodewords - correctionPerBlock * blocks }

  /// Mode, count, text, end and padding.
  func codewords(of bytes: [UInt8]) -> [UInt8] {
    var bits: [Bool] = []
    func append(_ value: Int, _ count: Int) {
      for place in stride(from: count - 1, through: 0, by: -1) {
        bits.append(value >> place & 1 == 1)
      }
    }
    append(4, 4)
    append(bytes.count, countBits)
    for byte in bytes { append(Int(byte), 8) }
    append(0, min(4, dataCodewords * 8 - bits.count))
    append(0, (8 - bits.count % 8) % 8)
    var words = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    var pad: UInt8 = 0xEC
    while words.count < dataCodewords {
      words.append(pad)
      pad ^= 0xEC ^ 0x11
    }
    return words
  }

  /// The blocks with their correction, woven together; the last blocks are one codeword longer.
  func interleaved(_ data: [UInt8]) -> [UInt8] {
    let short = totalCodewords / blocks - correctionPerBlock
    let shorter = blocks - totalCodewords % blocks
    var parts: [[UInt8]] = []
    var start = 0
    for block in 0..<blocks {
      let count = short + (block < shorter ? 0 : 1)
      parts.append(Array(data[start..<start + count]))
      start += count
    }
    let corrections = parts.map { ReedSolomon(correctionPerBlock).remainder(of: $0) }
    var woven: [UInt8] = []
    for index in 0...short {
      for part in parts where index < part.count { woven.append(part[index]) }
    }
    for index in 0..<correctionPerBlock {
      for correction in corrections { woven.append(correction[index]) }
    }
    return woven
  }
}

/// Reed–Solomon correction over the field of 256 elements with x⁸ + x⁴ + x³ + x² + 1.
private struct ReedSolomon {
  private let divisor: [UInt8]

  init(_ degree: Int) {
    var divisor = [UInt8](repeating: 0, count: degree)
    divisor[degree - 1] = 1
    var root: UInt8 = 1
    for _ in 0..<degree {
      for index in 0..<degree {
        divisor[index] = Self.product(divisor[index], root)
        if index + 1 < degree { divisor[index] ^= divisor[index + 1] }
      }
      root = Self.product(root, 2)
    }
    self.divisor = divisor
  }

  func remainder(of data: [UInt8]) -> [UInt8] {
    var rest = [UInt8](repeating: 0, count: divisor.count)
    for byte in data {
      let factor = byte ^ rest.removeFirst()
      rest.append(0)
      for (index, coefficient) in divisor.enumerated() {
        rest[index] ^= Self.product(coefficient, factor)
      }
    }
    return rest
  }

  private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var product: UInt8 = 0
    for place in stride(from: 7, through: 0, by: -1) {
      let carry = product & 0x80 != 0
      product <<= 1
      if carry { product ^= 0x1D }
      if right >> UInt8(place) & 1 == 1 { product ^= left }
    }
    return product
  }
}
