import Foundation

/// A table of a region pack: a header and rows of fields without commas or quotes.
struct RegionTable {
  struct Row {
    let line: Int
    let fields: [String]
  }

  let file: String
  let rows: [Row]

  init(folder: String, file: String, header: [String]) throws(RegionError) {
    self.file = file
    guard let data = FileManager.default.contents(atPath: folder + "/" + file),
      let text = String(data: data, encoding: .utf8)
    else { throw .unreadable(file: file) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, Self.fields(of: first) == header else {
      throw .headerDiffers(file: file, expected: header)
    }
    var rows: [Row] = []
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let fields = Self.fields(of: line)
      guard fields.count == header.count else {
        throw .rowWidth(
          file: file, line: index + 1, expected: header.count, found: fields.count)
      }
      rows.append(Row(line: index + 1, fields: fields))
    }
    guard !rows.isEmpty else { throw .noRows(file: file) }
    self.rows = rows
  }

  private static func fields(of line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  func number(_ row: Row, _ column: Int) throws(RegionError) -> Double {
    let text = row.fields[column]
    guard let value = Double(text), value.isFinite, value >= 0 else {
      throw .notANumber(file: file, line: row.line, text: text)
    }
    return value
  }

  /// Throws where the first field of two rows is the same.
  func checkUnique() throws(RegionError) {
    var seen: Set<String> = []
    for row in rows where !seen.insert(row.fields[0]).inserted {
      throw .codeTwice(file: file, line: row.line, code: row.fields[0])
    }
  }
}
