public import KarezCore
public import KarezStore

extension CommitRecord {
  /// One line of `karez commits --json`.
  public var json: JSONValue {
    .object([
      "commit": .integer(Int64(commit.value)),
      "dataset": .string(dataset.text),
      "recordedAt": .string(recordedAt),
      "actor": .optional(actor.isWithheld ? nil : actor.id),
      "reason": .string(reason),
      "case": .optional(caseNumber),
      "validFrom": .string(validity.from.description),
      "validUntil": .optional(validity.until?.description),
      "source": .string(lineage.source),
      "sourceSM3": .optional(lineage.sourceSM3.isEmpty ? nil : lineage.sourceSM3),
      "reader": .string(lineage.reader),
      "crs": .string(lineage.crs),
      "profiles": admission.map { .array($0.profiles.map(\.json)) } ?? .null,
      "report": .optional(admission?.report),
      "submittedBy": .optional(admission?.submittedBy),
      "signedBy": .optional(admission?.signedBy),
      "inserted": .integer(Int64(inserted)),
      "changed": .integer(Int64(changed)),
      "ended": .integer(Int64(ended)),
      "sm3": .optional(sm3.isEmpty ? nil : sm3),
    ])
  }
}

extension LogVerification {
  /// What `karez log verify --json` prints.
  public var json: JSONValue {
    .object([
      "entries": .integer(Int64(entries)),
      "rows": .integer(Int64(rows)),
      "checkpoints": .integer(Int64(checkpoints)),
      "covered": .integer(covered),
      "ok": .boolean(faults.isEmpty),
      "faults": .array(
        faults.map { fault in
          .object([
            "entry": .integer(fault.entry), "kind": .string(fault.kind),
            "what": .string(fault.what),
          ])
        }),
    ])
  }
}

extension LogEntry {
  /// The entry as one line of canonical JSON.
  public var jsonLine: String {
    JSONValue.object([
      "number": .integer(number), "at": .string(at), "actor": .string(actor.id),
      "kind": .string(kind), "body": body, "previous": .string(previous), "sm3": .string(sm3),
    ]).canonicalText
  }

  public var textLine: String {
    [String(number), at, actor.id, kind, body.canonicalText].joined(separator: "\t")
  }
}
