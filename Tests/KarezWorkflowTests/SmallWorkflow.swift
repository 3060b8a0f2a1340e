import KarezCore
import KarezRules
import KarezWorkflow
import Testing

/// Procedures of a few states, made from a few words, for exhaustive tests.
struct SmallWorkflow {
  var states: [(id: String, kind: CaseStage.Kind)]
  var transitions: [Transition]
  var clocks: [DeclaredClock] = []
  var starts: [String] = []
  var version = "1.0.0"
  var migrations: [Migration] = []
  var forms: [EffectForm] = []

  static func text(_ text: String) -> LocalizedText { LocalizedText(zh: text, en: text) }

  /// `from` and `to` are words; several make a join or a split.
  static func step(
    _ id: String, _ from: String, _ to: String, by trigger: Transition.Trigger = .person(["clerk"]),
    clears: Bool = false, documents: [String] = [], conditions: [Transition.Condition] = [],
    starts: [String] = [], stops: [String] = [], beginning: Transition.Beginning = .day,
    effects: [CaseEffect] = [], notBy: [String] = []
  ) -> Transition {
    let origin = from.split(separator: "|").map(String.init)
    let all = from.split(separator: " ").map(String.init)
    return Transition(
      id: id, title: text(id), trigger: trigger,
      origin: origin.count > 1 ? .any(origin) : .all(all),
      to: to.split(separator: " ").map(String.init), clears: clears, documents: documents,
      conditions: conditions, starts: starts, stops: stops, beginning: beginning,
      effects: effects, notBy: notBy)
  }

  static let validity = Validity(from: LegalDate(daysSince1970: 0) ?? day0)
  private static let day0 = LegalDate(year: 1970, month: 1, day: 1) ?? unreachable()
  private static func unreachable() -> LegalDate { preconditionFailure("the calendar has 1970") }

  func definition() throws -> WorkflowDefinition {
    WorkflowDefinition(
      id: "test/small", version: version, title: Self.text("small"),
      validity: try #require(Self.validity), citations: [Fixtures.article],
      numbering: Numbering(prefix: "T", digits: 3),
      opening: Opening(by: ["clerk"], documents: [], starts: starts),
      documents: [RequiredDocument(id: "form", title: Self.text("form"), isReused: false)],
      facts: [
        DeclaredFact(id: FactID("fine"), title: Self.text("fine"), kind: .boolean),
        DeclaredFact(id: FactID("size"), title: Self.text("size"), kind: .area),
      ],
      clocks: clocks,
      pauses: clocks.isEmpty
        ? []
        : [
          PauseReason(
            id: "hearing", title: Self.text("hearing"), clocks: clocks.map(\.id), by: ["clerk"],
            citations: [Fixtures.article])
        ],
      states: states.map { CaseStage(id: $0.id, title: Self.text($0.id), kind: $0.kind) },
      transitions: transitions, migrations: migrations, forms: forms)
  }

  func faults() throws -> [WorkflowFault] {
    WorkflowCheck.faults(of: try definition(), roles: ["clerk", "chief"])
  }

  /// Two states and one step.
  static let plain = SmallWorkflow(
    states: [("begin", .begin), ("end", .end)], transitions: [step("finish", "begin", "end")])

  /// A split in two, and a join that makes itself.
  static let joint = SmallWorkflow(
    states: [
      ("begin", .begin), ("left", .work), ("left-done", .work), ("right", .work),
      ("right-done", .work), ("joined", .work), ("end", .end), ("gone", .end),
    ],
    transitions: [
      step("split", "begin", "left right"), step("do-left", "left", "left-done"),
      step("do-right", "right", "right-done"),
      step("join", "left-done right-done", "joined", by: .automatic),
      step("finish", "joined", "end", by: .person(["chief"])),
      step(
        "withdraw", "begin|left|left-done|right|right-done|joined", "gone",
        by: .person(["applicant"]), clears: true),
    ])
}

/// A case of a small procedure being handled.
struct SmallCase {
  let workflow: Workflow
  var events: [CaseEvent]
  var state: CaseState
  var day: LegalDate

  init(_ small: SmallWorkflow, on day: String = "2025-03-03") throws {
    let definition = try small.definition()
    workflow = Workflow(definition, by: try Fixtures.calendar())
    self.day = try Fixtures.day(day)
    let opening = CaseOpening(
      number: "T6531012025001", procedure: definition.id, version: definition.version,
      region: "653101", project: nil, applicant: "a", state: "begin")
    events = try workflow.open(
      opening, documents: [], by: "a", as: ["clerk"], at: Timestamp(millisecondsSince1970: 1),
      on: self.day)
    state = try CaseState(events)
  }

  func order(
    _ act: CaseOrder.Act, as roles: Set<String> = ["clerk"], on day: String? = nil,
    expecting: Int? = nil, facts: [FactID: FactValue] = [:]
  ) throws -> CaseOrder {
    CaseOrder(
      act, by: "a", as: roles, at: Timestamp(millisecondsSince1970: 2),
      on: try day.map { try Fixtures.day($0) } ?? self.day, expecting: expecting ?? state.version,
      facts: facts)
  }

  /// The refusal of an order, or nil after it was carried out.
  @discardableResult
  mutating func give(_ order: CaseOrder) throws -> WorkflowRefusal? {
    do throws(WorkflowRefusal) {
      let made = try workflow.events(after: state, for: order)
      events += made
      for event in made { try? state.apply(event) }
      day = order.on
      return nil
    } catch { return error }
  }

  @discardableResult
  mutating func make(
    _ id: String, as roles: Set<String> = ["clerk", "chief", "applicant"], on day: String? = nil,
    facts: [FactID: FactValue] = [:]
  ) throws -> WorkflowRefusal? {
    try give(order(.make(transition: id), as: roles, on: day, facts: facts))
  }
}
