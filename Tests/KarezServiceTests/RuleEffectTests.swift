import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import TestSupport
import Testing

@testable import KarezService

/// Each version of each rule says something of the demo prefecture that nothing else says.
///
/// `Tests/Effects/rule-effects.json` lists boundaries, and what is asked of each: purpose, day of
/// the law, documents, and what is proposed. The map is that of one day, for the demonstration
/// begins later than the oldest rules.
@Suite(.enabled(if: DemoOutlines.arePresent, "the outlines were not fetched: run make setup"))
struct RuleEffectTests {
  private struct Question {
    let purpose: String?
    let on: LegalDate
    let documents: [String]
    let proposed: [String: String]

    init(_ json: JSONValue) throws {
      purpose = json["purpose"]?.string
      on = try #require(json["on"]?.string.flatMap { LegalDate($0) })
      documents = (json["documents"]?.array ?? []).compactMap(\.string)
      proposed = json["proposed"]?.textMembers ?? [:]
    }
  }

  @Test func `every rule changes an answer on the demo prefecture when it is taken out`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let (map, sites) = try await Self.prefecture(in: folder)
      let book = map.packs.ruleBook
      var silent = Set(book.rules.indices)
      for entry in try Self.list() {
        let named = try #require(entry["boundary"]?.string)
        let wkt = sites[named] ?? named
        let measured = try await Self.facts(of: wkt, on: map)
        for asked in entry["asked"]?.array ?? [] {
          let question = try Question(asked)
          let facts = Self.facts(measured, with: question, book)
          let whole = book.findings(given: facts, on: question.on)
          // What rests on a fact nobody could establish changes no answer worth having.
          let decided = Set(
            whole.filter { $0.outcome != "needs-determination" }.map(\.rule))
          for index in silent where book.rules[index].validity.contains(question.on) {
            guard decided.contains(book.rules[index].id) else { continue }
            let others = RuleBook(
              rules: book.rules.indices.filter { $0 != index }.map { book.rules[$0] },
              vocabulary: book.vocabulary)
            guard others.findings(given: facts, on: question.on) != whole else { continue }
            silent.remove(index)
          }
        }
      }
      let names = silent.map { "\(book.rules[$0].id) from \(book.rules[$0].validity.from)" }
      #expect(silent.isEmpty, "taken out, these change nothing: \(names.sorted())")
      #expect(book.rules.count >= 125)
    }
  }

  private static func list() throws -> [JSONValue] {
    let file = Places.repository.appending(path: "Tests/Effects/rule-effects.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    return try #require(try JSONValue(parsing: text).array)
  }

  /// The demonstration, and its sites' boundaries by their names.
  private static func prefecture(
    in folder: URL
  ) async throws -> (map: OneMap, sites: [String: String]) {
    let demo = Demo(
      installation: Installation(home: Places.repository, programs: Program.folder),
      data: folder.appending(path: "data"), out: folder.appending(path: "out"), patches: 3_000,
      seed: 7)
    let map = try await demo.prepare(say: { _ in }, progress: { _ in })
    let truth = try String(
      contentsOf: folder.appending(path: "out/synth/truth.json"), encoding: .utf8)
    var sites: [String: String] = [:]
    for site in try JSONValue(parsing: truth)["sites"]?.array ?? [] {
      sites[site["id"]?.string ?? ""] = site["wkt"]?.string
    }
    return (map, sites)
  }

  /// Everything the map tells of a boundary.
  private static func facts(of wkt: String, on map: OneMap) async throws -> Facts {
    guard case .polygons(let multi) = try Geometry(wkt: wkt) else { return Facts() }
    let boundary = try ReadBoundary(drawn: [multi])
    let day = try #require(LegalDate("2026-06-01"))
    let check = Check(
      request: CheckRequest(boundary: boundary, purpose: nil, validOn: day), packs: map.packs,
      store: map.store, scope: .all)
    let survey = try await check.surveyed(
      try BoundaryOutline(boundary).geometry, try await check.asOf())
    return try await check.measure(map.packs.ruleBook.facts, check.measurer(survey)).0
  }

  private static func facts(
    _ measured: Facts, with question: Question, _ book: RuleBook
  ) -> Facts {
    var facts = measured
    for fact in book.facts {
      switch fact.source {
      case .purpose: facts.values[fact.id] = question.purpose.map { .text($0) }
      case .documents: facts.values[fact.id] = .codes(question.documents.sorted())
      case .proposal(let unit):
        facts.values[fact.id] = question.proposed[fact.id.text]
          .flatMap { Quantity($0 + " " + unit.rawValue) }.map { .quantity($0) }
      case .map, .boundaryArea, .attribute: break
      }
    }
    return facts
  }
}

/// Whether the outlines the demonstration needs were fetched at set-up.
enum DemoOutlines {
  static let arePresent = FileManager.default.fileExists(
    atPath: Places.repository.appending(path: "Packs/regions/653100/outlines").path)
}
