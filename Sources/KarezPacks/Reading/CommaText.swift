/// Reads comma-separated text as RFC 4180 has it, with lines that end in LF.
enum CommaText {
  struct Record: Hashable {
    /// The line its first field is on, from 1.
    let line: Int
    let fields: [String]
  }

  /// The records of a file, the header among them; empty lines are skipped.
  static func records(_ bytes: [UInt8], file: String) throws(PackFault) -> [Record] {
    let start = PackOrigin(file: file, line: 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PackFault(start, .notUTF8)
    }
    guard !bytes.contains(0x0D) else { throw PackFault(start, .carriageReturn) }
    var records: [Record] = []
    var number = 0
    for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      guard !line.isEmpty else { continue }
      let place = PackOrigin(file: file, line: number)
      records.append(Record(line: number, fields: try fields(Array(line), at: place)))
    }
    return records
  }

  private static func fields(
    _ line: [UInt8], at place: PackOrigin
  ) throws(PackFault) -> [String] {
    var fields: [String] = []
    var offset = 0
    repeat {
      var field: [UInt8] = []
      if offset < line.count, line[offset] == UInt8(ascii: "\"") {
        offset += 1
        while true {
          guard offset < line.count else { throw PackFault(place, .quoteNotClosed) }
          let byte = line[offset]
          offset += 1
          guard byte == UInt8(ascii: "\"") else {
            field.append(byte)
            continue
          }
          guard offset < line.count, line[offset] == UInt8(ascii: "\"") else { break }
          field.append(byte)
          offset += 1
        }
      } else {
        while offset < line.count, line[offset] != UInt8(ascii: ",") {
          field.append(line[offset])
          offset += 1
        }
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard offset < line.count else { return fields }
      guard line[offset] == UInt8(ascii: ",") else { throw PackFault(place, .trailing) }
      offset += 1
    } while true
  }
}
