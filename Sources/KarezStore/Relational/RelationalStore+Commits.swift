public import KarezCore

extension RelationalStore {
  public func commits(
    _ query: CommitQuery, in scope: Scope
  ) async throws(StoreError) -> [CommitRecord] {
    try await reading { session in
      if let dataset = query.dataset { _ = try self.table(dataset, in: scope, session) }
      let reached = SQL.joined(
        Classification.allCases.filter { $0 <= scope.ceiling }.map { "\($0.rawValue)" }, by: ", ")
      var conditions: [SQL] = ["d.classification IN (\(reached))"]
      if let dataset = query.dataset { conditions.append("c.dataset = \(dataset)") }
      if let before = query.before { conditions.append("c.number < \(before)") }
      var statement: SQL = """
        SELECT c.number, c.recorded_at, c.actor, c.reason, c.case_number, c.valid_from,
          c.valid_until, c.source, c.source_sm3, c.reader, c.crs, c.inserted, c.changed, c.ended,
          c.sm3, c.dataset, a.profiles, a.report, a.submitted_by, a.signed_by
        FROM karez_commit c JOIN karez_dataset d ON d.id = c.dataset
        LEFT JOIN karez_admission a ON a.number = c.number
        WHERE \(SQL.and(conditions)) ORDER BY c.number DESC
        """
      if let limit = query.limit {
        statement = "\(statement) LIMIT \(raw: String(max(0, limit)))"
      }
      return try session.all(statement).map { try CommitRecord(row: $0) }.reversed()
    }
  }
}

extension CommitRecord {
  fileprivate init(row: any SQLRow) throws(StoreError) {
    let texts = [1, 2, 3, 5, 7, 8, 9, 10, 14].compactMap { row.text($0) }
    let counts = [11, 12, 13].compactMap { row.int($0) }
    guard texts.count == 9, counts.count == 3,
      let number = row.int(0).flatMap({ CommitNumber($0) }),
      let dataset = row.text(15).flatMap({ DatasetID($0) }), let from = LegalDate(texts[3]),
      let validity = Validity(from: from, until: row.text(6).flatMap { LegalDate($0) })
    else { throw .corrupt(what: "commit \(row.int(0) ?? 0)") }
    self.init(
      commit: number, dataset: dataset, recordedAt: texts[0], actor: Actor(id: texts[1]),
      reason: texts[2], caseNumber: row.text(4), validity: validity,
      lineage: Lineage(
        source: texts[4], sourceSM3: texts[5], reader: texts[6], crs: texts[7]),
      admission: row.text(16).map {
        Admission(
          profiles: Admission.profiles(parsing: $0), report: row.text(17),
          submittedBy: row.text(18), signedBy: row.text(19))
      }, inserted: counts[0], changed: counts[1], ended: counts[2], sm3: texts[8])
  }
}

extension Admission {
  /// The profiles as the register and the log entry of the commit have them.
  var profilesJSON: JSONValue {
    .array(
      profiles.map { .object(["id": .string($0.id), "version": .string($0.version)]) })
  }

  /// As the log entry of its commit has it.
  var json: JSONValue {
    .object([
      "profiles": profilesJSON, "report": .optional(report),
      "submittedBy": .optional(submittedBy), "signedBy": .optional(signedBy),
    ])
  }

  /// What an altered text does not say any more is left to the verification to tell.
  fileprivate static func profiles(parsing text: String) -> [ProfileVersion] {
    ((try? JSONValue(parsing: text))?.array ?? []).compactMap { item in
      guard let id = item["id"]?.string, let version = item["version"]?.string else { return nil }
      return ProfileVersion(id: id, version: version)
    }
  }
}
