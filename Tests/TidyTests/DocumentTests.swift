import Foundation
import Testing

/// The form of what people read first.
@Suite struct DocumentTests {
  @Test func `decision records are short and have their four parts`() throws {
    let records = try Repository.files(under: "docs/adr", ending: ".md")
    try #require(records.count >= 5)
    for (index, record) in records.enumerated() {
      #expect(record.lines.count <= 61, "\(record): \(record.lines.count) lines")
      let name = record.path.split(separator: "/").last ?? ""
      #expect(Int(name.prefix(4)) == index + 1, "\(record): numbers have no gap")
      for part in ["## Context", "## Decision", "## Consequences", "## What would change our mind"]
      {
        #expect(record.lines.contains { $0 == part }, "\(record): \(part)")
      }
    }
  }

  @Test func `the changelog groups what it says`() throws {
    let lines = try Repository.text("CHANGELOG.md").split(separator: "\n")
    let headings = lines.filter { $0.hasPrefix("### ") }.map { $0.dropFirst(4) }
    try #require(!headings.isEmpty)
    for heading in headings {
      #expect(["Law", "Added", "Changed", "Fixed", "Removed"].contains(heading), "\(heading)")
    }
  }

  @Test func `the page about the project shows its two commands`() throws {
    let page = try Repository.text("README.md")
    #expect(page.contains("make demo") && page.contains("make test"))
  }
}
