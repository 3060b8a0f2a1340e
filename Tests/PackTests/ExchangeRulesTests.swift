import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@Suite struct ExchangeRulesTests {
  static let packs = Places.repository.appending(path: "Packs")

  static func load(
    _ change: (String) -> String = { $0 }
  ) async throws -> ExchangeRules {
    let library = try PackLibrary.load(from: packs.path)
    let text = try String(contentsOf: packs.appending(path: "exchange.yaml"), encoding: .utf8)
    return try await Places.withTemporaryFolder { folder in
      try Data(change(text).utf8).write(to: folder.appending(path: "exchange.yaml"))
      return try ExchangeRules.load(from: folder.path, schemas: library.schemas)
    }
  }

  @Test func `the limit is 25 square kilometres at scales above 1 to 5000, and unconfirmed`()
    async throws
  {
    let rules = try await Self.load()
    #expect(rules.meter.limit == .hectares(2_500) && rules.meter.largerThan == 5_000)
    #expect(rules.meter.certainty == .unconfirmed && rules.meter.source.zh.contains("95号"))
    #expect(rules.meter.stops == [.public, .internal])
    let parcels = try #require(DatasetID("parcels"))
    let counties = try #require(DatasetID("counties"))
    #expect(rules.meter.counts(parcels) && !rules.meter.counts(counties))
    let unknown = try #require(DatasetID("made-tomorrow"))
    #expect(rules.meter.counts(unknown), "of which nothing is said")
  }

  @Test func `the public edition needs a map approval, and nothing in it is above public`()
    async throws
  {
    let rules = try await Self.load()
    let edition = try #require(rules.edition("public"))
    #expect(edition.needsMapApproval && edition.zone == .public)
    #expect(edition.certainty == .unconfirmed, "its figures are not held against the text")
    let library = try PackLibrary.load(from: Self.packs.path)
    var examined = 0
    for schema in library.schemas {
      guard let part = edition.part(schema), let target = library.schema(part.into) else {
        continue
      }
      examined += 1
      #expect(target.classification == .public)
      for attribute in target.attributes where part.keeps?.contains(attribute.name) ?? true {
        #expect(attribute.classification == .public, "\(target.id)/\(attribute.name)")
      }
    }
    #expect(examined > 5)
  }

  @Test func `to the business zone goes what is whole within its limit`() async throws {
    let rules = try await Self.load()
    let edition = try #require(rules.edition("internal"))
    let library = try PackLibrary.load(from: Self.packs.path)
    func part(_ name: String) -> EditionRule.Part? {
      DatasetID(name).flatMap(library.schema).flatMap(edition.part)
    }
    #expect(part("land-patches") != nil && part("underground-space") != nil)
    #expect(part("mineral-blocks") == nil, "the quantity of ore is confidential")
  }

  @Test(arguments: [
    ("grid: \"25 m\"", "grid: \"24 m\""), ("limit: \"25 km2\"", "limit: \"25 m\""),
    ("largerThan: \"5000 1\"", "largerThan: \"5000\""), ("stops: [ public", "stops: [ nowhere"),
    ("dataset: \"villages\"", "dataset: \"nothing\""),
    ("dataset: \"villages\"", "dataset: \"land-patches\""),
    ("keep: [ \"identifier\", ", "keep: [ "), ("\"capacity\", ", "\"capacities\", "),
    ("  lasts: \"30 d\"", "  last: \"30 d\""),
    ("zone: public\n    mapApproval", "zone: moon\n    mapApproval"),
    ("id: \"internal\"", "id: \"public\""), ("notCounted: [ ", "notMetered: [ "),
    ("\"land-patches\", ", ""), ("dataset: \"buildings\", scale", "dataset: \"villages\", scale"),
    ("notCounted: [ ", "notCounted: [ \"buildings\", "),
    ("notCounted: [ ", "notCounted: [ \"nothing\", "),
  ])
  func `what is no rule is refused`(was: String, becomes: String) async throws {
    await #expect(throws: RulePackError.self) {
      try await Self.load { text in
        #expect(text.contains(was), "\(was)")
        return text.replacing(was, with: becomes)
      }
    }
  }
}
