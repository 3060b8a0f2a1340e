import KarezCore

extension RelationalStore {
  /// What the map says of itself besides what is recorded in it; nil where nothing was said.
  public func setting(_ name: String) async throws(StoreError) -> String? {
    try await reading { session in
      try session.text("SELECT value FROM karez_meta WHERE key = \(name)")
    }
  }

  /// How many bytes the database takes, with what it keeps besides rows; nil where it does not tell.
  public func databaseBytes() async throws(StoreError) -> Int64? {
    try await reading { session in
      try session.integer(SQL(raw: session.dialect.databaseBytes))
    }
  }

  /// Puts a setting in the place of what it was.
  public func replace(setting name: String, _ value: String) async throws(StoreError) {
    try await writing("setting \(name)") { session in
      try session.run("DELETE FROM karez_meta WHERE key = \(name)")
      try session.run("INSERT INTO karez_meta (key, value) VALUES (\(name), \(value))")
    }
  }

  /// Keeps a setting that was not there yet; one that is there stays.
  public func keep(setting name: String, _ value: String) async throws(StoreError) {
    try await writing("setting \(name)") { session in
      try session.run(
        """
        INSERT INTO karez_meta (key, value) SELECT \(name), \(value)
        WHERE NOT EXISTS (SELECT 1 FROM karez_meta WHERE key = \(name))
        """)
    }
  }
}
