import KarezCore
import KarezCrypto

/// Cases and ledgers under row-level security, as their conditions in `CaseAccess` and
/// `LedgerAccess` have it.
///
/// - Shape: a policy's comment is the digest of its condition, so that one that is written anew
///   here takes the place of what a map has when its owner next opens it.
/// - See: `docs/security.md` for registers that have none: a record's reader is decided by its
///   kind, an answer's by the scope it was worked out in.
extension RowPolicy {
  static let registerName = "karez_rows"

  /// The condition on rows of each register that has one; `own` stands for the row itself.
  static let registers: [(table: String, condition: String)] = {
    // What belongs to a case or an account asks for that row, which is under its own policy: a
    // clause that is added to `karez_case` holds all that is of the case.
    let ofCase = "\(isOpen) OR EXISTS (SELECT 1 FROM karez_case c WHERE c.number = own.number)"
    let ofAccount = """
      \(isOpen) OR EXISTS (SELECT 1 FROM karez_ledger_account a WHERE a.name = own.account)
      """
    // Whoever sees one account of a transaction sees it whole: a trade has two sides.
    let ofTransaction = """
      \(isOpen) OR EXISTS (SELECT 1 FROM karez_ledger_leg l WHERE l.number = own.number)
      """
    let office = reaches(level: "'\(LedgerAccess.level.rawValue)'")
    // Of cases the reader's own level is asked, whatever the zone's.
    let own = reaches(level: "'\(CaseAccess.level.rawValue)'", by: "karez.own")
    return [
      ("karez_case", "\(own) AND \(isWithin(region: "own.region"))"),
      ("karez_case_event", ofCase), ("karez_case_task", ofCase), ("karez_case_term", ofCase),
      ("karez_ledger_account", "\(office) AND \(isWithin(region: "own.region"))"),
      ("karez_ledger_leg", ofAccount), ("karez_ledger_day", ofAccount),
      ("karez_ledger_transaction", ofTransaction), ("karez_ledger_lot", ofTransaction),
      ("karez_ledger_pairing", ofTransaction),
    ].map { ($0.0, $0.1.replacing("own.", with: $0.0 + ".")) }
  }()

  /// Puts registers that are not under the policy written here under it, where they are ours.
  static func addMissingToRegisters(_ session: any Session) throws {
    for (table, condition) in registers {
      let digest = SM3.digest(condition).description
      let lacks = try session.first(
        """
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relname = \(table)
          AND pg_has_role(c.relowner, 'USAGE') AND NOT (c.relrowsecurity AND EXISTS (
            SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = \(registerName)
              AND obj_description(p.oid, 'pg_policy') = \(digest)))
        """)
      guard lacks != nil else { continue }
      try session.script(
        """
        ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS \(registerName) ON \(table);
        CREATE POLICY \(registerName) ON \(table) USING (\(condition));
        COMMENT ON POLICY \(registerName) ON \(table) IS '\(digest)';
        """)
    }
  }
}
