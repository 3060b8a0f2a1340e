import Foundation
import KarezCore
import KarezPacks
import KarezRules
import TestSupport
import Testing

/// The real packs with one thing made wrong: each is refused, with its place.
@Suite struct RefusalTests {
  static let landRules = "land-acquisition/rules/approval-level.yaml"
  static let thresholds = "land-acquisition/parameters/approval-thresholds.yaml"

  static let gateCases = "cadastre/profiles/bad/registers.yaml"

  struct Change: CustomTestStringConvertible, Sendable {
    let file: String
    let old: String
    let new: String
    let fact: PackFault.What
    var testDescription: String { "\(file): \(fact)" }

    init(_ file: String, _ old: String, _ new: String, _ fact: PackFault.What) {
      self.file = file
      self.old = old
      self.new = new
      self.fact = fact
    }
  }

  static let rule = "land-acquisition/state-council/other-land"
  static let changes: [Change] = [
    Change(landRules, "  severity: requires", "  severety: requires", .keyUnknown("severety")),
    Change(
      landRules, "  severity: requires", "  severity: forbids",
      .notOneOf(key: "severity", text: "forbids", allowed: ["prohibits", "requires", "informs"])),
    Change(landRules, "  cite:", "  cited:", .citationMissing),
    Change(
      landRules, "law: \"cn/land-administration-law/2019\"", "law: \"cn/none/2019\"",
      .lawUnknown("cn/none/2019")),
    Change(
      landRules, "article: \"46(1)(1)\"", "article: \"460\"",
      .articleUnknown(law: "cn/land-administration-law/2019", article: "460")),
    Change(
      landRules, "（一）永久基本农田；", "（一）基本农田；",
      .quoteNotInArticle(law: "cn/land-administration-law/2019", article: "46(1)(1)")),
    Change(
      landRules, "permanent_basic_farmland > 0 m2", "basic_farmland > 0 m2",
      .expression(
        .unknownFact("basic_farmland", offset: 0),
        text: "basic_farmland > 0 m2 and purpose in codes('purposes', 'kind', 'construction')")),
    Change(
      landRules, "expropriable_other_land > parameter('state_council_other_land_threshold')",
      "expropriable_other_land > 70",
      .expression(
        .bareNumber(offset: 26),
        text:
          "expropriable_other_land > 70 and purpose in codes('purposes', 'kind', 'construction')")),
    Change(
      landRules, "expropriable_other_land > parameter('state_council_other_land_threshold')",
      "expropriable_other_land > 70 km",
      .expression(
        .notComparable(.quantity(.area), .quantity(.length), offset: 24),
        text:
          "expropriable_other_land > 70 km and purpose in codes('purposes', 'kind', 'construction')"
      )),
    Change(
      landRules, "'state_council_other_land_threshold') and purpose",
      "'no_such_threshold') and purpose",
      .expression(
        .unknownParameter("no_such_threshold", offset: 26),
        text: "expropriable_other_land > parameter('no_such_threshold') and purpose in "
          + "codes('purposes', 'kind', 'construction')")),
    Change(
      landRules, "documents: [ \"expropriation-approval\" ]", "documents: [ \"a-letter\" ]",
      .codeUnknown(table: "documents", code: "a-letter")),
    Change(
      landRules, "approver: \"state-council\"", "approver: \"mayor\"",
      .codeUnknown(table: "approvers", code: "mayor")),
    Change(
      landRules, "area: \"expropriable_other_land\"", "area: \"no_such_fact\"",
      .factUnknown("no_such_fact")),
    Change(landRules, "- id: \"\(rule)\"", "- id: \"hazard-gate/x\"", .notID("hazard-gate/x")),
    Change(landRules, "# 征收", "# expropriation \n# 征收", .noChineseComment),
    Change(
      landRules, "inForce: { from: \"2020-01-01\", until: null }",
      "inForce: { from: \"2019-12-31\", until: null }",
      .lawNotInForce("cn/land-administration-law/2019")),
    Change(thresholds, "value: \"35 ha\"", "value: 35", .bareNumber("35")),
    Change(
      thresholds, "value: \"35 ha\"", "value: \"35\"",
      .notQuantity(key: "value", text: "35")),
    Change(
      thresholds, "from: \"2020-01-01\"", "from: \"2021-01-01\"",
      .parameterNotInForce("state_council_cultivated_threshold")),
    Change(
      "farmland-balance/rules/compensation.yaml", "until: \"2027-01-01\"",
      "until: \"2026-12-31\"",
      .versionsGap(
        id: "farmland-balance/quantity-and-quality", from: "2026-12-31",
        until: "2027-01-01")),
    Change(
      "farmland-balance/rules/compensation.yaml", "until: \"2027-01-01\"",
      "until: \"2027-01-02\"",
      .versionsOverlap(id: "farmland-balance/quantity-and-quality", on: "2027-01-01")),
    Change(
      "facts.yaml", "dataset: \"farmland-reserve\"", "dataset: \"reserve\"",
      .datasetUnknown("reserve")),
    Change(
      "facts.yaml", "begins: [ \"0101\" ]", "begins: [ \"0199\" ]",
      .codeUnknown(table: "land-classes", code: "0199")),
    Change("facts.yaml", "of: \"mineral\"", "of: \"minral\"", .attributeUnknown("minral")),
    Change(
      "cadastre/schemas/parcels.yaml", "type: date", "type: day",
      .notOneOf(
        key: "type", text: "day",
        allowed: ["text", "integer", "decimal", "boolean", "date"])),
    Change(
      "cadastre/schemas/parcels.yaml", "codes: \"right-kinds\"", "codes: \"rights\"",
      .codeTableUnknown("rights")),
    Change(
      "facts.yaml", "within: \"5 m\"", "within: \"5 ha\"", .notDistance(key: "within")),
    Change(
      "facts.yaml", "within: \"5 m\"", "within: \"0 m\"", .notDistance(key: "within")),
    Change(
      "facts.yaml", "within: \"5 m\"", "within: \"5\"",
      .notQuantity(key: "within", text: "5")),
    // Without a distance a line has no area.
    Change(
      "facts.yaml", "    within: \"200 m\"\n    measure: area", "    measure: area",
      .datasetHasNoArea("oil-gas-pipelines")),
    Change(
      "facts.yaml", "    inside: [ \"urban-development-boundary\" ]",
      "    inside: [ \"oil-gas-pipelines\" ]", .datasetHasNoArea("oil-gas-pipelines")),
    Change("cadastre/pack.yaml", "version: \"1.2.0\"", "version: \"1.0\"", .notVersion("1.0")),
    Change(
      "cadastre/pack.yaml", "version: \"1.2.0\"", "version: \"0.9.0\"",
      .packTooOld(pack: "cadastre", version: "0.9.0", needed: "1.0.0")),
    Change(
      "cadastre/profiles/land-patches.yaml", "  gap: warning", "  gaps: warning",
      .ruleUnknown("gaps")),
    Change(
      "cadastre/profiles/parcels.yaml", "limit: \"100 m\"", "limit: \"100 m2\"",
      .dimensionsDiffer),
    Change(
      "cadastre/profiles/townships.yaml", "by: \"county_code\"", "by: \"county\"",
      .attributeUnknown("county")),
    Change(
      "cadastre/profiles/real-estate-units.yaml", "dataset: \"parcels\"",
      "dataset: \"plots\"", .datasetUnknown("plots")),
    Change(
      "quality/profiles/every-dataset.yaml", "    until:", "    unitl:", .keyUnknown("unitl")),
    Change(
      gateCases, "because: \"parcels/county\"", "because: \"parcels/shire\"",
      .ruleUnknown("parcels/shire")),
    Change(
      gateCases, "shape: \"square 500 m2 at 76 39\"", "shape: \"square 500 at 76 39\"",
      .notQuantity(key: "shape", text: "square 500 at 76 39")),
    Change(gateCases, "registered_on:", "registered:", .attributeUnknown("registered")),
    Change(gateCases, "dataset: \"villages\"", "dataset: \"hamlets\"", .datasetUnknown("hamlets")),
    Change(
      "quality/profiles/good/every-dataset.yaml", "  silent: [ \"every-dataset/plausible-date\" ]",
      "  silent: []", .expectationMissing),
    Change("cadastre/codes/ownership.csv", "20,", "10,", .idTwice("10")),
    Change(
      "cadastre/codes/ownership.csv", "code,zh,en", "code,name,en",
      .columnsMissing(["code", "zh", "en"])),
    Change(
      "land-acquisition/cases/bad/approval-level.yaml", "350001 m2", "350001 m",
      .valueOfWrongType(fact: "expropriable_cultivated_land_outside_permanent_basic_farmland")),
    Change(
      "land-acquisition/cases/bad/approval-level.yaml", "because: \"\(rule)\"",
      "because: \"land-acquisition/none\"", .ruleUnknown("land-acquisition/none")),
    Change(
      "laws/cn/red-line-notice-2022.yaml", "    summary:", "    text: \"原文\"\n    summary:",
      .quoteUnverifiable("一(一)")),
  ]

  static let townships = "cadastre/schemas/townships.yaml"
  static let parcels = "cadastre/schemas/parcels.yaml"
  static let catalogueChanges: [Change] = [
    Change(
      parcels, "theme: \"registration\"", "theme: \"rgistration\"",
      .themeUnknown("rgistration")),
    Change(
      parcels, "cycle: continuous", "cycle: hourly",
      .notOneOf(key: "cycle", text: "hourly", allowed: UpdateCycle.allCases.map(\.rawValue))),
    Change(parcels, "cycle: continuous\n", "", .keyMissing("cycle")),
    Change(
      parcels, "basis:\n  - { law: \"cn/civil-code/2020\", article: \"210\" }\n", "",
      .keyMissing("basis")),
    Change(parcels, "cn/civil-code/2020", "cn/civil-code/2021", .lawUnknown("cn/civil-code/2021")),
    Change(
      parcels, "article: \"210\"", "article: \"2100\"",
      .articleUnknown(law: "cn/civil-code/2020", article: "2100")),
    Change(
      parcels, "type: date", "type: date\n    length: \"8\"",
      .limitOnWrongType(key: "length", type: "date")),
    Change(
      parcels, "type: date", "type: date\n    minimum: \"0\"",
      .limitOnWrongType(key: "minimum", type: "date")),
    Change(
      parcels, "type: text", "type: text\n    length: \"many\"",
      .notNumber(key: "length", text: "many")),
    Change(
      parcels, "type: text", "type: text\n    length: \"0\"",
      .notNumber(key: "length", text: "0")),
    Change(
      parcels, "type: decimal", "type: decimal\n    maximum: \"1e3\"",
      .notNumber(key: "maximum", text: "1e3")),
    Change(
      parcels, "type: decimal",
      "type: decimal\n    minimum: \"2\"\n    maximum: \"-1.5\"", .limitsCross),
    Change(townships, "dataset: \"counties\"", "dataset: \"shires\"", .datasetUnknown("shires")),
    Change("themes.yaml", "id: \"geodesy\"", "id: \"survey\"", .idTwice("survey")),
    Change(
      "themes.yaml", "title: { zh: \"试用\", en", "title: { zh: \"试用\", eng",
      .keyUnknown("eng")),
    Change("cycles.yaml", "id: monthly", "id: daily", .idTwice("daily")),
    Change("cycles.yaml", "id: monthly", "id: daily", .keyMissing("monthly")),
    Change("cycles.yaml", "allowance: \"62 d\"", "allowance: \"62 m\"", .dimensionsDiffer),
    Change(
      "cadastre/pack.yaml", "  - id: \"ownership\"",
      "  - id: \"ownership\"\n    family: \"ownership\"\n    edition: \"2020\"",
      .notID("ownership")),
    Change(
      "cadastre/pack.yaml", "  - id: \"ownership\"",
      "  - id: \"ownership\"\n    edition: \"2020\"", .keyMissing("family")),
  ]

  @Test(arguments: changes + catalogueChanges)
  func `a pack with one thing wrong is refused`(change: Change) async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = try copy(into: folder)
      let file = packs.appending(path: change.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      let range = try #require(text.range(of: change.old), "nothing to change in \(change.file)")
      try text.replacingCharacters(in: range, with: change.new)
        .write(to: file, atomically: true, encoding: .utf8)
      let faults = try faults(of: packs)
      let found = faults.first { $0.fact == change.fact }
      #expect(found != nil, "\(faults)")
      #expect(found?.place.line ?? 0 >= 1)
    }
  }

  @Test func `every fault is told in one run`() async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = try copy(into: folder)
      let file = packs.appending(path: Self.landRules)
      let text = try String(contentsOf: file, encoding: .utf8)
        .replacing("severity: requires", with: "severty: requires")
      try text.write(to: file, atomically: true, encoding: .utf8)
      let faults = try faults(of: packs)
      #expect(faults.count { $0.fact == .keyUnknown("severty") } == 4)
      #expect(faults.count { $0.fact == .keyMissing("severity") } == 4)
      #expect(faults == faults.sorted { $0.place < $1.place })
    }
  }

  @Test func `a file nobody declared is refused, and so is a missing folder`() async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = try copy(into: folder)
      try "x".write(
        to: packs.appending(path: "cadastre/rules.yml"), atomically: true, encoding: .utf8)
      let place = PackOrigin(file: "cadastre/rules.yml", line: 1)
      #expect(try faults(of: packs) == [PackFault(place, .fileUnexpected)])
      let nowhere = folder.appending(path: "nowhere").path
      #expect(throws: RulePackError.folderUnreadable(folder: nowhere)) {
        try PackLibrary.load(from: nowhere)
      }
    }
  }

  @Test func `a pack's version changes with any byte of its files`() async throws {
    try await Places.withTemporaryFolder { folder in
      let packs = try copy(into: folder)
      let before = try PackLibrary.load(from: packs.path).packs
      let file = packs.appending(path: "hazard-gate/README.zh.md")
      try (String(contentsOf: file, encoding: .utf8) + " ")
        .write(to: file, atomically: true, encoding: .utf8)
      let after = try PackLibrary.load(from: packs.path).packs
      let changed = zip(before, after).filter { $0 != $1 }.map(\.0.id)
      #expect(changed == ["hazard-gate"])
    }
  }

  private func copy(into folder: URL) throws -> URL {
    let packs = folder.appending(path: "Packs")
    try FileManager.default.createDirectory(at: packs, withIntermediateDirectories: true)
    let source = Places.repository.appending(path: "Packs")
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
    where name != "regions" {
      try FileManager.default.copyItem(
        at: source.appending(path: name), to: packs.appending(path: name))
    }
    return packs
  }

  private func faults(of packs: URL) throws -> [PackFault] {
    let error = try #require(throws: RulePackError.self) { try PackLibrary.load(from: packs.path) }
    guard case .refused(let faults) = error else { throw error }
    return faults
  }
}
