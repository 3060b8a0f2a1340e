import KarezCore

/// Records successions with a commit, inside its transaction.
struct SuccessionWriter {
  static let parent = "parent"
  static let child = "child"

  let session: any Session
  let table: DatasetTable

  /// Refuses a succession whose parents nobody ever recorded, or whose children are not there on
  /// its day, as the commit leaves the dataset; and a withdrawal of what is not recorded.
  func check(_ order: CommitOrder) throws {
    for succession in order.successions {
      for id in succession.parents
      where try !isThere("SELECT 1 FROM \(table.history) WHERE id = \(id) LIMIT 1") {
        throw StoreError.unfoundedSuccession(table.schema.id, member: id)
      }
      let day = succession.validOn
      for id in succession.children
      where try !isThere(
        """
        SELECT 1 FROM \(table.history) WHERE id = \(id) AND recorded_until IS NULL
          AND valid_from <= \(day) AND (valid_until IS NULL OR valid_until > \(day)) LIMIT 1
        """)
      {
        throw StoreError.unfoundedSuccession(table.schema.id, member: id)
      }
    }
    for number in order.withdrawn.sorted()
    where try !isThere(
      """
      SELECT 1 FROM karez_succession WHERE number = \(number) AND dataset = \(table.schema.id)
        AND recorded_until IS NULL LIMIT 1
      """)
    {
      throw StoreError.unfoundedSuccession(table.schema.id, member: "\(number)")
    }
  }

  private func isThere(_ sql: SQL) throws -> Bool { try session.first(sql.kept) != nil }

  /// Records what the order says; answers the number of its first succession.
  func write(_ order: CommitOrder, as commit: Int) throws -> Int64 {
    for number in order.withdrawn.sorted() {
      try session.run(
        "UPDATE karez_succession SET recorded_until = \(commit) WHERE number = \(number)")
    }
    let first = (try session.integer("SELECT max(number) FROM karez_succession") ?? 0) + 1
    for (offset, succession) in order.successions.enumerated() {
      for (role, ids) in [
        (Self.parent, succession.parents), (Self.child, succession.children),
      ] {
        for (position, id) in ids.enumerated() {
          try session.run(
            """
            INSERT INTO karez_succession
              (dataset, number, kind, valid_on, role, position, id, recorded_from)
            VALUES (\(table.schema.id), \(first + Int64(offset)), \(succession.kind.rawValue),
              \(succession.validOn), \(role), \(position), \(id), \(commit))
            """)
        }
      }
    }
    return first
  }
}

extension Succession {
  /// As the log entry of its commit has it.
  func json(number: Int64) -> JSONValue {
    .object([
      "number": .integer(number), "kind": .string(kind.rawValue),
      "validOn": .string(validOn.description),
      "parents": .array(parents.map(JSONValue.string)),
      "children": .array(children.map(JSONValue.string)),
    ])
  }
}
