/// The schemas of a database: how they are made, recognised, brought up to date and tidied.
enum PostgreSQLFormat {
  /// Version of our tables here; a change of them adds a step to `migrations`.
  static let format = 1
  static let schema = "karez"
  static let drafts = "draft"

  /// Statements that bring a format to the next; the first is that of format 1.
  private static let migrations: [String] = []

  /// What a process needs to know of the database before it uses it.
  struct Place {
    /// The schemas unqualified names are looked for in.
    let schemas: String
    let process: Int64
    let map: String
  }

  static func check(_ session: any Session) throws {
    let version = try session.integer("SELECT current_setting('server_version_num')::bigint") ?? 0
    guard version >= 140_000 else {
      throw StoreError.unavailable(reason: "PostgreSQL \(version / 10_000); 14 or later is needed")
    }
    let encoding = try session.text("SELECT current_setting('server_encoding')") ?? ""
    guard encoding == "UTF8" else {
      throw StoreError.unavailable(reason: "the database is in \(encoding); UTF8 is needed")
    }
  }

  /// Makes, recognises or brings up to date what is there, inside the caller's transaction.
  static func prepare(_ session: any Session, isMade: Bool) throws -> Place {
    let isThere =
      try session.first(
        "SELECT 1 FROM pg_namespace WHERE nspname = \(schema)") != nil
    if isThere {
      try recognise(session)
    } else {
      guard isMade else { throw StoreError.notAOneMap(file: try databaseName(session)) }
      try session.script("CREATE EXTENSION IF NOT EXISTS postgis; CREATE SCHEMA \(schema);")
      try lookInto(session)
      try session.script(creation)
      try session.run(
        """
        INSERT INTO karez_meta (key, value)
        VALUES ('format', \(String(format))), ('map', gen_random_uuid()::text)
        """)
      try RowPolicy.addMissing(session)
    }
    guard let map = try session.text("SELECT value FROM karez_meta WHERE key = 'map'"),
      let process = try session.integer("SELECT nextval('\(raw: drafts).process')")
    else { throw StoreError.notAOneMap(file: try databaseName(session)) }
    return Place(schemas: try schemas(session), process: process, map: map)
  }

  private static func databaseName(_ session: any Session) throws -> String {
    try session.text("SELECT current_database()") ?? ""
  }

  private static func recognise(_ session: any Session) throws {
    let name = try databaseName(session)
    let meta = try session.first(
      "SELECT 1 FROM pg_tables WHERE schemaname = \(schema) AND tablename = 'karez_meta'")
    guard meta != nil else { throw StoreError.notAOneMap(file: name) }
    try lookInto(session)
    let found = try session.text("SELECT value FROM karez_meta WHERE key = 'format'") ?? "none"
    guard let number = Int(found), (1...format).contains(number) else {
      throw StoreError.unavailable(
        reason: "\(name) has format \(found), this program reads \(format)")
    }
    for step in migrations[(number - 1)...] { try session.script(step) }
    try makeMissingRegisters(session)
    try RowPolicy.addMissing(session)
    guard number < format else { return }
    try session.run("UPDATE karez_meta SET value = \(String(format)) WHERE key = 'format'")
  }

  /// Maps made before a register existed get its table when they are next opened.
  private static func makeMissingRegisters(_ session: any Session) throws {
    for register in Registers.all {
      let table = try session.first(
        "SELECT 1 FROM pg_tables WHERE schemaname = \(schema) AND tablename = \(register.name)")
      if table == nil { try session.script(PostgreSQLTables.creation(register)) }
    }
    // So do tables made before an index of theirs did.
    let known = Set(
      try session.all("SELECT indexname FROM pg_indexes WHERE schemaname = \(schema)")
        .compactMap { $0.text(0) })
    for register in Registers.all {
      for index in register.indexes where !known.contains(index.name) {
        let name = SQL.quoted(register.name)
        try session.script(PostgreSQLTables.creation(index, on: name))
      }
    }
  }

  /// Ours, then wherever PostGIS is.
  private static func schemas(_ session: any Session) throws -> String {
    let postGIS = try session.text(
      """
      SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'postgis'
      """)
    guard let postGIS else { throw StoreError.unavailable(reason: "the database has no PostGIS") }
    return "\(schema), \(SQL.quoted(postGIS))"
  }

  private static func lookInto(_ session: any Session) throws {
    try session.script("SET LOCAL search_path = \(try schemas(session))")
  }

  // MARK: Making

  private static let creation =
    Registers.all.map { PostgreSQLTables.creation($0) }.joined() + """
      CREATE SCHEMA \(drafts);
      CREATE SEQUENCE \(drafts).process;
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
      CREATE TRIGGER karez_log_is_not_changed BEFORE UPDATE ON karez_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER karez_log_is_not_cut BEFORE DELETE OR TRUNCATE ON karez_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      -- A member that is text, or null; whatever the text is.
      CREATE FUNCTION json_member(body text, name text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          RETURN CASE json_typeof(body::json -> name) WHEN 'string' THEN body::json ->> name END;
        EXCEPTION WHEN others THEN RETURN NULL;
        END $$;
      """

  // MARK: Tidying

  /// Removes drafts of processes that have no connection left.
  static func removeAbandoned(besides own: Int64, _ session: any Session) throws {
    let tables = try session.all(
      """
      SELECT tablename FROM pg_tables WHERE schemaname = \(drafts) AND tablename ~ '^p[0-9]+_'
      """
    ).compactMap { $0.text(0) }
    let byProcess = Dictionary(grouping: tables) {
      Int64($0.dropFirst().prefix { $0 != "_" }) ?? own
    }
    for (process, names) in byProcess where process != own {
      let lock: SQL = "(\(raw: String(PostgreSQLLocks.processes)), \(raw: String(process)))"
      guard try session.integer("SELECT pg_try_advisory_lock\(lock)") == 1 else { continue }
      for name in names {
        try session.run("DROP TABLE IF EXISTS \(raw: drafts).\(name: name)")
      }
      try session.run("SELECT pg_advisory_unlock\(lock)")
    }
  }
}
