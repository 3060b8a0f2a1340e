/// The square a QR code is drawn on: patterns first, then the text under a mask.
struct QRCanvas {
  private let size: Int
  private(set) var modules: [Bool]
  private var isPattern: [Bool]

  init(_ form: QRForm, _ codewords: [UInt8], mask: Int) {
    size = form.size
    modules = [Bool](repeating: false, count: size * size)
    isPattern = modules
    drawTiming()
    for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
    drawAlignment(form.alignment)
    drawFormat(mask)
    if form.version > 6 { drawVersion(form.version) }
    draw(codewords, mask)
  }

  private func at(_ row: Int, _ column: Int) -> Bool { modules[row * size + column] }

  private mutating func set(_ row: Int, _ column: Int, _ isDark: Bool) {
    modules[row * size + column] = isDark
    isPattern[row * size + column] = true
  }

  private mutating func drawTiming() {
    for index in 0..<size {
      set(6, index, index % 2 == 0)
      set(index, 6, index % 2 == 0)
    }
  }

  /// A finder pattern around its centre, with the light line that separates it.
  private mutating func drawFinder(_ row: Int, _ column: Int) {
    for down in -4...4 {
      for across in -4...4 {
        let (y, x) = (row + down, column + across)
        guard (0..<size).contains(y), (0..<size).contains(x) else { continue }
        let ring = max(abs(down), abs(across))
        set(y, x, ring != 2 && ring != 4)
      }
    }
  }

  private mutating func drawAlignment(_ centres: [Int]) {
    guard let last = centres.last else { return }
    for row in centres {
      for column in centres {
        let isFinder =
          (row, column) == (6, 6) || (row, column) == (6, last) || (row, column) == (last, 6)
        guard !isFinder else { continue }
        for down in -2...2 {
          for across in -2...2 {
            set(row + down, column + across, max(abs(down), abs(across)) != 1)
          }
        }
      }
    }
  }

  /// Level M is 00, so the five bits are the mask's number.
  private mutating func drawFormat(_ mask: Int) {
    let bits = (mask << 10 | Self.rest(of: mask, bits: 10, by: 0x537)) ^ 0x5412
    func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
    for index in 0...5 { set(index, 8, bit(index)) }
    set(7, 8, bit(6))
    set(8, 8, bit(7))
    set(8, 7, bit(8))
    for index in 9...14 { set(8, 14 - index, bit(index)) }
    for index in 0...7 { set(8, size - 1 - index, bit(index)) }
    for index in 8...14 { set(size - 15 + index, 8, bit(index)) }
    set(size - 8, 8, true)
  }

  private mutating func drawVersion(_ version: Int) {
    let bits = version << 12 | Self.rest(of: version, bits: 12, by: 0x1F25)
    for index in 0..<18 {
      let isDark = bits >> index & 1 == 1
      set(size - 11 + index % 3, index / 3, isDark)
      set(index / 3, size - 11 + index % 3, isDark)
    }
  }

  /// The check bits of the two codes that name format and version.
  private static func rest(of value: Int, bits: Int, by generator: Int) -> Int {
    var rest = value
    for _ in 0..<bits { rest = rest << 1 ^ (rest >> (bits - 1)) * generator }
    return rest
  }

  /// Two columns at a time from the right, up and down in turn, past the timing column.
  private mutating func draw(_ codewords: [UInt8], _ mask: Int) {
    var index = 0
    for (turn, right) in columns.enumerated() {
      for step in 0..<size {
        let row = turn % 2 == 0 ? size - 1 - step : step
        for column in [right, right - 1] where !isPattern[row * size + column] {
          let isDark =
            index < codewords.count * 8
            && codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
          modules[row * size + column] = isDark != Self.isMasked(row, column, mask)
          index += 1
        }
      }
    }
  }

  private var columns: [Int] {
    Array(stride(from: size - 1, to: 6, by: -2)) + Array(stride(from: 5, to: 0, by: -2))
  }

  private static func isMasked(_ row: Int, _ column: Int, _ mask: Int) -> Bool {
    switch mask {
    case 0: (row + column) % 2 == 0
    case 1: row % 2 == 0
    case 2: column % 3 == 0
    case 3: (row + column) % 3 == 0
    case 4: (row / 2 + column / 3) % 2 == 0
    case 5: row * column % 2 + row * column % 3 == 0
    case 6: (row * column % 2 + row * column % 3) % 2 == 0
    default: ((row + column) % 2 + row * column % 3) % 2 == 0
    }
  }

  /// How hard the picture is to read: long runs, blocks, what looks like a finder, uneven shade.
  var penalty: Int {
    var penalty = 0
    for index in 0..<size {
      penalty += Self.penalty(of: (0..<size).map { at(index, $0) })
      penalty += Self.penalty(of: (0..<size).map { at($0, index) })
    }
    for row in 0..<size - 1 {
      for column in 0..<size - 1 {
        let square = [
          at(row, column), at(row, column + 1), at(row + 1, column), at(row + 1, column + 1),
        ]
        if Set(square).count == 1 { penalty += 3 }
      }
    }
    let dark = modules.count { $0 }
    let twentieths = abs(dark * 20 - modules.count * 10)
    return penalty + twentieths / modules.count * 10
  }

  private static func penalty(of line: [Bool]) -> Int {
    var penalty = 0
    var run = 1
    for index in 1...line.count {
      if index < line.count, line[index] == line[index - 1] {
        run += 1
        continue
      }
      if run >= 5 { penalty += run - 2 }
      run = 1
    }
    let finder = [true, false, true, true, true, false, true]
    let light = [Bool](repeating: false, count: 4)
    for start in 0...line.count - 11 {
      let part = Array(line[start..<start + 11])
      if part == finder + light || part == light + finder { penalty += 40 }
    }
    return penalty
  }
}
