public import KarezCore
import KarezCrypto

extension RelationalStore {
  /// Appends so many notes in one transaction; what the verifier's speed is measured on.
  public func fillLog(with count: Int, by actor: Actor) async throws(StoreError) {
    try await writing("notes", isEvidence: true) { session in
      let time = try moment(session)
      let last = try session.first(
        "SELECT number, sm3 FROM karez_log ORDER BY number DESC LIMIT 1")
      var number = last?.integer(0) ?? 0
      var previous = last?.text(1) ?? LogChain.beginning
      let end = number + Int64(count)
      var hasher = EntryHasher()
      try session.fill(Registers.log) {
        guard number < end else { return nil }
        number += 1
        let body = JSONValue.object([
          "dataset": .string("land-patches"), "since": .string(time),
          "reads": .integer(number % 7 + 1), "count": .integer(number % 50),
          "features": .array([.string("parcel-\(number % 10)")]),
        ])
        let entry = KeptEntry(
          number: number, at: time, actor: actor.id, kind: "note", body: body.canonicalText,
          previous: previous, sm3: "")
        previous = hasher.digest(entry)
        return FilledRow(values: [
          number.sqlValue, time.sqlValue, actor.id.sqlValue, "note".sqlValue,
          entry.body.sqlValue, entry.previous.sqlValue, previous.sqlValue,
        ])
      }
    }
  }
}
