import KarezCore

extension CaseTable {
  func heads(
    _ query: CaseQuery, after last: CaseHead?, limit: Int, in scope: Scope
  ) throws -> [CaseHead] {
    var conditions = Self.conditions(query, in: scope)
    let place =
      query.after ?? last.map { CaseQuery.Place(due: $0.stored.due, number: $0.stored.number) }
    let order: SQL
    switch query.order {
    case .number:
      order = "c.number"
      if let place { conditions.append("c.number > \(place.number.storable)") }
    case .numberDescending:
      order = "c.number DESC"
      if let place { conditions.append("c.number < \(place.number.storable)") }
    case .due:
      order = "c.due, c.number"
      if let place {
        let day = place.due?.description ?? ""
        conditions.append("(c.due, c.number) > (\(day), \(place.number.storable))")
      }
    }
    let rows = try session.all(
      """
      SELECT \(.names(Self.columns, of: "c")) FROM karez_case c WHERE \(SQL.and(conditions))
      ORDER BY \(order) LIMIT \(raw: String(limit))
      """)
    let numbers = rows.compactMap { $0.text(0) }
    let (tasks, terms) = (try tasks(of: numbers), try terms(of: numbers))
    return try rows.map { try Self.head(of: $0, tasks, terms) }
  }

  /// How many there are, at most so many.
  func count(_ query: CaseQuery, atMost most: Int, in scope: Scope) throws -> Int {
    let conditions = Self.conditions(query, in: scope)
    let found = try session.integer(
      """
      SELECT count(*) FROM (SELECT 1 AS one FROM karez_case c WHERE \(SQL.and(conditions))
      LIMIT \(raw: String(most))) found
      """)
    return Int(found ?? 0)
  }

  private static func conditions(_ query: CaseQuery, in scope: Scope) -> [SQL] {
    var conditions = rows(in: scope) + within(query.procedure, query.regionPrefix)
    if let prefix = query.numberPrefix?.storable {
      conditions.append("substr(c.number, 1, length(\(prefix))) = \(prefix)")
      // The same as a range, so that the key is followed and not walked.
      if let end = end(of: prefix) {
        conditions.append("c.number >= \(prefix) AND c.number < \(end)")
      }
    }
    if let project = query.project { conditions.append("c.project = \(project.storable)") }
    if let applicant = query.applicant {
      conditions.append("c.applicant = \(applicant.storable)")
    }
    if let stage = query.stage?.storable {
      // A space around each, so that no name is found inside another.
      let word = " " + stage + " "
      conditions.append(
        "replace(' ' || c.states || ' ', \(word), '') <> ' ' || c.states || ' '")
    }
    if query.isOpen { conditions.append("c.is_over = 0") }
    if let roles = query.roles {
      let ways = [mayBeDone(by: roles)] + query.shares.map(mayBeDone(by:))
      conditions.append("(\(SQL.joined(ways, by: " OR ")))")
    }
    if let day = query.dueFrom { conditions.append("c.due >= \(day.description)") }
    if let day = query.dueUntil { conditions.append("c.due <= \(day.description)") }
    if query.order == .due { conditions.append("c.due IS NOT NULL") }
    if query.isDueless { conditions.append("c.due IS NULL") }
    if let day = query.timerUntil { conditions.append("c.timer <= \(day.description)") }
    if let ended = query.ended {
      var own: [SQL] = [
        "t.ended_on >= \(ended.since.description)", "t.clock = \(ended.clock.storable)",
      ]
      if let procedure = query.procedure { own.append("t.procedure = \(procedure.storable)") }
      if ended.isLate { own.append("t.is_late = 1") }
      conditions.append(
        "c.number IN (SELECT t.number FROM karez_case_term t WHERE \(SQL.and(own)))")
    }
    return conditions
  }

  private static func mayBeDone(by roles: Set<String>) -> SQL {
    guard !roles.isEmpty else { return .never }
    let list = SQL.joined(roles.sorted().map { "\($0)" }, by: ", ")
    return """
      EXISTS (SELECT 1 FROM karez_case_task t WHERE t.number = c.number AND t.role IN (\(list)))
      """
  }

  private static func mayBeDone(by share: CaseQuery.Share) -> SQL {
    var conditions = [mayBeDone(by: share.roles)]
    if !share.procedures.isEmpty {
      let list = SQL.joined(share.procedures.map { "\($0.storable)" }, by: ", ")
      conditions.append("c.procedure IN (\(list))")
    }
    conditions += CaseAccess.rows(within: share.regionPrefixes, of: "c")
    return "(\(SQL.and(conditions)))"
  }

  /// The first text behind all that begin so; nil where that is not one letter further.
  private static func end(of prefix: String) -> String? {
    guard let last = prefix.utf8.last, last < 0x7E else { return nil }
    return String(decoding: Array(prefix.utf8.dropLast()) + [last + 1], as: UTF8.self)
  }

  private static func within(
    _ procedure: String?, _ region: String?, of alias: SQL = "c"
  ) -> [SQL] {
    var conditions: [SQL] = []
    if let procedure = procedure?.storable {
      conditions.append("\(alias).procedure = \(procedure)")
    }
    if let region = region?.storable {
      conditions.append("substr(\(alias).region, 1, length(\(region))) = \(region)")
    }
    return conditions
  }

  // MARK: Figures

  /// Reads open cases and the terms that ended since a day, and no event.
  func figures(_ query: CaseFiguresQuery, in scope: Scope) throws -> CaseFigures {
    CaseFigures(
      standing: try standing(query, in: scope), taken: try taken(query, in: scope))
  }

  private func standing(
    _ query: CaseFiguresQuery, in scope: Scope
  ) throws -> [CaseFigures.Standing] {
    let conditions: [SQL] =
      ["c.is_over = 0"] + Self.rows(in: scope) + Self.within(query.procedure, query.regionPrefix)
    let (today, near) = (query.today.description, query.near.description)
    return try session.all(
      """
      SELECT c.procedure, substr(c.region, 1, 6), c.states, count(*),
        sum(CASE WHEN c.due < \(today) THEN 1 ELSE 0 END),
        sum(CASE WHEN c.due >= \(today) AND c.due <= \(near) THEN 1 ELSE 0 END)
      FROM karez_case c WHERE \(SQL.and(conditions)) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """
    ).map { row in
      CaseFigures.Standing(
        procedure: row.text(0) ?? "", county: row.text(1) ?? "",
        states: (row.text(2) ?? "").split(separator: " ").map(String.init),
        count: row.int(3) ?? 0, overdue: row.int(4) ?? 0, near: row.int(5) ?? 0)
    }
  }

  private func taken(
    _ query: CaseFiguresQuery, in scope: Scope
  ) throws -> [CaseFigures.Taken] {
    let conditions: [SQL] =
      ["t.ended_on >= \(query.since.description)"] + Self.rows(in: scope, of: "t")
      + Self.within(query.procedure, query.regionPrefix, of: "t")
    return try session.all(
      """
      SELECT t.procedure, t.clock, substr(t.region, 1, 6), t.used, count(*),
        sum(CASE WHEN t.is_late = 1 THEN 1 ELSE 0 END)
      FROM karez_case_term t WHERE \(SQL.and(conditions))
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      """
    ).map { row in
      CaseFigures.Taken(
        procedure: row.text(0) ?? "", clock: row.text(1) ?? "", county: row.text(2) ?? "",
        used: row.int(3) ?? 0, count: row.int(4) ?? 0, late: row.int(5) ?? 0)
    }
  }
}
