import KarezCore
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// Makes the parts of a case's page for one reader.
struct CasePageMaking {
  let words: CaseWords
  let definition: WorkflowDefinition
  let state: CaseState
  /// What the reader may act as.
  let roles: Set<String>
  /// Under which the page's orders are carried out once.
  let key: String
  /// Whom the reader stands in for, where they have no office in the procedure of their own.
  var hat: String?

  var mayAct: Bool { !roles.isDisjoint(with: definition.roles) }
  private var language: Language { words.language }
  private var messages: MessageCatalogue { words.messages }

  // MARK: Documents

  func documents(_ view: CaseView) -> [CasePageView.Document] {
    let needed = Set(view.tasks.flatMap(\.missing))
    return definition.documents.map { document in
      let held = state.documents[document.id]
      let (key, tone) = Self.standing(held)
      return CasePageView.Document(
        documentID: document.id, documentTitle: document.title[language],
        isReused: document.isReused, isNeeded: needed.contains(document.id),
        stateWords: messages.text(key), tone: tone,
        fileAddress: held.map { _ in "/cases/\(view.opening.number)/documents/\(document.id)" },
        fileWords: held.map { FigureText.size(ofBytes: $0.document.bytes) },
        note: held.flatMap { $0.note.isEmpty ? nil : $0.note }, hasFile: held != nil)
    }
  }

  private static func standing(_ held: CaseState.Held?) -> (String, String) {
    switch held?.isAccepted {
    case .some(true): ("case_document_accepted", "order")
    case .some(false): ("case_document_rejected", "stop")
    case nil: held == nil ? ("case_document_none", "inform") : ("case_document_new", "act")
    }
  }

  // MARK: Steps

  func steps(_ view: CaseView) -> [CasePageView.Step] {
    steps(view.tasks)
  }

  /// What the reader may do for somebody who is away.
  func deputySteps(_ view: CaseView) -> [CasePageView.Step] {
    Dictionary(grouping: view.deputyTasks, by: \.absent).sorted { $0.key < $1.key }
      .flatMap { absent, tasks in
        steps(tasks.map(\.task)).map { step in
          var step = step
          step.deputyFor = absent
          step.forWords = messages.text("case_step_for", ["name": words.names[absent]])
          return step
        }
      }
  }

  private func steps(_ tasks: [CaseTask]) -> [CasePageView.Step] {
    let usual = definition.usualStep(of: tasks.map(\.transition), from: state.marking)
    return tasks.map { task in
      let transition = definition.transition(task.transition)
      let asked = (transition?.facts ?? []) + (transition?.conditions.map(\.fact) ?? [])
      let posted = definition.postedFacts
      let open = definition.facts.filter {
        asked.contains($0.id) && state.facts[$0.id] == nil && !posted.contains($0.id)
      }
      let reasons = task.missing.compactMap { reason($0, but: Set(open.map(\.id.text))) }
      return CasePageView.Step(
        stepID: task.transition, stepTitle: task.title[language], facts: open.map(fact),
        hasFacts: !open.isEmpty, reasons: reasons, isPossible: reasons.isEmpty,
        endsWords: transition?.marking(after: state.marking).flatMap {
          definition.isOver($0) ? messages.text("case_step_ends") : nil
        },
        isUsual: reasons.isEmpty && task.transition == usual)
    }
  }

  /// Why a document or a fact stands against a step; nil for a fact that its form asks for.
  private func reason(_ id: String, but asked: Set<String>) -> String? {
    if let document = definition.documents.first(where: { $0.id == id }) {
      let key = state.documents[id] == nil ? "case_missing_document" : "case_missing_rejected"
      return messages.text(key, ["name": document.title[language]])
    }
    guard !asked.contains(id) else { return nil }
    if id.hasPrefix(CaseTask.feePrefix) {
      let fee = String(id.dropFirst(CaseTask.feePrefix.count))
      return messages.text(
        "case_missing_fee", ["name": definition.fee(fee)?.title[language] ?? fee])
    }
    let title = definition.facts.first { $0.id.text == id }?.title[language] ?? id
    guard definition.postedFacts.contains(FactID(id)) else {
      return messages.text("case_missing_condition", ["name": title])
    }
    let run = state.effectRuns.last { $0.effect.establishes?.text == id }
    if let refusal = run?.refusal {
      return messages.text(
        "case_missing_posting",
        [
          "name": title, "reason": refusal.what[language], "remedy": refusal.remedy[language],
        ])
    }
    let isComing = run?.standing == .waiting
    return messages.text(
      isComing ? "case_missing_posting_coming" : "case_missing_posting_none", ["name": title])
  }

  func fact(_ declared: DeclaredFact) -> CasePageView.Fact {
    let value = state.facts[declared.id]
    let units: [Unit] =
      switch declared.kind {
      case .area: [.squareMetre, .hectare, .mu]
      case .money: [.yuan, .tenThousandYuan]
      case .boolean, .text: []
      }
    return CasePageView.Fact(
      factID: declared.id.text, factTitle: declared.title[language],
      isBoolean: declared.kind == .boolean, isQuantity: !units.isEmpty,
      units: units.map {
        CaseChoice(
          choiceValue: $0.rawValue, choiceTitle: $0.title[language], isChosen: false)
      },
      isYes: value == .boolean(true), isNo: value == .boolean(false),
      factValue: Self.plain(value))
  }

  private static func plain(_ value: FactValue?) -> String {
    switch value {
    case .text(let text): text
    case .quantity(let quantity): DecimalText.fixed(quantity.value, decimals: 2)
    default: ""
    }
  }

  /// What others may do now, and who.
  func others(_ view: CaseView) -> [CasePageView.Other] {
    guard !view.isOver else { return [] }
    let own = Set(view.tasks.map(\.transition) + view.deputyTasks.map(\.task.transition))
    return definition.transitions.compactMap { transition in
      guard case .person(let by) = transition.trigger, !own.contains(transition.id),
        transition.marking(after: state.marking) != nil
      else { return nil }
      return CasePageView.Other(
        stepTitle: transition.title[language], otherRoles: words.roles(by))
    }
  }

  // MARK: Time

  func pauses() -> [CasePageView.Pause] {
    let running = Set(state.running.map(\.id))
    return definition.pauses.compactMap { pause in
      let isOn = state.pausedFor.contains(pause.id)
      guard isOn || !running.isDisjoint(with: pause.clocks), !roles.isDisjoint(with: pause.by)
      else { return nil }
      let since = state.clocks.values.flatMap(\.pauses).first {
        $0.reason == pause.id && $0.through == nil
      }
      return CasePageView.Pause(
        pauseID: pause.id, pauseTitle: pause.title[language],
        pauseClause: words.clause(pause.citations), isOn: isOn,
        since: since?.from.description)
    }
  }

  func clocks(_ view: CaseView) -> [CasePageView.Clock] {
    view.clocks.sorted {
      ($0.stopped == nil ? 0 : 1, $0.due.day) < ($1.stopped == nil ? 0 : 1, $1.due.day)
    }.map { clock in
      let run = state.clocks[clock.id]
      return CasePageView.Clock(
        clockID: clock.id, due: words.due(clock, view),
        promisedDay: clock.due.promised?.description,
        usedWords: messages.text(
          "case_used",
          [
            "used": String(clock.used),
            "length": words.amount(clock.length, run?.term.unit ?? .calendarDays),
          ]),
        used: max(0, min(clock.used, clock.length)), length: clock.length,
        why: clock.explanation.map { $0[language] }, isRunning: clock.stopped == nil,
        extendWords: run.flatMap(extending))
    }
  }

  private func extending(_ run: ClockRun) -> String? {
    guard run.stopped == nil, let extending = run.term.extending,
      run.grants.count < extending.most, !roles.isDisjoint(with: extending.grantedBy)
    else { return nil }
    return messages.text(
      "case_extend_by",
      [
        "length": words.amount(extending.length, run.term.unit),
        "clause": words.clause(extending.citations),
      ])
  }
}
