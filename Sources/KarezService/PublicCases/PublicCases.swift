public import KarezCore
import KarezPacks
public import KarezWorkflow

/// 公众窗口: what of procedures and cases everybody may see without signing in.
public struct PublicCases: Sendable {
  let map: OneMap

  // MARK: The service guide

  /// Procedures in force today, by their titles.
  public func services() throws(Problem) -> [WorkflowDefinition] {
    let today = try map.cases.today
    return map.packs.procedures.filter { $0.validity.contains(today) }
  }

  /// - Errors: `Problem` of kind not found for a procedure that is not in force today.
  public func service(_ id: String) throws(Problem) -> WorkflowDefinition {
    guard let found = map.packs.procedure(id, on: try map.cases.today) else {
      throw Cases.procedureUnknown(id)
    }
    return found
  }
}

extension OneMap {
  /// 公众窗口.
  public var publicCases: PublicCases { PublicCases(map: self) }
}

extension WorkflowDefinition {
  /// The procedure as a guide tells it: without what only officers do.
  public var guide: JSONValue {
    guard case .object(let whole) = json else { return json }
    let told = [
      "id", "version", "title", "from", "until", "cite", "clocks", "pauses", "states",
    ]
    var members = whole.filter { told.contains($0.key) }
    members["by"] = .texts(opening.by)
    members["documents"] = .array(broughtDocuments.map { json(of: $0) })
    members["kind"] = .optional(service?.kind.rawValue)
    members["purpose"] = service?.purpose.json ?? .null
    members["eligibility"] = service?.eligibility.json ?? .null
    members["outcomes"] = .array((service?.outcomes ?? []).map(\.title.json))
    members["registered"] = .boolean(service?.isRegistered ?? false)
    return .object(members)
  }

  /// What the applicant brings, in the order of the procedure.
  public var broughtDocuments: [RequiredDocument] {
    let ids = service?.brings ?? opening.documents
    return documents.filter { ids.contains($0.id) }
  }

  private func json(of document: RequiredDocument) -> JSONValue {
    .object([
      "id": .string(document.id), "title": document.title.json,
      "atOpening": .boolean(opening.documents.contains(document.id)),
      "reused": .boolean(document.isReused),
    ])
  }
}
