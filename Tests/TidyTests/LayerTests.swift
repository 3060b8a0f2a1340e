import Foundation
import Testing

/// What the compiler cannot hold: which target may know what.
@Suite struct LayerTests {
  /// A module, and the only targets that may import it.
  static let keepers: [(module: String, targets: Set<String>)] = [
    ("CArgon2", ["KarezCrypto"]),
    ("CCairo", ["KarezTiles"]),
    ("CGDAL", ["karez-reader"]),
    ("CGEOS", ["KarezGeometry"]),
    ("CPQ", ["KarezStore"]),
    ("CPROJ", ["KarezGeometry"]),
    ("CCrypto", ["KarezCrypto"]),
    ("CSQLite", ["KarezStore", "karez-reader"]),
    ("GRDB", ["KarezStore"]),
    ("Hummingbird", ["KarezWeb"]),
    ("ArgumentParser", ["karez"]),
  ]

  @Test(arguments: keepers)
  func `a library has one room`(module: String, targets: Set<String>) throws {
    let files = try Repository.files(under: "Sources", ending: ".swift")
    try #require(files.count > 40)
    let importers = Set(
      files.filter { Self.imports[$0.path]?.contains(module) == true }.map(\.target))
    #expect(importers == targets, "\(module)")
  }

  @Test func `the core imports nothing`() throws {
    let files = try Repository.files(under: "Sources/KarezCore", ending: ".swift")
    try #require(files.count > 8)
    for file in files { #expect(Self.imports[file.path] == [], "\(file)") }
  }

  @Test(arguments: ["KarezRules", "KarezAccounts"])
  func `rules see facts only, ledgers orders only`(target: String) throws {
    let files = try Repository.files(under: "Sources/\(target)", ending: ".swift")
    try #require(files.count > 3)
    for file in files {
      #expect(Self.imports[file.path]?.subtracting(["KarezCore"]).isEmpty == true, "\(file)")
    }
  }

  @Test func `indicators see series only`() throws {
    let files = try Repository.files(under: "Sources/KarezIndicators", ending: ".swift")
    try #require(files.count > 3)
    let allowed = ["KarezCore", "KarezRules"]
    for file in files {
      #expect(Self.imports[file.path]?.subtracting(allowed).isEmpty == true, "\(file)")
    }
  }

  @Test func `the architecture page names every target, and no other`() throws {
    let package = try Repository.text("Package.swift")
    let pattern = /(?:library|program)\(\s*"([A-Za-z-]+)"|name: "(C[A-Z][A-Za-z]+|KarezCore)"/
    let declared = Set(
      package.matches(of: pattern).compactMap { ($0.output.1 ?? $0.output.2).map(String.init) })
    try #require(declared.count > 12)
    let page = try Repository.text("docs/architecture.md")
    let named = Set(page.matches(of: /(?m)^\| `([A-Za-z-]+)` \|/).map { String($0.output.1) })
    #expect(named == declared)
  }

  /// What each file of the sources imports, by its path; read once.
  private static let imports: [String: Set<String>] = {
    let files = (try? Repository.files(under: "Sources", ending: ".swift")) ?? []
    return Dictionary(uniqueKeysWithValues: files.map { ($0.path, imports(of: $0)) })
  }()

  private static func imports(of file: Repository.TextFile) -> Set<String> {
    Set(
      file.lines.compactMap { line in
        // Most lines are none, and a pattern is slow to say so.
        guard let first = line.utf8.first, "@pi".utf8.contains(first),
          let match = line.firstMatch(
            of: /^(?:@[\w() ]+ )?(?:public |internal )?import (?:struct |func |class )?(\w+)/)
        else { return nil }
        return String(match.output.1)
      })
  }
}
