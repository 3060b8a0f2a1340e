import KarezCore

/// 行级安全: the server's own repetition of the scope, for what our conditions might miss.
///
/// - Shape: a policy on each history table compares the dataset's level, as its register has it at
///   that moment, with `karez.ceiling` and the row's region with `karez.regions`, which every
///   transaction sets for itself. A transaction that set nothing sees no row.
/// - Assumes: it holds whoever is neither owner of the tables nor superuser and has no BYPASSRLS.
enum RowPolicy {
  static let name = "karez_labels"
  /// Whose level was written down in it.
  private static let formerName = "karez_scope"
  /// Stands for all regions; a list begins otherwise.
  private static let everywhere = "*"
  private static let separator = "\u{1F}"

  /// Sets what the rest of the transaction may see.
  static func confinement(to scope: Scope) -> SQL {
    let regions =
      scope.regionPrefixes.map { prefixes in
        "=" + prefixes.filter { !$0.contains(separator) }.joined(separator: separator)
      } ?? everywhere
    return """
      SELECT set_config('karez.ceiling', \(String(rank(scope.reach))), true),
        set_config('karez.own', \(String(rank(scope.ceiling))), true),
        set_config('karez.regions', \(regions), true)
      """
  }

  /// As `confinement` to everything, as text.
  static let openness = """
    SELECT set_config('karez.ceiling', '\(rank(.confidential))', true), \
    set_config('karez.own', '\(rank(.confidential))', true), \
    set_config('karez.regions', '\(everywhere)', true)
    """

  private static func rank(_ level: Classification) -> Int {
    Classification.allCases.firstIndex(of: level) ?? Classification.allCases.count
  }

  /// The statements that put a table under its policy, whatever it was under before.
  static func creation(of table: DatasetTable) -> String {
    let history = SQL.quoted(table.historyName)
    return """
      ALTER TABLE \(history) ENABLE ROW LEVEL SECURITY;
      DROP POLICY IF EXISTS \(formerName) ON \(history);
      DROP POLICY IF EXISTS \(name) ON \(history);
      CREATE POLICY \(name) ON \(history) USING (\(condition(of: table)));
      """
  }

  private static func condition(of table: DatasetTable) -> String {
    let level = reaches(
      level: "SELECT d.classification FROM karez_dataset d WHERE d.id = '\(table.schema.id)'")
    guard let region = table.schema.region else { return "\(level) AND \(isEverywhere)" }
    return "\(level) AND \(isWithin(region: SQL.quoted(table.column(of: region))))"
  }

  // MARK: Conditions

  private static let regions = "current_setting('karez.regions', true)"
  private static let isEverywhere = "\(regions) = '\(everywhere)'"

  /// Whether the transaction reaches a level, which is the text of an expression; none is beyond all.
  ///
  /// - Shape: `setting` is the reader's level within the zone, or `karez.own`, the reader's alone.
  static func reaches(level: String, by setting: String = "karez.ceiling") -> String {
    let levels = Classification.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return """
      coalesce(nullif(current_setting('\(setting)', true), '')::int, -1) >= coalesce(
        array_position(ARRAY[\(levels)], (\(level))::text) - 1, \(Classification.allCases.count))
      """
  }

  /// Whether the transaction reaches the region a column says.
  static func isWithin(region column: String) -> String {
    """
    (\(isEverywhere) OR EXISTS (
      SELECT 1 FROM unnest(string_to_array(
        substr(nullif(\(regions), ''), 2), chr(31))) AS prefix
      WHERE starts_with(CAST(\(column) AS text), prefix)))
    """
  }

  /// Whether the transaction is held to nothing, as all that write are.
  ///
  /// What belongs to a row may be written before the row is, and removed after.
  static let isOpen = """
    (\(isEverywhere) AND \(reaches(level: "'\(Classification.confidential.rawValue)'")))
    """

  /// Puts the tables of maps made before there were policies like these under theirs.
  ///
  /// Only their owner can; whoever else opens the map leaves them as they are.
  static func addMissing(_ session: any Session) throws {
    let rows = try session.all(
      """
      SELECT d.definition FROM karez_dataset d ORDER BY d.id
      """)
    for row in rows {
      let schema = try SchemaJSON.schema(parsing: row.text(0) ?? "")
      let table = DatasetTable(schema: schema, dialect: session.dialect)
      let isOpen = try session.first(
        """
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relname = \(table.historyName)
          AND pg_has_role(c.relowner, 'USAGE') AND NOT (c.relrowsecurity AND EXISTS (
            SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = \(name)))
        """)
      if isOpen != nil { try session.script(creation(of: table)) }
    }
    try addMissingToRegisters(session)
  }

  /// The statements that let a role work with a map it does not own.
  static func grants(to role: String) -> String {
    let literal = "'" + role.replacing("'", with: "''") + "'"
    let role = SQL.quoted(role)
    let (schema, drafts) = (PostgreSQLFormat.schema, PostgreSQLFormat.drafts)
    return """
      GRANT USAGE ON SCHEMA \(schema) TO \(role);
      GRANT USAGE, CREATE ON SCHEMA \(drafts) TO \(role);
      GRANT USAGE ON SEQUENCE \(drafts).process TO \(role);
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role);
      REVOKE UPDATE, DELETE ON karez_log FROM \(role);
      -- A view is looked through with its owner's rights, past every policy.
      DO $$ DECLARE shown text; BEGIN
        FOR shown IN SELECT viewname FROM pg_views WHERE schemaname = '\(schema)' LOOP
          EXECUTE format('REVOKE ALL ON \(schema).%I FROM %I', shown, \(literal));
        END LOOP;
      END $$;
      """
  }
}
