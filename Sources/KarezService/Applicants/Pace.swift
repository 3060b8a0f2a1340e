import KarezCore
import KarezStore

/// 限次: how often something may be done under a name within a span.
///
/// - Shape: a count and the end of its span in the store, so that they hold on every machine and
///   after a restart. Whom a count is of does not stand there: its key is a mark that only the
///   installation's key makes of them.
struct Pace: Sendable {
  static let kind = RecordKind.transient("pace")
  static let hour = 3_600
  static let day = 86_400

  let map: OneMap

  /// Counts one more; false, and nothing counted, where there were as many as there may be.
  func take(
    _ sort: String, of whom: String = "", most: Int, within seconds: Int
  ) async throws(Problem) -> Bool {
    let mark = map.accounts.mark(of: Actor(id: "pace " + sort + " " + whom))
    let key = whom.isEmpty ? sort : sort + "/" + mark
    // Others may count in between; each round sees what they left.
    for _ in 0..<Accounts.rounds {
      let known = try await map.asked { store throws(StoreError) in
        try await store.record(Self.kind, key)
      }
      let now = map.clock.now()
      let end = known?.due.flatMap { Timestamp($0) }.flatMap { now < $0 ? $0 : nil }
      let count = end == nil ? 0 : known?.body["count"]?.integer ?? 0
      guard count < Int64(most) else { return false }
      let due = (end ?? now.adding(seconds: seconds)).description
      let body = JSONValue.object(["count": .integer(count + 1)])
      let next =
        known?.next(state: "open", due: due, owner: nil, body: body)
        ?? PlatformRecord(kind: Self.kind, key: key, state: "open", due: due, body: body)
      do throws(StoreError) {
        try await map.store.put(RecordBatch([.write(next)]), by: .operator)
        return true
      } catch {
        guard case .recordConflict = error else { throw .store(error) }
      }
    }
    return false
  }
}
