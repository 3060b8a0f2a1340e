public import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

/// 好差评: how applicants judge a service, published as counts and nothing else.
///
/// The grades are codes of `service-grades`; words that come with one are for the office.
extension Applicants {
  static let evaluationKind = RecordKind.witnessed("case-evaluation")
  static let countKind = RecordKind.witnessed("service-grades")
  private static let longestWords = 500

  /// The grades there are, the best first.
  public var grades: [CodeTable.Row] { map.packs.codeTables["service-grades"]?.rows ?? [] }

  func evaluation(of number: String) async throws(Problem) -> PlatformRecord? {
    try await map.asked { store throws(StoreError) in
      try await store.record(Self.evaluationKind, number)
    }
  }

  /// Judges the service in a case of one's own, once, after its decision.
  public func evaluate(
    _ number: String, as grade: String, words: String, by principal: Principal
  ) async throws(Problem) {
    let own = try await ownCase(number, for: principal)
    guard own.grade == nil else { throw Self.judgedAlready }
    guard own.mayJudge else { throw Self.notOver }
    guard grades.contains(where: { $0.code == grade }) else { throw Self.fieldUnknown("grade") }
    let (known, _) = try await owned(number, for: principal)
    let procedure = known.state.opening.procedure
    let record = PlatformRecord(
      kind: Self.evaluationKind, key: own.tracking.number, state: grade,
      owner: principal.actor.id,
      body: .object([
        "grade": .string(grade), "procedure": .string(procedure),
        "words": .string(String(words.prefix(Self.longestWords))),
      ]))
    // Somebody may judge the same service meanwhile: then theirs is counted first.
    for _ in 0..<20 {
      let counts = try await map.asked { store throws(StoreError) in
        try await store.record(Self.countKind, procedure)
      }
      do throws(Problem) {
        return try await accounts.put(
          [.write(record), Self.counted(grade, counts, of: procedure)], "case-evaluated",
          ["case": .string(own.tracking.number), "grade": .string(grade)], by: principal.actor)
      } catch {
        guard error.kind == .conflict else { throw error }
        if try await evaluation(of: own.tracking.number) != nil { throw Self.judgedAlready }
      }
    }
    throw Self.judgedAlready
  }

  private static func counted(
    _ grade: String, _ counts: PlatformRecord?, of procedure: String
  ) -> RecordChange {
    var members: [String: JSONValue] = [:]
    if case .object(let known)? = counts?.body { members = known }
    members[grade] = .integer((members[grade]?.integer ?? 0) + 1)
    let body = JSONValue.object(members)
    guard let counts else {
      return .write(
        PlatformRecord(kind: countKind, key: procedure, state: "counted", body: body))
    }
    return .write(counts.next(state: "counted", due: nil, owner: nil, body: body))
  }
}

extension PublicCases {
  /// How often a service was given each grade, the best first.
  public func grades(
    of procedure: String
  ) async throws(Problem) -> [(grade: CodeTable.Row, count: Int)] {
    let counts = try await map.asked { store throws(StoreError) in
      try await store.record(Applicants.countKind, procedure)
    }
    return map.applicants.grades.map { row in
      (row, Int(clamping: counts?.body[row.code]?.integer ?? 0))
    }
  }
}
