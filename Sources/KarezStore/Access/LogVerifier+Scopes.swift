import KarezCore

extension LogVerifier {
  /// The scope of every answer is the one its log entry says; one that says none has none.
  mutating func verifyAnswerScopes() throws {
    let entries = try session.rows(
      "SELECT \(LogChain.columns) FROM karez_log WHERE kind = 'answer' ORDER BY number")
    while let row = try entries.next() {
      // An entry that cannot be read is a fault already found.
      guard let entry = try? LogChain.entry(of: row), let id = entry.body["answer"]?.string else {
        continue
      }
      let kept = try session.text("SELECT scope FROM karez_answer_scope WHERE id = \(id)")
      if kept != entry.body["scope"]?.canonicalText {
        add(entry.number, kept == nil ? "row-missing" : "row-altered", "scope of answer \(id)")
      }
    }
    let strays = try session.rows(
      """
      SELECT id FROM karez_answer_scope WHERE id NOT IN (SELECT id FROM karez_answer) ORDER BY id
      """)
    while let row = try strays.next() {
      add(0, "row-unrecorded", "scope of answer \(row.text(0) ?? "")")
    }
  }
}
