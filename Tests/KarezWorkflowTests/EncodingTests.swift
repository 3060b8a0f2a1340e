import KarezCore
import KarezRules
import KarezWorkflow
import Testing

@Suite struct EncodingTests {
  static func samples() throws -> [CaseEvent.Fact] {
    let text = LocalizedText(zh: "听证 \u{202E}“'\\", en: "Hearing", ug: "گۇۋاھ")
    let extending = Term.Extension(
      length: 10, most: 1, grantedBy: ["chief"], citations: [Fixtures.article])
    let day = try Fixtures.day("2025-03-03")
    return [
      .opened(
        CaseOpening(
          number: "T1", procedure: "a/b", version: "1.0.0", region: "653101", project: nil,
          applicant: "a", state: "begin")),
      .documentAttached(
        CaseDocument(id: "form", sm3: "00", bytes: 5, mediaType: "application/pdf")),
      .documentReviewed(document: "form", isAccepted: false, note: "模糊"),
      .established(FactID("a"), .boolean(true)), .established(FactID("b"), .text("35")),
      .established(FactID("c"), .codes(["x", "y"])),
      .established(FactID("d"), .quantity(Quantity(350_000.5, .squareMetre))),
      .established(FactID("e"), .quantity(Quantity(1, .yuan))),
      .moved(transition: "go", took: ["a"], put: ["b", "c"]),
      .clockStarted(
        clock: "c", term: Fixtures.term(20, extension: extending), promised: 10, from: day),
      .clockStarted(clock: "c", term: Fixtures.term(3, .years), promised: nil, from: day),
      .clockStopped(clock: "c"),
      .paused(reason: "hearing", title: text, clocks: ["c"], citations: [Fixtures.article]),
      .resumed(reason: "hearing"),
      .extended(clock: "c", length: 10, citations: [Fixtures.article], note: "复杂"),
      .ordered(CaseEffect(kind: .datasetChange, of: "x", establishes: FactID("f"))),
      .ordered(CaseEffect(kind: .notice, of: "y")),
      .migrated(version: "2.0.0", states: ["a": "b"]),
      .effectDone(order: 16, result: .object(["answer": .string("a")])),
      .effectRefused(
        order: 16, EffectRefusal(code: "ledger-overdrawn", place: "T1", what: text, remedy: text)),
      .effectRetried(order: 16),
      .letterWritten(LetterMark(step: "grant", sm3: "00", draft: "01")),
    ]
  }

  @Test func `every event comes back from its JSON`() throws {
    let facts = try Self.samples()
    #expect(Set(facts.map(\.kind)).count == 16)
    for (place, fact) in facts.enumerated() {
      let event = CaseEvent(
        position: place + 1, at: Timestamp(millisecondsSince1970: 1_740_000_000_123),
        on: try Fixtures.day("2025-03-03"), actor: "li", fact: fact)
      let read = try JSONValue(parsing: event.json.canonicalText)
      #expect(CaseEvent(read) == event, "\(fact.kind)")
    }
  }

  @Test func `a boundary that was read, and the case that opened this one, come back too`() throws {
    let boundary = CaseBoundary(sm3: "01", areaM2: "1000.25", parcels: 2, crs: "EPSG:4490")
    let facts: [CaseEvent.Fact] = [
      .documentAttached(
        CaseDocument(
          id: "boundary", sm3: "00", bytes: 5, mediaType: "text/plain", boundary: boundary)),
      .opened(
        CaseOpening(
          number: "T2", procedure: "a/b", version: "1.0.0", region: "653101", project: "P",
          applicant: "a", state: "begin", parent: "T1")),
    ]
    for fact in facts {
      let event = CaseEvent(
        position: 1, at: Timestamp(millisecondsSince1970: 0), on: try Fixtures.day("2025-03-03"),
        actor: "li", fact: fact)
      #expect(CaseEvent(try JSONValue(parsing: event.json.canonicalText)) == event)
    }
    let torn = JSONValue.object([
      "position": .integer(1), "at": .string("2025-03-03T00:00:00.000Z"),
      "on": .string("2025-03-03"), "actor": .string("li"), "kind": .string("document-attached"),
      "document": .string("boundary"), "sm3": .string("00"), "bytes": .integer(5),
      "mediaType": .string("text/plain"), "boundary": .object(["sm3": .string("01")]),
    ])
    #expect(CaseEvent(torn) == nil)
  }

  @Test func `what no event says is not read as one`() throws {
    for fact in try Self.samples() {
      let event = CaseEvent(
        position: 1, at: Timestamp(millisecondsSince1970: 0), on: try Fixtures.day("2025-03-03"),
        actor: "li", fact: fact)
      guard case .object(let members) = event.json else { continue }
      for name in members.keys {
        var fewer = members
        fewer[name] = nil
        #expect(CaseEvent(.object(fewer)) == nil, "\(fact.kind) without \(name)")
        var other = members
        other[name] = .array([.integer(1)])
        #expect(CaseEvent(.object(other)) == nil, "\(fact.kind) with another \(name)")
      }
      var more = members
      more["further"] = .boolean(true)
      #expect(CaseEvent(.object(more)) == nil, "\(fact.kind) with more")
    }
  }
}
