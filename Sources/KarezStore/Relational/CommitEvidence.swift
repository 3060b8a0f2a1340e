import KarezCore

/// Everything that is kept of a commit besides its rows.
struct CommitEvidence {
  let plan: DraftPlan
  let order: CommitOrder
  let until: LegalDate?
  let outcome: CommitWriter.Outcome
  let number: CommitNumber?
  let firstSuccession: Int64
  let time: String

  var receipt: CommitReceipt {
    CommitReceipt(
      commit: number, inserted: outcome.inserted, changed: outcome.changed, ended: outcome.ended)
  }

  func insert(by actor: Actor, saidAt: CommitNumber, _ session: any Session) throws {
    let day = plan.validity.from
    if let number {
      try session.run(
        """
        INSERT INTO karez_commit (number, dataset, recorded_at, actor, reason, case_number,
          valid_from, valid_until, source, source_sm3, reader, crs, inserted, changed, ended, sm3)
        VALUES (\(number), \(plan.dataset), \(time), \(actor.id), \(order.reason),
          \(order.caseNumber), \(day), \(until), \(plan.lineage.source),
          \(plan.lineage.sourceSM3), \(plan.lineage.reader), \(plan.lineage.crs),
          \(outcome.inserted), \(outcome.changed), \(outcome.ended), \(outcome.sm3))
        """)
      try insertAdmission(of: number, session)
    }
    try session.run(
      """
      INSERT INTO karez_receipt (key, dataset, number, inserted, changed, ended)
      VALUES (\(order.idempotencyKey), \(plan.dataset), \(number), \(outcome.inserted),
        \(outcome.changed), \(outcome.ended))
      """)
    try session.run(
      """
      INSERT INTO karez_statement (dataset, mode, valid_from, valid_until, said_at)
      VALUES (\(plan.dataset), \(plan.mode.rawValue), \(day), \(until), \(saidAt))
      """)
    try LogChain.append(
      kind: number == nil ? "commit-unchanged" : "commit", body: body, by: actor, at: time,
      session)
  }

  private func insertAdmission(of number: CommitNumber, _ session: any Session) throws {
    guard let admission = order.admission else { return }
    try session.run(
      """
      INSERT INTO karez_admission (number, dataset, profiles, report, submitted_by, signed_by)
      VALUES (\(number), \(plan.dataset), \(admission.profilesJSON.canonicalText),
        \(admission.report), \(admission.submittedBy), \(admission.signedBy))
      """)
  }

  private var body: JSONValue {
    let accepted = order.accepted.mapValues(JSONValue.string)
    var members: [String: JSONValue] = [
      "commit": number.map { .integer(Int64($0.value)) } ?? .null,
      "dataset": .string(plan.dataset.text),
      "mode": .string(plan.mode.rawValue),
      "validFrom": .string(plan.validity.from.description),
      "validUntil": .optional(until?.description),
      "source": .string(plan.lineage.source),
      "sourceSM3": .string(plan.lineage.sourceSM3),
      "reader": .string(plan.lineage.reader),
      "crs": .string(plan.lineage.crs),
      "reason": .string(order.reason),
      "case": .optional(order.caseNumber),
      "accepted": .object(accepted),
      "inserted": .integer(Int64(outcome.inserted)),
      "changed": .integer(Int64(outcome.changed)),
      "ended": .integer(Int64(outcome.ended)),
      "firstRow": .integer(outcome.firstRow),
      "written": .integer(Int64(outcome.written)),
      "superseded": .integer(Int64(outcome.superseded)),
      "sm3": .string(outcome.sm3),
    ]
    if let admission = order.admission { members["admission"] = admission.json }
    if !order.successions.isEmpty {
      members["successions"] = .array(
        order.successions.enumerated().map { $1.json(number: firstSuccession + Int64($0)) })
    }
    if !order.withdrawn.isEmpty {
      members["withdrawn"] = .array(order.withdrawn.sorted().map(JSONValue.integer))
    }
    return .object(members)
  }
}
