import Foundation
public import KarezCore
import KarezPacks
import KarezRules
import KarezStore

extension OneMap {
  /// Reads a boundary file through the sandboxed reader.
  ///
  /// `name` is what the sender called it, where the file here has another name.
  public func readBoundary(
    file: FileArgument, named name: String? = nil, crs: String?
  ) async throws(Problem) -> ReadBoundary {
    let intake = BoundaryIntake(installation: installation, region: region)
    return try await intake.read(file: file, named: name, crs: crs)
  }

  /// A boundary drawn on the map: GeoJSON in longitude and latitude of EPSG:4490.
  public func readBoundary(geoJSON: JSONValue) throws(Problem) -> ReadBoundary {
    try ReadBoundary(geoJSON: geoJSON, region: region)
  }

  /// The compliance answer, kept and recorded in the log.
  public func check(
    _ request: CheckRequest, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ComplianceAnswer {
    try await check(request, as: Self.freshAnswer, by: actor, in: scope)
  }

  /// The same under an id that is given, for work that may be begun anew.
  func check(
    _ request: CheckRequest, as id: String, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ComplianceAnswer {
    let answer = try await answer(request, as: id, in: scope)
    try await asked { store throws(StoreError) in
      try await store.keepAnswer(
        id: answer.id, digest: answer.digest, json: answer.json.canonicalText, by: actor,
        in: scope)
    }
    await reads.remember(answer: answer.id, of: actor)
    return answer
  }

  /// The compliance answer, not kept.
  public func answer(
    _ request: CheckRequest, in scope: Scope
  ) async throws(Problem) -> ComplianceAnswer {
    try await answer(request, as: Self.freshAnswer, in: scope)
  }

  private static var freshAnswer: String { UUID().uuidString.lowercased() }

  private func answer(
    _ request: CheckRequest, as id: String, in scope: Scope
  ) async throws(Problem) -> ComplianceAnswer {
    try await refuseReplacedPacks()
    let asked = request.publication ?? publication.number
    return try await withPacks(
      ofPublication: asked
    ) { packs, publication, _ throws(Problem) in
      try packs.requireKnown(request)
      let check = Check(request: request, packs: packs, store: store, scope: scope)
      var answer = try await check.answer(id: id, at: Clock.timestamp())
      answer.publication = AnsweredPublication(
        number: publication.number, sm3: publication.contents.sm3)
      return answer
    }
  }

  /// An answer kept earlier, as somebody looks at it; the log is told who looks at another's.
  ///
  /// One that rests on nothing but what is public is told of as little as a public dataset is.
  public func answer(id: String, in scope: Scope) async throws(Problem) -> ComplianceAnswer {
    let answer = try await keptAnswer(id: id, in: scope)
    guard await !reads.isOwn(answer: id) else { return answer }
    let read = Set(answer.layers.filter { $0.status != .unavailable }.map(\.dataset))
    let isRestricted = try await schemas(in: scope).contains { schema in
      read.contains(schema.id) && schema.isRestricted
    }
    if isRestricted { try await reads.note(.answers, [id]) }
    return answer
  }

  /// As `answer`, for work that shows it to nobody, or to whoever asked for it.
  func keptAnswer(id: String, in scope: Scope) async throws(Problem) -> ComplianceAnswer {
    let text = try await asked { store throws(StoreError) in
      try await store.answer(id: id, in: scope)
    }
    guard let text else { throw Self.answerUnknown }
    guard let json = try? JSONValue(parsing: text), let answer = try? ComplianceAnswer(json: json)
    else { throw .store(.corrupt(what: "answer")) }
    // What an answer looked at may be on a higher level today.
    let reached = Set(try await schemas(in: scope).map(\.id))
    guard
      answer.layers.allSatisfy({ $0.status == .unavailable || reached.contains($0.dataset) })
    else { throw Self.answerUnknown }
    return answer
  }

  private static let answerUnknown = Wording(
    "answer-unknown", "没有这份审查结果", "there is no such answer", do: "检查链接是否完整",
    "check that the link is whole"
  ).problem(.notFound, at: "")
}

/// What a question may name.
extension PackLibrary {
  func requireKnown(_ request: CheckRequest) throws(Problem) {
    try requirePurpose(request.purpose, on: request.validOn)
    try requireDocuments(request.documents, on: request.validOn)
    try requireProposal(request.proposed)
  }

  func requireDocuments(_ codes: [String], on day: LegalDate) throws(Problem) {
    let table = codeTables["documents"]
    guard let unknown = codes.first(where: { table?.row($0, on: day) == nil }) else { return }
    throw Wording(
      "document-unknown", "没有材料代码 \(unknown)", "there is no document \(unknown)",
      do: "代码见 Packs/three-lines/codes/documents.csv", "see Packs/three-lines/codes/documents.csv"
    ).problem(.usage, at: "documents")
  }

  /// Every number is one a fact of the packs asks for, and a plain decimal.
  func requireProposal(_ proposed: [String: String]) throws(Problem) {
    let asked = ruleBook.facts.compactMap { fact -> String? in
      guard case .proposal(_) = fact.source else { return nil }
      return fact.id.text
    }
    for (id, text) in proposed.sorted(by: { $0.key < $1.key }) {
      guard !asked.contains(id) || text.utf8.count > 20 || Quantity(text + " 1") == nil else {
        continue
      }
      throw Wording(
        "proposal-unknown", "方案数值 \(id) 不认识或者不是数", "\(id) is no number of a proposal",
        do: "可用的有：\(asked.joined(separator: "、"))，写成小数", "use \(asked.joined(separator: ", "))"
      ).problem(.usage, at: "proposed")
    }
  }

  func requirePurpose(_ purpose: String?, on day: LegalDate) throws(Problem) {
    guard let purpose, purposes?.row(purpose, on: day) == nil else { return }
    throw Wording(
      "purpose-unknown", "没有用途代码 \(purpose)", "there is no purpose \(purpose)",
      do: "代码见 Packs/three-lines/codes/purposes.csv", "see Packs/three-lines/codes/purposes.csv"
    ).problem(.usage, at: "purpose")
  }
}
