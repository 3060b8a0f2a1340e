import KarezCore
import KarezPacks
import KarezReport
import KarezRules
import KarezService
import KarezStore
import KarezWorkflow

/// What pages of cases say in one language, on one day.
struct CaseWords {
  let messages: MessageCatalogue
  let today: LegalDate
  let names: PersonNames
  private let counties: [String: String]
  private let roleNames: [String: String]

  var language: Language { messages.language }

  /// `others` are ids that may be those of applicants.
  init(
    _ portal: Portal, _ language: Language, naming others: Set<String> = []
  ) async throws {
    messages = portal.catalogues[language]
    today = try portal.map.cases.today
    names = try await PersonNames(portal, messages, and: others)
    counties = Dictionary(
      (portal.map.region?.counties ?? []).map { ($0.code, $0.name[language]) }
    ) { first, _ in first }
    let rows = portal.map.packs.codeTables["case-roles"]?.rows ?? []
    roleNames = Dictionary(rows.map { ($0.code, $0.name[language]) }) { first, _ in first }
  }

  func county(_ code: String) -> String { counties[String(code.prefix(6))] ?? "" }

  func roles(_ codes: [String]) -> String { language.listed(codes.map { roleNames[$0] ?? $0 }) }

  /// The articles that say so, as people write them.
  func clause(_ citations: [Citation]) -> String {
    citations.map { citation in
      let (title, article) = (citation.title[language], citation.articleName[language])
      return switch language {
      case .zh: "《\(title)》\(article)"
      // A title in another script must not turn the sentence around it.
      case .ug: "«\u{2068}\(title)\u{2069}» \(article)"
      case .en: "\(title), \(article)"
      }
    }.joined(separator: language == .en ? "; " : language == .zh ? "、" : "، ")
  }

  func amount(_ count: Int, _ unit: Term.Unit) -> String {
    messages.text("case_unit_" + unit.rawValue.replacing("-", with: "_"), count: count)
  }

  // MARK: How near

  /// A day on which something ends, in words and one of the four tones.
  struct Due {
    let dueDay: String
    let dueWords: String
    let tone: String
    let clockTitle: String
    let clockClause: String
    let isProvisional: Bool
  }

  /// The next end of a clock that runs; nil where none does.
  func due(of view: CaseView) -> Due? {
    let running = view.clocks.filter { $0.stopped == nil }
    guard !view.isOver, !running.isEmpty else { return nil }
    let counting = running.filter { !$0.due.isPaused }
    return (counting.isEmpty ? running : counting).min { $0.due.day < $1.due.day }.map {
      due($0, view)
    }
  }

  func due(_ clock: CaseView.ClockView, _ view: CaseView) -> Due {
    let (words, tone) = nearness(clock)
    return Due(
      dueDay: clock.due.day.description, dueWords: words, tone: tone,
      clockTitle: clock.title[language], clockClause: clause(Self.citations(of: clock, view)),
      isProvisional: clock.due.isProvisional)
  }

  private func nearness(_ clock: CaseView.ClockView) -> (String, String) {
    if let stopped = clock.stopped {
      let key = clock.isOverdue ? "case_ended_late" : "case_ended"
      return (
        messages.text(key, ["date": stopped.description]), clock.isOverdue ? "stop" : "order"
      )
    }
    if clock.due.isPaused { return (messages.text("case_paused"), "inform") }
    let left = clock.due.day.daysSince1970 - today.daysSince1970
    if left < 0 { return (messages.text("case_overdue_days", count: -left), "stop") }
    let tone = left <= Cases.nearDays ? "act" : "inform"
    return left == 0
      ? (messages.text("case_due_today"), tone)
      : (messages.text("case_due_days", count: left), tone)
  }

  /// The articles a clock of a case runs by, which its events carry.
  static func citations(of clock: CaseView.ClockView, _ view: CaseView) -> [Citation] {
    for event in view.events.reversed() {
      if case .clockStarted(clock.id, let term, _, _) = event.fact { return term.citations }
    }
    return []
  }

  // MARK: What happened

  /// Who acted, and for whom.
  func actor(of event: CaseEvent, for applicant: String) -> String {
    guard event.actor != "workflow" else { return messages.text("case_by_itself") }
    let name = names[event.actor]
    if let absent = event.deputyFor {
      return messages.text("case_actor_for", ["name": name, "absent": names[absent]])
    }
    guard names.isApplicant(event.actor), event.actor != applicant else { return name }
    return messages.text("case_agent_for", ["agent": name, "principal": names[applicant]])
  }

  /// What an event says, by the definition its case stands under.
  ///
  /// `orders` are what steps of the case ordered.
  func sentence(
    _ event: CaseEvent, _ definition: WorkflowDefinition?, orders: [EffectRun] = []
  ) -> String {
    func named(_ key: String, _ name: String, _ more: [String: String] = [:]) -> String {
      messages.text("case_event_" + key, more.merging(["name": name]) { own, _ in own })
    }
    func document(_ id: String) -> String {
      definition?.documents.first { $0.id == id }?.title[language] ?? id
    }
    func clock(_ id: String) -> String { definition?.clock(id)?.term.title[language] ?? id }
    switch event.fact {
    case .opened: return messages.text("case_event_opened")
    case .documentAttached(let brought): return named("attached", document(brought.id))
    case .documentReviewed(let id, let isAccepted, let note):
      return named(isAccepted ? "accepted" : "rejected", document(id)) + remark(note)
    case .established(let fact, let value):
      let declared = definition?.facts.first { $0.id == fact }
      return named(
        "established", declared?.title[language] ?? fact.text, ["value": self.value(value)])
    case .moved(let step, _, _):
      return named("moved", definition?.transition(step)?.title[language] ?? step)
    case .clockStarted(let id, let term, _, let from):
      return named(
        "clock_started", clock(id),
        ["date": from.description, "length": amount(term.length, term.unit)])
    case .clockStopped(let id): return named("clock_stopped", clock(id))
    case .paused(_, let title, _, let citations):
      return named("paused", title[language]) + remark(clause(citations))
    case .resumed(let reason):
      let known = definition?.pauses.first { $0.id == reason }
      return named("resumed", known?.title[language] ?? reason)
    case .extended(let id, let length, _, let note):
      return named("extended", clock(id), ["count": String(length)]) + remark(note)
    case .ordered(let effect):
      return messages.text("case_effect_" + effect.kind.rawValue.replacing("-", with: "_"))
    case .effectDone(let order, _): return named("effect_done", effect(order, of: orders))
    case .effectRefused(let order, let refusal):
      return named("effect_refused", effect(order, of: orders)) + remark(refusal.what[language])
    case .effectRetried(let order): return named("effect_retried", effect(order, of: orders))
    case .letterWritten(let mark):
      let step = definition?.transition(mark.step)?.title[language] ?? mark.step
      return named(mark.sm3 == mark.draft ? "letter_drafted" : "letter_revised", step)
    case .migrated(let version, _): return named("migrated", version)
    }
  }

  private func effect(_ order: Int, of runs: [EffectRun]) -> String {
    guard let run = runs.first(where: { $0.position == order }) else { return String(order) }
    return messages.text("case_effect_" + run.effect.kind.rawValue.replacing("-", with: "_"))
  }

  func value(_ value: FactValue) -> String {
    switch value {
    case .boolean(let value): messages.text(value ? "case_yes" : "case_no")
    case .text(let text): text
    case .codes(let codes): language.listed(codes)
    case .quantity(let quantity):
      FigureText.grouped(DecimalText.fixed(quantity.value, decimals: 2))
        + (quantity.dimension == .area ? " m²" : "")
    }
  }

  private func remark(_ text: String) -> String {
    text.isEmpty ? "" : (language == .en ? ": " : "：") + text
  }
}
