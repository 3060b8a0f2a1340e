/// Finds the encoding of a table's text.
///
/// - Source: the .cpg convention of ESRI; GB 18030-2022, whose two-byte part is GBK.
package enum TableEncoding {
  /// The encoding a .cpg file names.
  ///
  /// - Errors: `encodingUnknown` for one that is not among those read here.
  package static func named(_ text: String) throws(ReadingError) -> String {
    let name = text.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    switch name {
    case "UTF8", "65001": return "UTF-8"
    case "GBK", "GB2312", "GB18030", "936", "CP936", "ANSI936", "MS936", "54936", "EUCCN":
      return "GB18030"
    case "BIG5", "950", "CP950", "ANSI950": return "BIG5"
    case "ISO88591", "88591", "LATIN1", "28591", "1252", "CP1252", "ANSI1252", "WINDOWS1252":
      return "windows-1252"
    case "ASCII", "USASCII": return "UTF-8"
    case "1251", "CP1251", "ANSI1251", "WINDOWS1251": return "windows-1251"
    case "1256", "CP1256", "ANSI1256", "WINDOWS1256": return "windows-1256"
    default: throw .encodingUnknown(name: String(text.prefix(40)))
    }
  }

  /// The encoding a table's language byte names; nil where it says nothing that can be relied on.
  package static func language(_ byte: UInt8) -> String? {
    switch byte {
    case 0x4D: "GB18030"
    case 0x4F: "BIG5"
    case 0xC9: "windows-1251"
    default: nil
    }
  }

  /// The encoding that fits the bytes; nil where none does.
  ///
  /// Fields cut text off in the middle of a character, so a few faults are borne: one in twenty.
  package static func guess(_ bytes: [UInt8]) -> SourceEncoding? {
    let unicode = countUTF8(bytes)
    if unicode.good + unicode.bad == 0 { return SourceEncoding(name: "UTF-8", reason: .ascii) }
    if unicode.bad * 20 <= unicode.good { return SourceEncoding(name: "UTF-8", reason: .bytes) }
    let chinese = countGBK(bytes)
    // A Western text read as GBK falls all over the code table; a Chinese one into common characters.
    if chinese.bad * 20 <= chinese.good, chinese.common * 10 >= chinese.good * 6 {
      return SourceEncoding(name: "GB18030", reason: .bytes)
    }
    return nil
  }

  private static func countUTF8(_ bytes: [UInt8]) -> (good: Int, bad: Int) {
    var good = 0
    var bad = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let length =
        switch byte {
        case 0..<0x80: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
      guard length > 1 else {
        if length == 0 { bad += 1 }
        index += 1
        continue
      }
      let rest = bytes[(index + 1)...].prefix(length - 1)
      let isWhole = rest.count == length - 1 && rest.allSatisfy { $0 & 0xC0 == 0x80 }
      if isWhole { good += 1 } else { bad += 1 }
      index += isWhole ? length : 1
    }
    return (good, bad)
  }

  private static func countGBK(_ bytes: [UInt8]) -> (good: Int, bad: Int, common: Int) {
    var count = (good: 0, bad: 0, common: 0)
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      guard lead >= 0x80 else {
        index += 1
        continue
      }
      let trail = index + 1 < bytes.count ? bytes[index + 1] : 0
      if (0x81...0xFE).contains(lead), trail >= 0x40, trail != 0x7F, trail != 0xFF {
        count.good += 1
        if (0xA1...0xF7).contains(lead), trail >= 0xA1 { count.common += 1 }
        index += 2
      } else {
        count.bad += 1
        index += 1
      }
    }
    return count
  }
}
