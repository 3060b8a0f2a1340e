import Foundation
import Testing

/// The glossary is the authority: one Chinese term, one identifier, in both directions.
@Suite struct GlossaryTests {
  @Test func `a term stands once, and an identifier stands once`() throws {
    let rows = try Repository.rows("Packs/glossary.csv")
    try #require(rows.count > 60)
    for row in rows { #expect(row.count == 7, "\(row.joined(separator: ","))") }
    let terms = Dictionary(grouping: rows.map { $0[0] }, by: { $0 }).filter { $1.count > 1 }
    #expect(terms.isEmpty, "\(terms.keys.sorted())")
    let identifiers = Dictionary(grouping: rows.map { $0[2] }, by: { $0 })
      .filter { $1.count > 1 && !$0.isEmpty }
    #expect(identifiers.isEmpty, "\(identifiers.keys.sorted())")
  }

  @Test func `a type whose comment gives a Chinese term is the glossary's`() throws {
    let rows = try Repository.rows("Packs/glossary.csv")
    let identifiers = Dictionary(
      rows.map { ($0[0], $0[2]) }, uniquingKeysWith: { first, _ in first })
    var examined = 0
    for file in try Repository.files(under: "Sources", ending: ".swift") {
      for (index, line) in file.lines.enumerated() {
        guard let term = line.firstMatch(of: #/^/// (\p{Han}+): /#)?.output.1 else { continue }
        let following = file.lines[(index + 1)...].first { !$0.hasPrefix("///") } ?? ""
        guard
          let type = following.firstMatch(of: #/public (?:struct|enum|final class|protocol) (\w+)/#)
        else { continue }
        examined += 1
        let expected = identifiers[String(term)]
        #expect(expected == String(type.output.1), "\(file):\(index + 1): \(term)")
      }
    }
    try #require(examined > 8, "too few types examined")
  }
}
