import Foundation
import TestSupport

/// The repository as text.
enum Repository {
  static let root = TestSupport.Places.repository

  struct TextFile: CustomStringConvertible {
    let path: String
    let lines: [Substring]

    var description: String { path }
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
  }

  /// Files below a folder whose names end so, by path.
  static func files(under folder: String, ending suffixes: String...) throws -> [TextFile] {
    let base = root.appending(path: folder)
    let paths = FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []
    return try paths.sorted()
      .filter { path in suffixes.contains { path.hasSuffix($0) } }
      .filter { !$0.contains("vendor/") && !$0.contains("outlines/") }
      .map { path in
        let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
        return TextFile(
          path: folder + "/" + path,
          lines: text.split(separator: "\n", omittingEmptySubsequences: false))
      }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Rows of a CSV file, header left out; a quoted field may hold commas.
  static func rows(_ path: String) throws -> [[String]] {
    try text(path).split(separator: "\n").dropFirst().map { line in
      var fields = [""]
      var isQuoted = false
      for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: fields.append("")
        default: fields[fields.count - 1].append(character)
        }
      }
      return fields
    }
  }
}
