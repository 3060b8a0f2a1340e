public import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// 子办件与重试: what effects ask of cases.
extension Cases {
  /// Has an effect that was refused tried again.
  @discardableResult
  public func retry(
    _ order: Int, in number: String, expecting: Int? = nil, key: String, by principal: Principal
  ) async throws(Problem) -> CaseView {
    var asked = Order(.retry(order: order), key: key)
    asked.expecting = expecting
    return try await act(asked, in: number, by: principal)
  }

  /// Why a step that waits for a posting is not made: what the accounts said, and what to do.
  static func unposted(
    _ refusal: WorkflowRefusal, _ state: CaseState, _ definition: WorkflowDefinition
  ) -> Problem? {
    let named: [String]
    switch refusal {
    case .conditionNotMet(let facts), .factMissing(let facts): named = facts
    default: return nil
    }
    let posted = definition.postedFacts
    guard let fact = named.map({ FactID($0) }).first(where: posted.contains) else { return nil }
    let title = definition.facts.first { $0.id == fact }?.title
    let number = state.opening.number
    let run = state.effectRuns.last { $0.effect.establishes == fact }
    if let refused = run?.refusal {
      return Wording(
        "case-not-posted", "\(title?.zh ?? fact.text)：\(refused.what.zh)",
        "\(title?.en ?? fact.text): \(refused.what.en)",
        do: "\(refused.remedy.zh)；再用 karez case retry 或办件页面重试",
        "\(refused.remedy.en); then karez case retry, or try again on the case's page"
      ).problem(.conflict, at: number)
    }
    return Wording(
      "case-not-posted", "指标尚未记账：\(title?.zh ?? fact.text)",
      "the accounts do not say yet: \(title?.en ?? fact.text)",
      do: run?.standing == .waiting ? "稍候，记账由系统办理" : "退回上一环节重新冻结",
      run?.standing == .waiting
        ? "wait: it is being posted" : "return the file, so that it is set aside anew"
    ).problem(.conflict, at: number)
  }

  /// What accounts establish nobody says by hand.
  static func refusePosted(
    _ facts: [FactID: FactValue], _ definition: WorkflowDefinition, at place: String
  ) throws(Problem) {
    let posted = definition.postedFacts
    guard let fact = facts.keys.sorted().first(where: posted.contains) else { return }
    throw Wording(
      "case-fact-posted", "事实 \(fact.text) 只由记账查明",
      "\(fact.text) is established by a posting alone",
      do: "由系统记账；被拒绝的按提示处理后重试", "let it be posted; where that is refused, do what it says"
    ).problem(at: place)
  }

  /// Opens a case of another procedure beside one, under a key; answers its number.
  func openBeside(
    _ known: Loaded, _ procedure: String, key: String, on day: LegalDate
  ) async throws(Problem) -> String {
    let opened = try await map.asked { store throws(StoreError) in
      try await store.record(Self.openingKind, key)
    }
    if let number = opened?.body["number"]?.string { return number }
    let moment = try now()
    guard let definition = map.packs.procedure(procedure, on: moment.day) else {
      throw Self.procedureUnknown(procedure)
    }
    let shared = known.state.documents.sorted { $0.key < $1.key }.map(\.value.document)
      .filter { document in definition.documents.contains { $0.id == document.id } }
    let opening = known.state.opening
    let start = Start(
      region: opening.region, project: opening.project, applicant: opening.applicant,
      documents: shared, key: key, parent: opening.number)
    return try await open(
      try workflow(definition), start, as: Set(definition.opening.by), moment, by: .operator)
  }
}
