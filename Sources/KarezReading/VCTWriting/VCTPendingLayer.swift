import KarezCore
import KarezGeometry

/// A layer that is being written: where its objects' places are, and its rows as text.
struct VCTPendingLayer {
  let layer: VCTOutputLayer
  /// Runs of places, and after how many of them each object ends.
  var runs: [Range<Int>] = []
  var endRuns: [Int] = []
  /// The bytes texts have, of those that may part values.
  private(set) var used: Set<UInt8> = []
  private var text: [UInt8] = []
  private var endRows: [Int] = []
  private var widths: [Width]

  /// What may part values, best first; none is part of a character in any of the encodings.
  static let separators = Array(",;\t#&!".utf8)
  /// Stands for the separator until that is known; no text has it.
  static let mark: UInt8 = 0x1F

  /// How much room the values of a field take.
  private struct Width {
    var bytes = 1
    var decimals = 0
  }

  init(_ layer: VCTOutputLayer) {
    self.layer = layer
    widths = Array(repeating: Width(), count: layer.fields.count)
  }

  var count: Int { endRows.count }

  func runs(of index: Int) -> ArraySlice<Range<Int>> {
    guard index < endRuns.count else { return [] }
    return runs[(index == 0 ? 0 : endRuns[index - 1])..<endRuns[index]]
  }

  func row(_ index: Int) -> ArraySlice<UInt8> {
    text[(index == 0 ? 0 : endRows[index - 1])..<endRows[index]]
  }

  /// Takes a row; gives how many line breaks became spaces.
  mutating func add(
    _ values: [AttributeValue], row: Int, _ encoding: TextEncoding
  ) throws(VCTOutputError) -> Int {
    var replaced = 0
    for (index, value) in values.enumerated() {
      text.append(Self.mark)
      let start = text.count
      switch value {
      case .null: break
      case .integer(let number): text += String(number).utf8
      case .boolean(let flag): text.append(flag ? 0x31 : 0x30)
      case .date(let day): text += Self.text(day).utf8
      case .decimal(let number):
        guard number.isFinite else {
          throw .notFinite(row: row, field: layer.fields[index].name)
        }
        let digits = Self.text(number)
        text += digits.utf8
        let places = digits.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        widths[index].decimals = max(widths[index].decimals, places)
      case .text(let words):
        let plain = Self.onOneLine(words, &replaced)
        guard let bytes = Self.bytes(of: plain, encoding) else {
          throw .notInEncoding(row: row, field: layer.fields[index].name)
        }
        text += bytes
        for byte in Self.separators where bytes.contains(byte) { used.insert(byte) }
      }
      widths[index].bytes = max(widths[index].bytes, text.count - start)
    }
    endRows.append(text.count)
    return replaced
  }

  private static func bytes(of text: String, _ encoding: TextEncoding) -> [UInt8]? {
    if encoding == .utf8 || text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    return try? encoding.encode(text)
  }

  private static func onOneLine(_ text: String, _ replaced: inout Int) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else { return text }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20, scalar != "\t" {
        replaced += 1
        plain.append(" ")
      } else {
        plain.append(scalar)
      }
    }
    return String(plain)
  }

  /// 20241231.
  static func text(_ day: LegalDate) -> String {
    String(String(day.year * 10_000 + day.month * 100 + day.day + 100_000_000).dropFirst())
  }

  /// The shortest text that reads back as the number, without an exponent where that is short.
  private static func text(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The table's part of the section of structures.
  var structure: [String] {
    let ending = layer.geometry == .none ? ",NoneGeometry" : ""
    var lines = ["\(layer.table),\(layer.fields.count)\(ending)"]
    for (field, width) in zip(layer.fields, widths) {
      switch field.type {
      case .text: lines.append("\(field.name),Char,\(width.bytes)")
      case .integer: lines.append("\(field.name),Int,\(width.bytes)")
      case .decimal: lines.append("\(field.name),Double,\(width.bytes),\(width.decimals)")
      case .boolean: lines.append("\(field.name),Boolean")
      case .date: lines.append("\(field.name),Date,8")
      }
    }
    return lines + ["0"]
  }
}

/// 标识点: a place inside a polygon.
enum VCTLabel {
  /// The middle of the widest stretch inside, half-way up the first ring or where it is wider.
  ///
  /// It does not depend on which place a ring begins at.
  static func place(in rings: [ArraySlice<VCTGridPlace>]) -> VCTGridPlace {
    guard let shell = rings.first, let low = shell.map(\.y).min(), let high = shell.map(\.y).max(),
      let anywhere = shell.min(by: { $0 < $1 })
    else { return VCTGridPlace(x: 0, y: 0) }
    for quarter in [2, 1, 3] {
      // Half a step off, so that no vertex lies on the line.
      let height = Double(low) + Double(high - low) * Double(quarter) / 4
      let line = height.rounded(.down) + 0.5
      var crossings: [Double] = []
      for ring in rings {
        guard var previous = ring.last else { continue }
        for place in ring {
          let from = min(previous, place, by: { $0.y < $1.y })
          let to = from == place ? previous : place
          if Double(from.y) < line, line < Double(to.y) {
            let share = (line - Double(from.y)) / Double(to.y - from.y)
            crossings.append(Double(from.x) + share * Double(to.x - from.x))
          }
          previous = place
        }
      }
      crossings.sort()
      let stretches = stride(from: 0, to: crossings.count - 1, by: 2).map {
        (crossings[$0], crossings[$0 + 1])
      }
      if let widest = stretches.max(by: { $0.1 - $0.0 < $1.1 - $1.0 }), widest.1 - widest.0 >= 2 {
        return VCTGridPlace(
          x: Int64(((widest.0 + widest.1) / 2).rounded()), y: Int64(line.rounded(.down)))
      }
    }
    return anywhere
  }

  private static func min(
    _ one: VCTGridPlace, _ other: VCTGridPlace, by less: (VCTGridPlace, VCTGridPlace) -> Bool
  ) -> VCTGridPlace { less(other, one) ? other : one }
}
