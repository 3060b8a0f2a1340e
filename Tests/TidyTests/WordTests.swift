import Foundation
import Testing

/// Words that must not stand where they would do harm.
@Suite struct WordTests {
  @Test func `no place of a region pack is known to the code`() throws {
    let names = try regionNames()
    try #require(names.count > 12, "too few names examined")
    let files =
      try Repository.files(under: "Sources", ending: ".swift")
      + Repository.files(under: "Portal", ending: ".js", ".css", ".mustache", ".json")
    try #require(files.count > 50)
    for file in files {
      for (index, line) in file.lines.enumerated() {
        for name in names where line.contains(name) {
          Issue.record("\(file):\(index + 1): \(name); move it into the region pack")
        }
      }
    }
  }

  @Test func `no statutory number stands in the service or above`() throws {
    let parameters = try Repository.files(under: "Packs", ending: ".yaml")
      .filter { $0.path.contains("/parameters/") }
    var numbers: Set<String> = []
    for line in parameters.flatMap(\.lines) {
      guard let match = line.firstMatch(of: /value: "([0-9.]+) ([a-z0-9%-]+)"/) else { continue }
      // Small whole numbers stand everywhere; what identifies a statute's number is number and unit.
      // A plain count or ratio has no unit to know it by.
      let number = String(match.output.1)
      if (Double(number) ?? 0) >= 15, match.output.2 != "1" { numbers.insert(number) }
    }
    try #require(!numbers.isEmpty, "no parameter examined")
    let above = ["KarezService", "KarezReport", "KarezWeb", "karez", "KarezRules"]
    let files = try Repository.files(under: "Sources", ending: ".swift")
      .filter { above.contains($0.target) }
    try #require(files.count > 20)
    for file in files {
      for (index, line) in file.lines.enumerated() where !line.contains("//") {
        for match in line.matches(of: /(?:^|[ (\[])([0-9]+(?:\.[0-9]+)?)(?:$|[ ),\]])/)
        where numbers.contains(String(match.output.1)) {
          let isAllowed = Self.otherMeanings.contains {
            file.path.hasSuffix($0.0) && line.contains($0.1)
          }
          #expect(isAllowed, "\(file):\(index + 1): \(match.output.1) is a parameter of a pack")
        }
      }
    }
  }

  /// Places where a number equal to a parameter means something else.
  static let otherMeanings: [(String, String)] = [
    // An exit status, equal to the hectares of another article.
    ("karez/Karez.swift", "Foundation.exit(")
  ]

  @Test func `every kind of entry of the log has words in the portal's languages`() throws {
    var kinds: Set<String> = []
    for file in try Repository.files(under: "Sources", ending: ".swift") {
      let text = file.lines.joined(separator: "\n")
      let calls =
        /\b(?:put|putUnlessConflict|step|record|Entry)\([^"()]*(?:\([^"()]*\)[^"()]*)*"([a-z]+(?:-[a-z]+)+)"/
      for match in text.matches(of: calls) { kinds.insert(String(match.output.1)) }
    }
    try #require(kinds.count > 30, "too few kinds found: \(kinds.sorted())")
    let messages = try Repository.text("Portal/messages/zh.json")
    for kind in kinds.sorted() {
      let key = "log_kind_" + kind.replacing("-", with: "_")
      #expect(messages.contains("\"\(key)\""), "\(kind): \(key) is missing in Portal/messages")
    }
  }

  @Test func `nothing unfinished, no trap, no machine path`() throws {
    let files =
      try Repository.files(under: "Sources", ending: ".swift")
      + Repository.files(under: "Tests", ending: ".swift")
      + Repository.files(under: "Portal", ending: ".js", ".css", ".mustache")
    try #require(files.count > 60)
    let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    func isWord(_ word: String, in line: Substring) -> Bool {
      line.split { !$0.isLetter }.contains { $0 == word }
    }
    let traps = ["try" + "! ", " as" + "! ", "fatal" + "Error("]
    for file in files {
      for (index, line) in file.lines.enumerated() {
        for word in unfinished where line.contains(word) && isWord(word, in: line) {
          Issue.record("\(file):\(index + 1): \(word)")
        }
        for word in traps where line.contains(word) && file.path.hasPrefix("Sources") {
          Issue.record("\(file):\(index + 1): \(word)")
        }
        let path = line.firstMatch(of: #/(?:^|[ "'=(])/(?:work|root|home)//#)
        #expect(path == nil, "\(file):\(index + 1): a path of one machine")
      }
    }
  }

  private func regionNames() throws -> Set<String> {
    var names: Set<String> = []
    let regions = Repository.root.appending(path: "Packs/regions")
    for adcode in try FileManager.default.contentsOfDirectory(atPath: regions.path)
    where adcode.allSatisfy(\.isNumber) {
      names.insert(String(adcode.prefix(4)))
      let counties = try Repository.rows("Packs/regions/\(adcode)/codes/counties.csv")
      for row in counties {
        names.formUnion(row.filter { $0.count > 2 && !$0.allSatisfy(\.isNumber) })
        names.formUnion(row.filter { $0.count == 6 && $0.allSatisfy(\.isNumber) })
      }
      let title = try Repository.text("Packs/regions/\(adcode)/region.yaml")
      for match in title.matches(of: /(?:zh|en): "([^"]+?)(?:地区|市| Prefecture)?"/).prefix(2) {
        names.insert(String(match.output.1))
      }
    }
    return names
  }
}
