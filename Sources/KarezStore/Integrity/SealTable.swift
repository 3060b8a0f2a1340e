import KarezCore

/// 完整性校验码登记: `karez_seal` inside the caller's transaction.
struct SealTable {
  let session: any Session
  let provider: any IntegrityProvider

  func put(_ sealed: Sealed) throws {
    try remove(sealed)
    try session.run(
      """
      INSERT INTO karez_seal (subject, key_id, code)
      VALUES (\(sealed.subject), \(provider.keyID), \(provider.code(of: sealed.text)))
      """)
  }

  func remove(_ sealed: Sealed) throws {
    try session.run("DELETE FROM karez_seal WHERE subject = \(sealed.subject)")
  }

  /// Nil where it carries no code.
  func holds(_ sealed: Sealed) throws -> Bool? {
    try session.text(SQL("SELECT code FROM karez_seal WHERE subject = \(sealed.subject)").kept)
      .map { provider.matches($0, sealed.text) }
  }

  /// - Errors: `StoreError.integrityBroken` where the code is another, or none.
  func check(_ sealed: Sealed) throws {
    guard try holds(sealed) == true else {
      throw StoreError.integrityBroken(subject: sealed.subject)
    }
  }

  // MARK: Everything there is

  /// Gives a code to all that has to carry one, in a map that has none.
  func putAll() throws -> Int {
    try endWhatBegan(RecordSealing.begunNames)
    let all = try everything()
    for sealed in all { try put(sealed) }
    return all.count
  }

  /// Gives a code to the rows of kinds that carried none before; answers how many there were.
  ///
  /// - Errors: `StoreError.integrityBroken` for a row that should have had one, or has one
  ///   although the map says that none of its kind do.
  func putMissing() throws -> Int {
    try endWhatBegan(RecordSealing.begunNames.subtracting(RecordSealing.firstNames))
    let before = try labels() + records { RecordSealing.firstNames.contains($0.name) }
    for sealed in before { try check(sealed) }
    let missing = try records { !RecordSealing.firstNames.contains($0.name) }
    for sealed in missing {
      guard try holds(sealed) == nil else {
        throw StoreError.integrityBroken(subject: sealed.subject)
      }
      try put(sealed)
    }
    return missing.count
  }

  private func endWhatBegan(_ names: Set<String>) throws {
    for name in names.sorted() {
      try session.run("DELETE FROM karez_record WHERE kind = \(name)")
    }
  }

  /// All that has to carry a code.
  func everything() throws -> [Sealed] { try labels() + records { _ in true } }

  private func labels() throws -> [Sealed] {
    var all: [Sealed] = []
    for row in try session.all("SELECT id, definition FROM karez_dataset ORDER BY id") {
      guard let dataset = row.text(0).flatMap({ DatasetID($0) }) else { continue }
      all.append(Sealed(label: row.text(1) ?? "", of: dataset))
    }
    for row in try session.all("SELECT id, scope FROM karez_answer_scope ORDER BY id") {
      all.append(Sealed(scope: row.text(1) ?? "", ofAnswer: row.text(0) ?? ""))
    }
    for name in RelationalStore.sealedSettings {
      let value = try session.text("SELECT value FROM karez_meta WHERE key = \(name)")
      if let value { all.append(Sealed(setting: name, value)) }
    }
    return all
  }

  private func records(of isWanted: (RecordKind) -> Bool) throws -> [Sealed] {
    // What is not known to go without is held to a code, so that no kind is forgotten here.
    let open = SQL.joined(RecordSealing.openNames.sorted().map { "\($0)" }, by: ", ")
    let rows = try session.rows(
      """
      SELECT \(RecordTable.columns) FROM karez_record WHERE kind NOT IN (\(open))
      ORDER BY kind, "key"
      """)
    var all: [Sealed] = []
    while let row = try rows.next() {
      let kind = RecordKind.named(row.text(0) ?? "")
      guard isWanted(kind) else { continue }
      // A record that cannot be read is a fault of the log's to tell.
      if let record = try? RecordTable.record(of: row, kind), let sealed = Sealed(record) {
        all.append(sealed)
      }
    }
    return all
  }
}

extension LogVerifier {
  /// Every permission and label carries the code that the installation's key gives it.
  mutating func verifySeals(_ provider: any IntegrityProvider) throws {
    let table = SealTable(session: session, provider: provider)
    for sealed in try table.everything() {
      countRow()
      guard let holds = try table.holds(sealed) else {
        add(0, "code-missing", sealed.subject)
        continue
      }
      if !holds { add(0, "code-altered", sealed.subject) }
    }
  }
}
