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
