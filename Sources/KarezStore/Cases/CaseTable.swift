import KarezCore
import KarezCrypto

/// `karez_case` and what belongs to it, inside the caller's transaction.
struct CaseTable {
  static let columns = Registers.cases.columns.map(\.name)

  let session: any Session

  /// Rows of the level and the regions a scope reaches.
  static func rows(in scope: Scope, of alias: SQL = "c") -> [SQL] {
    CaseAccess.rows(in: scope, of: alias)
  }

  func head(_ number: String, in scope: Scope) throws -> (head: CaseHead, sm3: String)? {
    let conditions: [SQL] = ["c.number = \(number.storable)"] + Self.rows(in: scope)
    let row = try session.first(
      """
      SELECT \(.names(Self.columns, of: "c")) FROM karez_case c WHERE \(SQL.and(conditions))
      """)
    return try row.map { row in
      (try Self.head(of: row, try tasks(of: [number]), try terms(of: [number])), row.text(12) ?? "")
    }
  }

  func tasks(of numbers: [String]) throws -> [String: [StoredCase.Task]] {
    guard !numbers.isEmpty else { return [:] }
    let list = SQL.joined(numbers.map { "\($0.storable)" }, by: ", ")
    var tasks: [String: [StoredCase.Task]] = [:]
    for row in try session.all(
      "SELECT number, transition, role FROM karez_case_task WHERE number IN (\(list))")
    {
      tasks[row.text(0) ?? "", default: []].append(
        StoredCase.Task(transition: row.text(1) ?? "", role: row.text(2) ?? ""))
    }
    return tasks
  }

  func terms(of numbers: [String]) throws -> [String: [StoredCase.EndedTerm]] {
    guard !numbers.isEmpty else { return [:] }
    let list = SQL.joined(numbers.map { "\($0.storable)" }, by: ", ")
    var terms: [String: [StoredCase.EndedTerm]] = [:]
    for row in try session.all(
      """
      SELECT number, clock, ended_on, used, length, is_late FROM karez_case_term
      WHERE number IN (\(list))
      """)
    {
      guard let number = row.text(0), let clock = row.text(1),
        let day = row.text(2).flatMap({ LegalDate($0) }), let used = row.int(3),
        let length = row.int(4), let isLate = row.int(5)
      else { throw StoreError.corrupt(what: "terms of case \(row.text(0) ?? "")") }
      terms[number, default: []].append(
        StoredCase.EndedTerm(
          clock: clock, endedOn: day, used: used, length: length, isLate: isLate != 0))
    }
    return terms
  }

  static func head(
    of row: any SQLRow, _ tasks: [String: [StoredCase.Task]],
    _ terms: [String: [StoredCase.EndedTerm]]
  ) throws -> CaseHead {
    guard let number = row.text(0), let version = row.int(1), let procedure = row.text(2),
      let procedureVersion = row.text(3), let region = row.text(4), let applicant = row.text(6),
      let states = row.text(7), let isOver = row.int(8),
      let opened = row.text(11).flatMap({ LegalDate($0) })
    else { throw StoreError.corrupt(what: "case \(row.text(0) ?? "")") }
    return CaseHead(
      stored: StoredCase(
        number: number, procedure: procedure, procedureVersion: procedureVersion,
        region: region, project: row.text(5), applicant: applicant,
        states: states.split(separator: " ").map(String.init), isOver: isOver != 0,
        due: row.text(9).flatMap { LegalDate($0) },
        timer: row.text(10).flatMap { LegalDate($0) }, openedOn: opened, tasks: tasks[number] ?? [],
        terms: terms[number] ?? []),
      version: version)
  }

  func events(_ number: String, after position: Int) throws -> [JSONValue] {
    try session.all(
      """
      SELECT position, body FROM karez_case_event
      WHERE number = \(number) AND position > \(position) ORDER BY position
      """
    ).map { row in
      guard let text = row.text(1), let body = try? JSONValue(parsing: text),
        body["position"]?.integer == row.integer(0)
      else { throw StoreError.corrupt(what: "case \(number) event \(row.int(0) ?? 0)") }
      return body
    }
  }

  // MARK: Writing

  /// What became of events that were to be added.
  struct Added {
    let version: Int
    /// What the log has to say of the case now; nil where they had been added before.
    let witness: String?
  }

  /// Adds the events and writes where the case then stands.
  func append(_ append: CaseAppend, in scope: Scope) throws -> Added {
    let after = append.after
    let known = try head(after.number, in: .all)
    let isReached = CaseAccess.reaches(scope, known?.head.stored.region ?? after.region)
    // What is out of scope was never recorded, as far as the caller can tell.
    if let known, isReached, let version = try added(append, to: known.head) {
      return Added(version: version, witness: nil)
    }
    let found = isReached ? known?.head.version ?? 0 : 0
    guard isReached, found == append.expecting,
      known.map({ $0.head.stored.region == after.region }) ?? true
    else {
      throw StoreError.recordConflict(
        kind: "case", key: after.number, expected: append.expecting, found: found)
    }
    var chain = CaseChain(known?.sm3 ?? CaseChain.beginning)
    for (place, event) in append.events.enumerated() {
      let position = append.expecting + place + 1
      guard event["position"] == .integer(Int64(position)) else {
        throw StoreError.corrupt(what: "case \(after.number) event \(position)")
      }
      let text = event.canonicalText
      chain.add(text)
      try session.run(
        """
        INSERT INTO karez_case_event (number, position, kind, append_key, body)
        VALUES (\(after.number), \(position), \(event["kind"]?.string ?? ""), \(append.key),
          \(text))
        """)
    }
    let version = append.expecting + append.events.count
    try write(after, version, chain.sm3)
    return Added(
      version: version,
      witness: CaseHead(stored: after, version: version).witness(chain: chain.sm3))
  }

  /// The version an order that was carried out before led to; nil where it never was.
  private func added(_ append: CaseAppend, to head: CaseHead) throws -> Int? {
    let last = try session.first(
      """
      SELECT min(position), max(position) FROM karez_case_event
      WHERE number = \(append.after.number) AND append_key = \(append.key)
      """)
    guard let first = last?.int(0), let end = last?.int(1) else { return nil }
    let before = try events(append.after.number, after: first - 1)
      .prefix(end - first + 1)
    guard Array(before) == append.events else {
      throw StoreError.recordConflict(
        kind: "case", key: append.after.number, expected: append.expecting, found: head.version)
    }
    return end
  }

  private func write(_ stored: StoredCase, _ version: Int, _ sm3: String) throws {
    try session.run("DELETE FROM karez_case WHERE number = \(stored.number)")
    try session.run("DELETE FROM karez_case_task WHERE number = \(stored.number)")
    try session.run("DELETE FROM karez_case_term WHERE number = \(stored.number)")
    try session.run(
      """
      INSERT INTO karez_case (\(.names(Self.columns))) VALUES (\(stored.number), \(version),
        \(stored.procedure), \(stored.procedureVersion), \(stored.region), \(stored.project),
        \(stored.applicant), \(stored.states.joined(separator: " ")), \(stored.isOver ? 1 : 0),
        \(stored.due?.description), \(stored.timer?.description),
        \(stored.openedOn.description), \(sm3))
      """)
    for task in stored.tasks {
      try session.run(
        """
        INSERT INTO karez_case_task (number, transition, role)
        VALUES (\(stored.number), \(task.transition), \(task.role))
        """)
    }
    for term in stored.terms {
      try session.run(
        """
        INSERT INTO karez_case_term
          (number, clock, procedure, region, ended_on, used, length, is_late)
        VALUES (\(stored.number), \(term.clock), \(stored.procedure), \(stored.region),
          \(term.endedOn.description), \(term.used), \(term.length), \(term.isLate ? 1 : 0))
        """)
    }
  }
}

/// The events of one case as one digest: each covers the one before.
struct CaseChain {
  static let beginning = String(repeating: "0", count: 64)

  private(set) var sm3: String

  init(_ sm3: String) { self.sm3 = sm3 }

  mutating func add(_ event: String) {
    sm3 = SM3.digest(sm3 + "\n" + event).description
  }
}

extension CaseHead {
  /// What the log says of where a case stands: its events and what lists are asked by.
  func witness(chain: String) -> String {
    let tasks = stored.tasks.map {
      JSONValue.array([.string($0.transition), .string($0.role)])
    }
    var whole: [String: JSONValue] = [
      "number": .string(stored.number), "version": .integer(Int64(version)),
      "procedure": .string(stored.procedure),
      "procedureVersion": .string(stored.procedureVersion), "region": .string(stored.region),
      "project": .optional(stored.project), "applicant": .string(stored.applicant),
      "states": .array(stored.states.map(JSONValue.string)), "over": .boolean(stored.isOver),
      "due": .optional(stored.due?.description), "timer": .optional(stored.timer?.description),
      "openedOn": .string(stored.openedOn.description), "tasks": .array(tasks),
      "chain": .string(chain),
    ]
    // A case of which no term ended yet says nothing of them.
    if !stored.terms.isEmpty { whole["terms"] = .array(stored.terms.map(\.json)) }
    return SM3.digest(JSONValue.object(whole).canonicalText).description
  }
}

extension StoredCase.EndedTerm {
  fileprivate var json: JSONValue {
    .array([
      .string(clock), .string(endedOn.description), .integer(Int64(used)),
      .integer(Int64(length)), .boolean(isLate),
    ])
  }
}
