import KarezCore

extension LogVerifier {
  /// The last thing the log says of a case.
  struct SaidCase {
    let entry: Int64
    let sm3: String
  }

  mutating func noteCase(_ entry: LogEntry) {
    guard let number = entry.body["case"]?.string, let sm3 = entry.body["sm3"]?.string else {
      return add(entry.number, "altered", "\(entry.number) case")
    }
    cases[number] = SaidCase(entry: entry.number, sm3: sm3)
  }

  /// Compares every case, its events and its tasks with the last entry that speaks of it.
  mutating func verifyCases() throws {
    var left = cases
    var last: CaseHead?
    let table = CaseTable(session: session)
    while true {
      let page = try table.heads(CaseQuery(), after: last, limit: 500, in: .all)
      guard let end = page.last else { break }
      last = end
      for head in page {
        countRow()
        let number = head.stored.number
        guard let said = left.removeValue(forKey: number) else {
          add(0, "row-unrecorded", "case \(number)")
          continue
        }
        if try witness(of: head) != said.sm3 { add(said.entry, "row-altered", "case \(number)") }
      }
    }
    for (number, said) in left.sorted(by: { $0.key < $1.key }) {
      add(said.entry, "row-missing", "case \(number)")
    }
    for register in [Registers.caseEvents, Registers.caseTerms] {
      let orphans = try session.all(
        """
        SELECT DISTINCT e.number FROM \(name: register.name) e
        WHERE NOT EXISTS (SELECT 1 FROM karez_case c WHERE c.number = e.number)
        ORDER BY e.number LIMIT 100
        """)
      for row in orphans where cases[row.text(0) ?? ""] == nil {
        add(0, "row-unrecorded", "case \(row.text(0) ?? "")")
      }
    }
  }

  /// What the log would say of the case as it is kept; nil where its events are not whole.
  private func witness(of head: CaseHead) throws -> String? {
    var chain = CaseChain(CaseChain.beginning)
    var position: Int64 = 0
    let rows = try session.rows(
      """
      SELECT position, body FROM karez_case_event WHERE number = \(head.stored.number)
      ORDER BY position
      """)
    while let row = try rows.next() {
      position += 1
      guard row.integer(0) == position, let body = row.text(1) else { return nil }
      chain.add(body)
    }
    let kept = try session.text("SELECT sm3 FROM karez_case WHERE number = \(head.stored.number)")
    // What figures are grouped by is repeated with each term.
    let strange = try session.integer(
      """
      SELECT count(*) FROM karez_case_term WHERE number = \(head.stored.number)
        AND (procedure <> \(head.stored.procedure) OR region <> \(head.stored.region))
      """)
    guard position == Int64(head.version), kept == chain.sm3, strange == 0 else { return nil }
    return head.witness(chain: chain.sm3)
  }
}
