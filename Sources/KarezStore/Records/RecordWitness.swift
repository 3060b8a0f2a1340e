import KarezCore
import KarezCrypto

/// What the log says of a record: enough to tell whether it still is what was written.
enum RecordWitness {
  /// SM3 of the canonical JSON of everything in the record.
  static func digest(of record: PlatformRecord) -> String {
    let whole = JSONValue.object([
      "kind": .string(record.kind.name), "key": .string(record.key),
      "version": .integer(Int64(record.version)), "state": .string(record.state),
      "due": .optional(record.due), "owner": .optional(record.owner), "body": record.body,
    ])
    return SM3.digest(whole.canonicalText).description
  }

  /// The body of a batch's log entry: what the caller says, and every witnessed record's digest.
  static func body(of entry: RecordBatch.Entry, _ changes: [RecordChange]) -> JSONValue {
    var body = entry.body
    let witnessed = changes.map(\.record).filter(\.kind.isWitnessed)
    if !witnessed.isEmpty {
      body["records"] = .array(
        witnessed.map { record in
          .object([
            "kind": .string(record.kind.name), "key": .string(record.key),
            "version": .integer(Int64(record.version)),
            "sm3": .string(digest(of: record)),
          ])
        })
    }
    return .object(body)
  }
}
