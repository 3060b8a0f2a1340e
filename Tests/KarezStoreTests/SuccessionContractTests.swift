import KarezCore
import KarezStore
import TestSupport
import Testing

/// Which features became which, and identifiers that are never given again.
@Suite struct SuccessionContractTests {
  @Test func `a succession is of its kind's shape, or there is none`() {
    let day = Fixture.day(1)
    let sides = [[], ["a"], ["b"], ["a", "b"], ["a", "a"], ["a", "b", "c"]]
    let expected: [Succession.Kind: (Int, Int) -> Bool] = [
      .split: { $0 == 1 && $1 > 1 }, .merge: { $0 > 1 && $1 == 1 },
      .renumber: { $0 == 1 && $1 == 1 }, .redraw: { $0 > 0 && $1 > 0 },
    ]
    for kind in Succession.Kind.allCases {
      for parents in sides {
        for children in sides {
          let isTwice = parents == ["a", "a"] || children == ["a", "a"]
          let isSame = kind == .renumber && parents == children
          let isShaped = expected[kind]?(parents.count, children.count) ?? false
          let succession = Succession(kind, of: parents, into: children, on: day)
          #expect((succession != nil) == (isShaped && !isTwice && !isSame))
        }
      }
    }
  }

  /// A parcel 1 in two (2 and 3) on day 1, and these with 4 into 5 on day 2.
  static func prepared(_ store: any OneMapStore, isBinding: Bool = true) async throws -> DatasetID {
    let dataset = try Fixture.dataset("parcels")
    try await store.define(Self.schema(dataset, isBinding: isBinding), by: .operator, in: .all)
    try await store.importing(
      [row(1, "p1", 1), row(2, "p4", 4)], into: dataset, .state, from: Fixture.day(0), key: "1")
    try await store.changing(
      [row(1, "p1", nil), row(2, "p2", 2), row(3, "p3", 3)], in: dataset, from: Fixture.day(1),
      key: "2", [#require(Succession(.split, of: ["p1"], into: ["p2", "p3"], on: Fixture.day(1)))])
    try await store.changing(
      [row(1, "p2", nil), row(2, "p3", nil), row(3, "p4", nil), row(4, "p5", 5)], in: dataset,
      from: Fixture.day(2), key: "3",
      [#require(Succession(.merge, of: ["p3", "p2", "p4"], into: ["p5"], on: Fixture.day(2)))])
    return dataset
  }

  static func schema(_ dataset: DatasetID, isBinding: Bool) -> DatasetSchema {
    let plain = Fixture.schema(dataset)
    return DatasetSchema(
      id: plain.id, title: plain.title, steward: plain.steward, theme: plain.theme,
      classification: plain.classification, geometry: plain.geometry,
      isCoverage: plain.isCoverage, identifier: plain.identifier, region: plain.region,
      attributes: plain.attributes, retiresIdentifiers: isBinding,
      coding: CodeRule(series: 1, digits: 1))
  }

  static func row(_ number: Int64, _ id: String, _ content: Int?) throws -> DraftRow {
    DraftRow(
      row: number, feature: try Fixture.feature(id, content ?? 0), ends: content == nil)
  }

  @Test(arguments: StoreEngine.all)
  func `who became what is told from either side, with both times`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let split = RecordedSuccession(
        number: 1, kind: .split, parents: ["p1"], children: ["p2", "p3"],
        validOn: Fixture.day(1), recordedFrom: try .number(2), recordedUntil: nil)
      let merge = RecordedSuccession(
        number: 2, kind: .merge, parents: ["p3", "p2", "p4"], children: ["p5"],
        validOn: Fixture.day(2), recordedFrom: try .number(3), recordedUntil: nil)
      for (ids, expected) in [
        (["p1"], [split]), (["p2"], [split, merge]), (["p5"], [merge]),
        (["p4", "p1"], [split, merge]),
        ([], []), (["nobody"], []), (["p2' OR '1'='1"], []),
      ] {
        #expect(try await store.successions(of: dataset, .of(ids), in: .all) == expected)
      }
      for after in 0...3 {
        for through in after...4 {
          let query = SuccessionQuery.recorded(
            after: try .number(after), through: try .number(through))
          let expected = [split, merge].filter {
            $0.recordedFrom.value > after && $0.recordedFrom.value <= through
          }
          #expect(try await store.successions(of: dataset, query, in: .all) == expected)
        }
      }
      #expect(try await store.schemas(in: .all) == [Self.schema(dataset, isBinding: true)])
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a succession alone is a commit, and another takes it back`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let late = try #require(
        Succession(.redraw, of: ["p1", "p4"], into: ["p5"], on: Fixture.day(3)))
      let receipt = try await store.changing(
        [], in: dataset, from: Fixture.day(3), key: "4", [late])
      #expect(
        receipt == CommitReceipt(commit: try .number(4), inserted: 0, changed: 0, ended: 0))
      let back = try await store.changing(
        [], in: dataset, from: Fixture.day(3), key: "5", withdrawing: [3])
      #expect(back.commit?.value == 5)
      let found = try await store.successions(of: dataset, .of(["p4"]), in: .all)
      #expect(found.map(\.number) == [2, 3])
      #expect(found.map(\.recordedUntil?.value) == [nil, 5])
      #expect(found.map { $0.isRecorded(at: receipt.commit ?? .none) } == [true, true])
      #expect(found.map { $0.isRecorded(at: back.commit ?? .none) } == [true, false])
      let range = SuccessionQuery.recorded(after: try .number(4), through: try .number(5))
      #expect(try await store.successions(of: dataset, range, in: .all).map(\.number) == [3])
      for number in [3, 9] as [Int64] {
        let refused = StoreError.unfoundedSuccession(dataset, member: "\(number)")
        await #expect(throws: refused) {
          try await store.changing(
            [], in: dataset, from: Fixture.day(3), key: "6", withdrawing: [number])
        }
      }
      #expect(try await store.lastCommit().value == 5)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a succession of features that are not there is refused, with its commit`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      for (parents, children, day, member) in [
        (["nobody"], ["p5"], 3, "nobody"), (["p1"], ["nobody"], 3, "nobody"),
        // Children must be in force on the day; parents may long be gone.
        (["p5"], ["p1"], 3, "p1"), (["p1"], ["p5"], 1, "p5"),
      ] {
        let succession = try #require(
          Succession(.redraw, of: parents, into: children, on: Fixture.day(day)))
        await #expect(throws: StoreError.unfoundedSuccession(dataset, member: member)) {
          try await store.changing(
            [try Self.row(1, "p6", 6)], in: dataset, from: Fixture.day(3), key: "4", [succession])
        }
      }
      #expect(try await store.lastCommit().value == 3)
      #expect(try await store.uses(of: ["p6"], in: dataset, scope: .all) == [:])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `members of other regions are not told to a reader bound to some`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      // Regions are told by the content: p2 is of 65312, p5 of 65315.
      let bound = Scope(ceiling: .confidential, regionPrefixes: ["65312", "65315"])
      let found = try await store.successions(of: dataset, .of(["p2"]), in: bound)
      #expect(found.map(\.parents) == [[], ["p2"]])
      #expect(found.map(\.children) == [["p2"], ["p5"]])
      let nowhere = Scope(ceiling: .confidential, regionPrefixes: ["9"])
      #expect(try await store.successions(of: dataset, .of(["p2"]), in: nowhere) == [])
      await #expect(throws: StoreError.noSuchDataset(dataset)) {
        try await store.successions(of: dataset, .of(["p2"]), in: Scope(ceiling: .public))
      }
    }
  }

  // MARK: Identifiers

  @Test(arguments: StoreEngine.all)
  func `what was ever recorded under an identifier is known for ever`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      // p7 is recorded and taken back, p8 ends, comes again and ends.
      try await store.importing(
        [Self.row(1, "p7", 7), Self.row(2, "p8", 8)], into: dataset, .versions,
        from: Fixture.day(0), until: Fixture.day(4), key: "4")
      try await store.importing(
        [Self.row(1, "p7", nil)], into: dataset, .versions, from: Fixture.day(0), key: "5")
      let ids = (0...9).map { "p\($0)" }
      #expect(
        try await store.uses(of: ids, in: dataset, scope: .all) == [
          "p1": .ended(Fixture.day(1)), "p2": .ended(Fixture.day(2)),
          "p3": .ended(Fixture.day(2)), "p4": .ended(Fixture.day(2)), "p5": .inForce,
          "p7": .withdrawn, "p8": .ended(Fixture.day(4)),
        ])
      // A code is taken wherever it was given, so only who sees all regions is told.
      let bound = Scope(ceiling: .confidential, regionPrefixes: ["9"])
      await #expect(throws: StoreError.scopeTooNarrow(dataset)) {
        try await store.uses(of: ["p1"], in: dataset, scope: bound)
      }
      await #expect(throws: StoreError.scopeTooNarrow(dataset)) {
        try await store.greatestNumber(of: dataset, beginning: "p", digits: 1, in: bound)
      }
      #expect(try await store.uses(of: [], in: dataset, scope: .all) == [:])
      for (prefix, digits, expected) in [
        ("p", 1, 8), ("", 1, 8), ("p8", 1, nil), ("q", 1, nil), ("p", 2, nil), ("P", 1, nil),
      ] as [(String, Int, Int?)] {
        #expect(
          try await store.greatestNumber(
            of: dataset, beginning: prefix, digits: digits, in: .all) == expected)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the greatest number is that of a series, whatever stands between`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try Fixture.dataset("parcels")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      let codes = [
        "653101001001GB00009", "653101001001JC00010", "653101001002GB00700",
        "653101001001GBX0099", "653101001001",
      ]
      let rows = try codes.enumerated().map { try Self.row(Int64($0 + 1), $1, 1) }
      try await store.importing(rows, into: dataset, .state, from: Fixture.day(0), key: "1")
      for (prefix, expected) in [
        ("653101001001", 10), ("653101001002", 700), ("65310100100", 700), ("653102", nil),
      ] {
        #expect(
          try await store.greatestNumber(of: dataset, beginning: prefix, digits: 5, in: .all)
            == expected)
      }
    }
  }

  /// A row under an identifier that was ended (p1 on day 1) or taken back (p7, of days 0 to 3).
  static let reuses: [(id: String, content: Int, from: Int, until: Int?, isRefused: Bool)] = [
    ("p1", 2, 1, nil, true), ("p1", 2, 2, 3, true),
    // Its own past may be corrected, and its end.
    ("p1", 2, 0, 1, false), ("p1", 1, 1, 2, false), ("p1", 1, 2, nil, false),
    ("p7", 8, 0, nil, true), ("p7", 7, 4, nil, true), ("p7", 7, 1, 2, false),
    ("p9", 9, 0, nil, false),
  ]

  @Test(arguments: StoreEngine.all)
  func `a retired identifier is refused, unless it says again what it said`(
    engine: StoreEngine
  ) async throws {
    for reuse in Self.reuses {
      try await engine.withStore { store in
        let dataset = try await Self.prepared(store)
        try await store.importing(
          [Self.row(1, "p7", 7)], into: dataset, .versions, from: Fixture.day(0),
          until: Fixture.day(4), key: "4")
        try await store.importing(
          [Self.row(1, "p7", nil)], into: dataset, .versions, from: Fixture.day(0), key: "5")
        let record = {
          try await store.importing(
            [Self.row(1, reuse.id, reuse.content)], into: dataset, .versions,
            from: Fixture.day(reuse.from), until: reuse.until.map(Fixture.day), key: "6")
        }
        guard reuse.isRefused else {
          #expect(try await record().commit?.value == 6, "\(reuse)")
          return
        }
        let refused = StoreError.retiredIdentifier(dataset, id: reuse.id, row: 1)
        await #expect(throws: refused, "\(reuse)") { try await record() }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a split that is taken back gives its parent back, and the parts' codes to nobody`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store)
      let merged = DraftRow(
        row: 4, feature: try Fixture.feature("p5", 0), ends: true,
        validity: Validity(from: Fixture.day(2)))
      try await store.importing(
        [
          Self.row(1, "p2", 2), Self.row(2, "p3", 3), Self.row(3, "p4", 4), merged,
        ], into: dataset, .versions, from: Fixture.day(2), key: "4")
      let found = try await store.contents(of: dataset, on: Fixture.day(3), at: try .number(4))
      #expect(found == ["p2": 2, "p3": 3, "p4": 4])
      await #expect(throws: StoreError.retiredIdentifier(dataset, id: "p5", row: 1)) {
        try await store.importing(
          [Self.row(1, "p5", 6)], into: dataset, .changes, from: Fixture.day(2), key: "5")
      }
      // The same once more is no new feature.
      try await store.importing(
        [Self.row(1, "p5", 5)], into: dataset, .changes, from: Fixture.day(2), key: "6")
      #expect(try await store.lastCommit().value == 5)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a dataset that does not retire identifiers takes them back`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let dataset = try await Self.prepared(store, isBinding: false)
      try await store.importing(
        [Self.row(1, "p1", 6)], into: dataset, .changes, from: Fixture.day(3), key: "4")
      let found = try await store.contents(of: dataset, on: Fixture.day(3), at: try .number(4))
      #expect(found == ["p1": 6, "p5": 5])
    }
  }
}

extension OneMapStore {
  /// Records changes along with what they mean for successions.
  @discardableResult
  func changing(
    _ rows: [DraftRow], in dataset: DatasetID, from day: LegalDate, key: String,
    _ successions: [Succession] = [], withdrawing withdrawn: Set<Int64> = []
  ) async throws -> CommitReceipt {
    let validity = try #require(Validity(from: day))
    let plan = DraftPlan(
      dataset: dataset, mode: .changes, validity: validity, lineage: Fixture.lineage)
    let draft = try await openDraft(plan, by: .operator, in: .all)
    try await append(rows, to: draft)
    let order = CommitOrder(
      reason: "test", idempotencyKey: key, successions: successions, withdrawn: withdrawn)
    return try await commit(draft, order, by: .operator, in: .all)
  }
}
