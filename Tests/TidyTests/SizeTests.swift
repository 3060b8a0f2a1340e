import Foundation
import Testing

/// The sizes of style.md: a ratchet, so what is over is named here and may only shrink.
@Suite struct SizeTests {
  @Test func `no file is longer than a reader's patience`() throws {
    let files =
      try Repository.files(under: "Sources", ending: ".swift")
      + Repository.files(under: "Tests", ending: ".swift")
    try #require(files.count > 50, "too few files examined: a gate that cannot fail")
    for file in files { #expect(file.lines.count <= 600, "\(file): \(file.lines.count) lines") }
  }

  @Test func `no function is longer than a screen`() throws {
    let files = try Repository.files(under: "Sources", ending: ".swift")
    var examined = 0
    for file in files {
      for function in functions(in: file) {
        examined += 1
        #expect(function.length <= 70, "\(file):\(function.line): \(function.length) lines")
      }
    }
    try #require(examined > 200, "too few functions examined: a gate that cannot fail")
  }

  @Test func `no folder holds more files than a glance takes in`() throws {
    var counts: [String: Int] = [:]
    for file in try Repository.files(under: "Sources", ending: ".swift") {
      counts[file.path.split(separator: "/").dropLast().joined(separator: "/"), default: 0] += 1
      #expect(file.path.split(separator: "/").count <= 6, "\(file): too deep")
    }
    try #require(counts.count > 8)
    for (folder, count) in counts { #expect(count <= 20, "\(folder): \(count) files") }
  }

  /// Functions and initialisers, found by the indentation the formatter guarantees.
  private func functions(in file: Repository.TextFile) -> [(line: Int, length: Int)] {
    var found: [(line: Int, length: Int)] = []
    var start: (line: Int, indent: Int)?
    for (index, line) in file.lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let content = line.dropFirst(indent)
      if let open = start {
        if indent == open.indent, content.hasPrefix("}") {
          found.append((open.line, index + 1 - open.line + 1))
          start = nil
        }
      } else if content.contains("func ") || content.hasPrefix("init(")
        || content.hasPrefix("public init(")
      {
        let isWhole = content.hasSuffix("}") || content.hasPrefix("//")
        if !isWhole { start = (index + 1, indent) }
      }
    }
    return found
  }
}
