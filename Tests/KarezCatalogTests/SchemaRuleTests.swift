import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import Testing

/// Rules that follow from what a schema says of its attributes.
@Suite struct SchemaRuleTests {
  static let name = LocalizedText(zh: "名称", en: "name")

  static func counts(
    _ attribute: Attribute, _ value: AttributeValue
  ) async throws -> [String] {
    let schema = DatasetSchema(
      id: try #require(DatasetID("marks")), title: name, steward: name, theme: "t",
      classification: .internal, geometry: .none, isCoverage: false, identifier: "code",
      attributes: [Attribute(name: "code", title: name, type: .text), attribute])
    let report = try await Drafting.examine(schema, fields: ["code", attribute.name]) { mapping in
      [
        mapping.row(
          1, fallback: "", geometry: nil, values: ["code": .text("a"), attribute.name: value])
      ]
    }
    return report.findings.map { "\($0.rule): \($0.message.en)" }
  }

  static let lengths: [(String, Int?)] = [
    ("四个汉字", nil), ("五个汉字呀", 5), ("", nil), ("abcd", nil), ("abcde", 5), ("a\u{301}bcd", 5),
  ]

  @Test(arguments: lengths)
  func `a text has no more characters than its schema allows`(
    text: String, length: Int?
  ) async throws {
    let attribute = Attribute(
      name: "note", title: Self.name, type: .text, limits: AttributeLimits(length: 4))
    let message = length.map {
      "attribute-length: name has \($0) characters, at most 4 are allowed; shorten it"
    }
    #expect(try await Self.counts(attribute, .text(text)) == [message].compactMap(\.self))
  }

  static let ranges: [(Double?, Double?, AttributeValue, String?)] = [
    (0, 100, .decimal(0), nil), (0, 100, .decimal(100), nil),
    (0, 100, .decimal(100.01), "100.01 must be ≥ 0 and ≤ 100"),
    (0, 100, .decimal(-0.01), "-0.01 must be ≥ 0 and ≤ 100"),
    (0, nil, .decimal(1e9), nil), (0, nil, .integer(-1), "-1 must be ≥ 0"),
    (nil, 5, .integer(6), "6 must be ≤ 5"), (nil, 5, .integer(-99), nil), (0, 100, .null, nil),
  ]

  @Test(arguments: ranges)
  func `a number lies where its schema allows`(
    least: Double?, most: Double?, value: AttributeValue, fault: String?
  ) async throws {
    let attribute = Attribute(
      name: "share", title: Self.name, type: .decimal,
      limits: AttributeLimits(minimum: least, maximum: most))
    let message = fault.map { "attribute-range: name \($0); check the number and its unit" }
    #expect(try await Self.counts(attribute, value) == [message].compactMap(\.self))
  }

  @Test func `a code of the other edition is told as such, with what stands for it`() async throws {
    try await Submission.with { map in
      let editions = try #require(map.packs.codeTables["land-sea-use-2023"])
      #expect(editions.edition?.name == "2023")
      let found = try await Self.codes(["0101", "060201", "9999", "1208"], in: map)
      #expect(
        found == [
          "code-unknown 3: Use “9999” is not in table land-sea-use-2023; use a code of it"
        ], "\(found)")
      let other = CodeEditions(of: editions, among: map.packs.codeTables)
      let old = try #require(other.others.first { $0.edition?.name == "2020" })
      // Every code of 2020 is either one of 2023 too, or told as one of 2020.
      let only = old.rows.map(\.code).filter { !editions.contains($0) }
      let told = try await Self.codes(only, in: map)
      try #require(!only.isEmpty && told.count == only.count)
      for (index, code) in only.enumerated() {
        #expect(other.edition(with: code)?.id == old.id)
        #expect(told[index].hasPrefix("code-edition \(index + 1): "), "\(told[index])")
        let wanted = other.counterparts(of: code, in: old)
        #expect(!wanted.isEmpty && wanted.allSatisfy(editions.contains), "\(code) \(wanted)")
        #expect(told[index].hasSuffix("; use " + wanted.joined(separator: ", ")), "\(told[index])")
      }
    }
  }

  @Test func `numbers used again are in doubt only where a file has codes of the other edition`()
    async throws
  {
    try await Submission.with { map in
      let table = try #require(map.packs.codeTables["land-sea-use-2023"])
      let editions = CodeEditions(of: table, among: map.packs.codeTables)
      let reused = editions.reusedCodes.sorted()
      #expect(
        reused
          == [
            "0204", "0601", "0602", "060102", "0903", "1207", "1311", "1312", "2202", "2302",
            "2303",
          ].sorted())
      #expect(try await Self.codes(reused, in: map) == [])
      let old = try #require(editions.others.first)
      let only = try #require(old.rows.first { !table.contains($0.code) }?.code)
      let found = try await Self.codes([only] + reused + ["2302"], in: map)
      let doubts = found.filter { $0.hasPrefix("code-reused") }
      #expect(doubts.count == reused.count, "\(found)")
      let twice = try #require(doubts.first { $0.contains("“2302” means") })
      #expect(twice.contains("2 features are in doubt"), "\(twice)")
    }
  }

  /// Findings about codes, from rows of a table that has nothing else to say.
  static func codes(_ codes: [String], in map: Submission) async throws -> [String] {
    let attribute = Attribute(
      name: "use", title: LocalizedText(zh: "用途", en: "Use"), type: .text,
      codes: "land-sea-use-2023")
    let schema = DatasetSchema(
      id: try #require(DatasetID("uses")), title: name, steward: name, theme: "t",
      classification: .internal, geometry: .none, isCoverage: false, identifier: "code",
      attributes: [Attribute(name: "code", title: name, type: .text), attribute])
    let report = try await Drafting.examine(
      schema, fields: ["code", "use"], tables: map.packs.codeTables
    ) { mapping in
      codes.enumerated().map { index, code in
        mapping.row(
          Int64(index + 1), fallback: "", geometry: nil,
          values: ["code": .text("\(index)"), "use": .text(code)])
      }
    }
    return report.findings.map { "\($0.rule) \($0.row ?? 0): \($0.message.en)" }
  }

  @Test func `what a schema points at has to be there as of now`() async throws {
    try await Submission.with { map in
      func township(_ code: String, of county: String) throws -> Submission.Row {
        Submission.Row(
          ["township_code": code, "name": "t", "county_code": county],
          try Drafting.square(x: 76, y: 39, side: 0.01))
      }
      let rows = [try township("110101001", of: "110101"), try township("110102001", of: "110102")]
      let rule = "reference-"
      #expect(
        try await map.findings("townships", rows, rules: rule).allSatisfy {
          $0.hasPrefix("reference-unchecked")
        })
      let county = Submission.Row(
        ["county_code": "110101", "name": "c"], try Drafting.square(x: 76, y: 39, side: 0.1))
      try await map.record("counties", [county], from: "2020-01-01")
      #expect(
        try await map.findings("townships", rows, rules: rule) == [
          "reference-missing 2: County code names 110102, which “Counties” does not have on "
            + "2025-01-01; check the code and the day"
        ])
    }
  }

  @Test func `a feature may point at one of the same file`() async throws {
    try await Submission.with { map in
      let schema = try #require(map.packs.schemas.first { $0.id.text == "spatial-plans" })
      let pointer = try #require(schema.attributes.first { $0.references?.dataset == schema.id })
      func plan(_ id: String, under: String) throws -> Submission.Row {
        Submission.Row(
          [schema.identifier: id, pointer.name: under],
          try Drafting.square(x: 76, y: 39, side: 0.01))
      }
      let rows = [
        try plan("A", under: ""), try plan("B", under: "C"), try plan("C", under: "A"),
        try plan("D", under: "Z"),
      ]
      let found = try await map.findings("spatial-plans", rows, rules: "reference-missing")
      #expect(found.count == 1 && found[0].hasPrefix("reference-missing 4: "), "\(found)")
      // What was recorded before and is not in a whole state has ended.
      try await map.record("spatial-plans", [try plan("Z", under: "")], from: "2024-01-01")
      #expect(
        try await map.findings("spatial-plans", rows, rules: "reference-missing") == found)
    }
  }
}
