public import KarezCore
public import KarezPacks
import KarezStore

/// 收藏的审查: a name and a remark somebody put on an answer to find it again.
///
/// The answer is a record and stays whatever becomes of this; a mark on it is its owner's alone,
/// may be changed and taken off, and nothing of it enters the log.
public struct SavedCheck: Hashable, Sendable {
  static let kind = RecordKind.transient("saved-check")
  public static let longestTitle = 80
  public static let longestRemark = 400

  /// What addresses call it; unique within its owner's.
  public let key: String
  public let answer: String
  public let title: String
  public let remark: String
  public let savedAt: String
  let record: PlatformRecord

  init?(_ record: PlatformRecord) {
    guard let answer = record.body["answer"]?.string, let title = record.body["title"]?.string,
      let remark = record.body["remark"]?.string, let savedAt = record.body["savedAt"]?.string,
      let key = record.key.split(separator: "/").last
    else { return nil }
    self.key = String(key)
    self.answer = answer
    self.title = title
    self.remark = remark
    self.savedAt = savedAt
    self.record = record
  }

  public var json: JSONValue {
    .object([
      "key": .string(key), "answer": .string(answer), "title": .string(title),
      "remark": .string(remark), "savedAt": .string(savedAt),
    ])
  }
}

/// One page of somebody's saved checks, the last saved first.
public struct SavedCheckPage: Sendable {
  public let checks: [SavedCheck]
  /// The key after which the next page begins; nil at the end.
  public let next: String?
}

extension OneMap {
  /// Somebody's saved checks after a key, the last saved first.
  public func savedChecks(
    of principal: Principal, after key: String?, limit: Int
  ) async throws(Problem) -> SavedCheckPage {
    let owner = principal.actor.id
    var last: PlatformRecord?
    if let key { last = try await savedRecord(key, of: owner) }
    let query = RecordQuery(SavedCheck.kind, owner: owner, order: .keyDescending)
    let after = last
    let page = try await asked { store throws(StoreError) in
      try await store.records(query, after: after, limit: limit)
    }
    let checks = page.records.compactMap(SavedCheck.init)
    return SavedCheckPage(checks: checks, next: page.next == nil ? nil : checks.last?.key)
  }

  /// Puts an answer on somebody's list; one that is on it already gets the new words.
  ///
  /// - Errors: not found for an answer out of scope, usage for words too long, refused where the
  ///   list is full.
  @discardableResult
  public func saveCheck(
    _ answer: String, titled title: String, remark: String, within limits: WebLimits.Checks,
    by principal: Principal
  ) async throws(Problem) -> SavedCheck {
    let owner = principal.actor.id
    _ = try await self.answer(id: answer, in: principal.scope)
    try Self.refuseLong(title, remark)
    let limit = limits.mostSaved
    let known = try await savedChecks(of: principal, after: nil, limit: limit).checks
    if let same = known.first(where: { $0.answer == answer }) {
      return try await rewrite(same, title, remark, by: principal)
    }
    guard known.count < limit else {
      throw Wording(
        "saved-full", "收藏已满 \(limit) 条", "the list is full at \(limit)",
        do: "先移除不再需要的", "remove what is no longer needed"
      ).problem(at: "answer")
    }
    let now = clock.now()
    // The time first, so that the order of keys is that of saving.
    let stamp = String(now.millisecondsSince1970, radix: 16)
    let record = PlatformRecord(
      kind: SavedCheck.kind, key: "\(owner)/\(stamp)-\(answer.prefix(8))", state: "saved",
      owner: owner, body: Self.body(answer, title, remark, now.description))
    try await putSaved(.write(record), by: principal)
    guard let saved = SavedCheck(record) else { throw .store(.corrupt(what: "saved check")) }
    return saved
  }

  /// Gives a saved check other words.
  public func renameSavedCheck(
    _ key: String, titled title: String, remark: String, by principal: Principal
  ) async throws(Problem) {
    try Self.refuseLong(title, remark)
    guard let record = try await savedRecord(key, of: principal.actor.id),
      let saved = SavedCheck(record)
    else { throw Self.savedUnknown }
    try await rewrite(saved, title, remark, by: principal)
  }

  /// Takes an answer off the list; the answer itself stays.
  public func removeSavedCheck(_ key: String, by principal: Principal) async throws(Problem) {
    guard let record = try await savedRecord(key, of: principal.actor.id) else {
      throw Self.savedUnknown
    }
    try await putSaved(.remove(record), by: principal)
  }

  @discardableResult
  private func rewrite(
    _ saved: SavedCheck, _ title: String, _ remark: String, by principal: Principal
  ) async throws(Problem) -> SavedCheck {
    let record = saved.record.next(
      state: "saved", due: nil, owner: principal.actor.id,
      body: Self.body(saved.answer, title, remark, saved.savedAt))
    try await putSaved(.write(record), by: principal)
    return SavedCheck(record) ?? saved
  }

  private func savedRecord(
    _ key: String, of owner: String
  ) async throws(Problem) -> PlatformRecord? {
    let isKey =
      key.utf8.count <= 64
      && key.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
      }
    guard isKey else { return nil }
    return try await asked { store throws(StoreError) in
      try await store.record(SavedCheck.kind, "\(owner)/\(key)")
    }
  }

  private func putSaved(_ change: RecordChange, by principal: Principal) async throws(Problem) {
    do throws(StoreError) {
      try await store.put(RecordBatch([change]), by: principal.actor)
    } catch {
      throw .store(error)
    }
  }

  private static func body(
    _ answer: String, _ title: String, _ remark: String, _ savedAt: String
  ) -> JSONValue {
    .object([
      "answer": .string(answer), "title": .string(title), "remark": .string(remark),
      "savedAt": .string(savedAt),
    ])
  }

  private static func refuseLong(_ title: String, _ remark: String) throws(Problem) {
    guard title.count <= SavedCheck.longestTitle, remark.count <= SavedCheck.longestRemark,
      !(title + remark).contains("\0")
    else {
      throw Wording(
        "saved-words", "名称至多 \(SavedCheck.longestTitle) 字，备注至多 \(SavedCheck.longestRemark) 字",
        "a name has at most \(SavedCheck.longestTitle) characters, a remark \(SavedCheck.longestRemark)",
        do: "缩短后重试", "shorten it"
      ).problem(.usage, at: "title")
    }
  }

  private static let savedUnknown = Wording(
    "saved-unknown", "没有这条收藏", "there is no such saved check", do: "刷新页面查看",
    "load the page again"
  ).problem(.notFound, at: "key")
}
