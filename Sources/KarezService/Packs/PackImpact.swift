public import Foundation
public import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// 影响分析: which kept answers come out otherwise under a draft of the packs, and how.
///
/// Both sides are worked out of the same boundary on the same state of the map; nothing is kept,
/// and a draft need not be published to be tried.
public struct PackImpact: Sendable {
  /// Which answers are tried, and on which day of the law.
  public struct Question: Sendable {
    /// Those kept on that day or later.
    public let since: LegalDate
    /// Nil: the day each was asked about.
    ///
    /// A draft that begins later changes nothing of the past: it is tried on a day of its own.
    public let day: LegalDate?
    /// The newest so many.
    public let most: Int

    public init(since: LegalDate, day: LegalDate? = nil, most: Int = 100_000) {
      self.since = since
      self.day = day
      self.most = most
    }
  }

  /// An answer that comes out otherwise.
  public struct Change: Hashable, Sendable {
    public let answer: String
    /// RFC 3339, UTC.
    public let keptAt: String
    /// The case it was asked for, where it was for one.
    public internal(set) var caseNumber: String?
    public let purpose: String?
    public let before: Verdict
    public let after: Verdict
    /// What no longer is found, by rule and outcome.
    public let gone: [String]
    /// What is found only under the draft.
    public let new: [String]
    /// Rules that find something on both sides and say it otherwise: severity, area, papers, words.
    public let otherwise: [String]
  }

  public let question: Question
  /// How many answers were looked at.
  public internal(set) var examined = 0
  /// The newest first.
  public internal(set) var changes: [Change] = []
  /// Answers that could not be asked again under the draft: a purpose, paper or number it does not
  /// know; each with why.
  public internal(set) var unasked: [(answer: String, why: LocalizedText)] = []

  /// How many verdicts change from one to another.
  public var turns: [(before: Verdict, after: Verdict, count: Int)] {
    var counts: [[Verdict]: Int] = [:]
    for change in changes where change.before != change.after {
      counts[[change.before, change.after], default: 0] += 1
    }
    return Verdict.allCases.flatMap { before in
      Verdict.allCases.compactMap { after in
        counts[[before, after]].map { (before, after, $0) }
      }
    }
  }

  init(_ question: Question) { self.question = question }
}

/// How `PackImpact` is worked out, one answer at a time on several threads.
struct PackTrial: Sendable {
  let map: OneMap
  let draft: PackLibrary
  let question: PackImpact.Question
  let scope: Scope

  enum Outcome: Sendable {
    case same
    /// Not for this reader.
    case unreachable
    case changed(PackImpact.Change)
    case unasked(LocalizedText)
  }

  func outcome(of id: String, keptAt: String) async throws(Problem) -> Outcome {
    let kept = try await map.keptAnswer(id: id, in: scope)
    let request = CheckRequest(
      boundary: ReadBoundary(of: kept), purpose: kept.purpose, documents: kept.documents,
      proposed: kept.proposed, validOn: question.day ?? kept.asOf.validOn,
      recorded: kept.asOf.recorded)
    // What was answered under the packs in force need not be asked again: it comes out the same.
    let isInForce = question.day == nil && kept.packs == map.packs.packs
    let before =
      isInForce
      ? kept : try await answer(request, under: map.packs, like: kept)
    do throws(Problem) { try draft.requireKnown(request) } catch { return .unasked(error.what) }
    let after = try await answer(request, under: draft, like: kept)
    guard let change = Self.change(from: before, to: after, keptAt: keptAt) else { return .same }
    return .changed(change)
  }

  private func answer(
    _ request: CheckRequest, under packs: PackLibrary, like kept: ComplianceAnswer
  ) async throws(Problem) -> ComplianceAnswer {
    try await Check(request: request, packs: packs, store: map.store, scope: scope)
      .answer(id: kept.id, at: kept.answeredAt)
  }

  static func change(
    from before: ComplianceAnswer, to after: ComplianceAnswer, keptAt: String
  ) -> PackImpact.Change? {
    func named(_ answer: ComplianceAnswer) -> [String: AnsweredFinding] {
      Dictionary(
        answer.findings.map { ("\($0.finding.rule): \($0.finding.outcome)", $0) },
        uniquingKeysWith: { $1 })
    }
    let (old, new) = (named(before), named(after))
    let gone = old.keys.filter { new[$0] == nil }.sorted()
    let added = new.keys.filter { old[$0] == nil }.sorted()
    let otherwise = old.keys.filter { name in
      guard let one = old[name], let other = new[name] else { return false }
      return one.json(withPiece: false) != other.json(withPiece: false)
    }.sorted()
    guard before.verdict != after.verdict || !(gone + added + otherwise).isEmpty else {
      return nil
    }
    return PackImpact.Change(
      answer: before.id, keptAt: keptAt, caseNumber: nil, purpose: before.purpose,
      before: before.verdict, after: after.verdict, gone: gone, new: added,
      otherwise: otherwise)
  }
}

extension OneMap {
  /// What a folder of packs would change of the answers that were kept, for who proposes packs or
  /// agrees to them; answers beyond the reader's scope are not looked at.
  ///
  /// - Errors: the draft's faults where it does not load and link.
  public func impact(
    ofPacksIn folder: URL, on question: PackImpact.Question, for principal: Principal,
    threads: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws(Problem) -> PackImpact {
    try principal.require(anyOf: [.signOff, .manageJobs, .publishPacks])
    let draft: PackLibrary
    do throws(RulePackError) { draft = try PackLibrary.load(from: folder.path) } catch {
      throw .packs(error)
    }
    let trial = PackTrial(map: self, draft: draft, question: question, scope: principal.scope)
    var impact = PackImpact(question)
    var before: Int64?
    repeat {
      let page = try await keptAnswers(since: question.since, before: before)
      before = page.next
      let entries = page.entries.prefix(question.most - impact.examined)
      try await trial.run(Array(entries), threads: threads, into: &impact)
      progress(impact.examined)
    } while before != nil && impact.examined < question.most
    try await nameCases(in: &impact, for: principal)
    return impact
  }

  /// What the log tells of answers kept, the newest first.
  private func keptAnswers(
    since: LegalDate, before number: Int64?
  ) async throws(Problem) -> LogPage {
    var query = LogQuery(kind: "answer")
    query.from = LogSearch.start(of: since).description
    let asked = query
    return try await self.asked { store throws(StoreError) in
      try await store.logEntries(asked, before: number, limit: 500)
    }
  }

  /// Finds the cases whose checks are among what changes.
  private func nameCases(
    in impact: inout PackImpact, for principal: Principal
  ) async throws(Problem) {
    var places = Dictionary(
      impact.changes.enumerated().map { ($1.answer, $0) }, uniquingKeysWith: { $1 })
    var last: CaseHead?
    while !places.isEmpty {
      let after = last
      let page = try await asked { store throws(StoreError) in
        try await store.cases(
          CaseQuery(order: .numberDescending), after: after, limit: 500, in: principal.caseScope)
      }
      for head in page {
        let known = try await cases.loaded(head.stored.number, for: principal)
        guard let id = known.state.run(of: .complianceCheck)?.result?["answer"]?.string,
          let place = places.removeValue(forKey: id)
        else { continue }
        impact.changes[place].caseNumber = head.stored.number
      }
      guard page.count == 500 else { return }
      last = page.last
    }
  }
}

extension PackTrial {
  /// Tries answers on so many threads, and tells of them in their own order.
  fileprivate func run(
    _ entries: [LogEntry], threads: Int, into impact: inout PackImpact
  ) async throws(Problem) {
    let asked = entries.compactMap { entry in
      entry.body["answer"]?.string.map { (id: $0, at: entry.at) }
    }
    var outcomes: [(number: Int, outcome: Outcome)]
    do {
      outcomes = try await tried(asked, threads: threads)
    } catch {
      throw error as? Problem ?? .from(error, file: "")
    }
    outcomes.sort { $0.number < $1.number }
    for (number, outcome) in outcomes {
      switch outcome {
      case .changed(let change): impact.changes.append(change)
      case .unasked(let why): impact.unasked.append((asked[number].id, why))
      case .unreachable: continue
      case .same: break
      }
      impact.examined += 1
    }
  }

  private func tried(
    _ asked: [(id: String, at: String)], threads: Int
  ) async throws -> [(number: Int, outcome: Outcome)] {
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { tasks in
      var outcomes: [(number: Int, outcome: Outcome)] = []
      var started = 0
      while outcomes.count < asked.count {
        while started < asked.count, started - outcomes.count < max(1, threads) {
          let (number, one) = (started, asked[started])
          tasks.addTask { (number, try await reached(one.id, keptAt: one.at)) }
          started += 1
        }
        guard let (number, outcome) = try await tasks.next() else { break }
        outcomes.append((number, outcome))
      }
      return outcomes
    }
  }

  private func reached(_ id: String, keptAt: String) async throws(Problem) -> Outcome {
    do throws(Problem) {
      return try await outcome(of: id, keptAt: keptAt)
    } catch {
      guard error.kind == .notFound else { throw error }
      return .unreachable
    }
  }
}

extension PackImpact {
  /// `{"since", "on", "examined", "changed", "turns", "changes", "unasked"}`.
  public var json: JSONValue {
    .object([
      "since": .string(question.since.description), "on": .optional(question.day?.description),
      "examined": .integer(Int64(examined)), "changed": .integer(Int64(changes.count)),
      "turns": .array(
        turns.map {
          .object([
            "before": .string($0.before.rawValue), "after": .string($0.after.rawValue),
            "answers": .integer(Int64($0.count)),
          ])
        }),
      "changes": .array(changes.map(\.json)),
      "unasked": .array(
        unasked.map { .object(["answer": .string($0.answer), "why": $0.why.json]) }),
    ])
  }
}

extension PackImpact.Change {
  public var json: JSONValue {
    .object([
      "answer": .string(answer), "keptAt": .string(keptAt), "case": .optional(caseNumber),
      "purpose": .optional(purpose), "before": .string(before.rawValue),
      "after": .string(after.rawValue), "gone": .array(gone.map(JSONValue.string)),
      "new": .array(new.map(JSONValue.string)),
      "otherwise": .array(otherwise.map(JSONValue.string)),
    ])
  }
}
