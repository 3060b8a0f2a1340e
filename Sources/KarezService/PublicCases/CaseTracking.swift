public import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

/// 办件进度: how far a case is, as its applicant is shown it; nobody's name and no document.
public struct CaseTracking: Sendable {
  /// 材料收取: one of the documents the applicant brings, and what became of it.
  public struct Brought: Sendable {
    public enum Standing: String, Sendable {
      case missing
      case handedIn = "handed-in"
      case accepted
      case rejected
      /// The platform has it.
      case reused
    }

    public let title: LocalizedText
    public let standing: Standing
    /// Whether nothing goes on before it is brought.
    public let isNeeded: Bool
  }

  /// 办理经过: a step that was made; what it decided, where it did.
  public struct Step: Sendable {
    public let on: LegalDate
    public let title: LocalizedText
    public let outcome: LocalizedText?
  }

  public let number: String
  public let title: LocalizedText
  /// Administrative code, of the township at most.
  public let region: String
  public let receivedOn: LegalDate?
  public let stages: [LocalizedText]
  public let isOver: Bool
  public let clocks: [CaseView.ClockView]
  public let documents: [Brought]
  public let steps: [Step]

  /// What was decided, with its day.
  public var decisions: [Step] { steps.filter { $0.outcome != nil } }

  init(_ view: CaseView, _ definition: WorkflowDefinition) {
    number = view.opening.number
    title = view.title
    region = CaseRegister.shown(view.opening.region)
    receivedOn = view.events.first?.on
    stages = view.states.map(\.title)
    isOver = view.isOver
    clocks = view.clocks
    documents = Self.documents(view, definition)
    steps = Self.steps(view, definition)
  }

  private static func documents(
    _ view: CaseView, _ definition: WorkflowDefinition
  ) -> [Brought] {
    let needed = Set(view.isOver ? [] : view.tasks.flatMap(\.missing))
    return definition.broughtDocuments.map { document in
      let held = view.documents.first { $0.document.id == document.id }
      let standing: Brought.Standing =
        switch held.map(\.isAccepted) {
        case .none: document.isReused ? .reused : .missing
        case .some(true): .accepted
        case .some(false): .rejected
        case .some(nil): .handedIn
        }
      return Brought(
        title: document.title, standing: standing,
        isNeeded: needed.contains(document.id) && standing != .reused)
    }
  }

  private static func steps(_ view: CaseView, _ definition: WorkflowDefinition) -> [Step] {
    view.events.compactMap { event in
      guard case .moved(let id, let took, let put) = event.fact,
        let transition = definition.transition(id)
      else { return nil }
      let outcome = definition.service?.outcome(of: put)
      // What was decided is only carried out by the steps that follow.
      let isNew = outcome != definition.service?.outcome(of: took)
      return Step(
        on: event.on, title: transition.title, outcome: isNew ? outcome?.title : nil)
    }
  }
}

extension PublicCases {
  /// How far a case is, for whoever has its number and its code.
  ///
  /// - Errors: `Problem` with the code `tracking-unknown`, for a number there is not as for a code
  ///   that is another's.
  public func tracking(
    _ number: String, code: String
  ) async throws(Problem) -> CaseTracking {
    let number = String(number.prefix(Self.longestNumber)).uppercased()
    let record = try await map.asked { store throws(StoreError) in
      try await store.record(TrackingCode.kind, number)
    }
    guard TrackingCode(typed: code).opens(record, of: number) else { throw Self.trackingUnknown }
    let view = try await map.cases.view(number, for: .operator)
    let version = view.procedureVersion
    guard let definition = map.packs.procedure(view.opening.procedure, version: version) else {
      throw Cases.procedureUnknown(view.opening.procedure)
    }
    return CaseTracking(view, definition)
  }

  private static let longestNumber = 40

  static let trackingUnknown = Problem(
    .notFound, code: "tracking-unknown", place: "",
    what: LocalizedText(
      zh: "办件编号与查询码不相符", en: "number and code do not belong together",
      ug: "نومۇر بىلەن كود ماس كەلمىدى"),
    remedy: LocalizedText(
      zh: "核对收件回执上的编号与查询码；遗失请到窗口补发",
      en: "check both on the receipt; at the window you are given a new code",
      ug: "قوبۇل قىلىش تالونىدىكى نومۇر ۋە كودنى تەكشۈرۈڭ؛ يوقاتسىڭىز كۆزنەكتىن قايتا ئېلىڭ"))
}

extension CaseTracking {
  public var json: JSONValue {
    .object([
      "number": .string(number), "title": title.json, "region": .string(region),
      "receivedOn": .optional(receivedOn?.description), "over": .boolean(isOver),
      "stages": .array(stages.map(\.json)), "clocks": .array(clocks.map(\.json)),
      "documents": .array(
        documents.map {
          .object([
            "title": $0.title.json, "standing": .string($0.standing.rawValue),
            "needed": .boolean($0.isNeeded),
          ])
        }),
      "steps": .array(
        steps.map {
          .object([
            "on": .string($0.on.description), "title": $0.title.json,
            "outcome": $0.outcome?.json ?? .null,
          ])
        }),
    ])
  }
}
