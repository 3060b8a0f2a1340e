import KarezCore

extension LogVerifier {
  /// The last thing the log says of a record.
  struct SaidRecord {
    let entry: Int64
    let sm3: String
  }

  /// Which record is meant.
  struct RecordName: Hashable, Comparable, CustomStringConvertible {
    let kind: String
    let key: String

    var description: String { "\(kind) \(key)" }

    static func < (left: RecordName, right: RecordName) -> Bool {
      (left.kind, left.key) < (right.kind, right.key)
    }
  }

  /// Takes note of the records an entry witnesses; what is not in the expected form is a fault.
  mutating func noteRecords(_ entry: LogEntry) {
    guard let listed = entry.body["records"]?.array else { return }
    for item in listed {
      guard let kind = item["kind"]?.string, let key = item["key"]?.string,
        let sm3 = item["sm3"]?.string
      else { return add(entry.number, "altered", "\(entry.number) \(entry.kind)") }
      records[RecordName(kind: kind, key: key)] = SaidRecord(entry: entry.number, sm3: sm3)
    }
  }

  /// Compares every witnessed record with the last entry that speaks of it.
  mutating func verifyRecords() throws {
    var left = records
    let rows = try session.rows(
      "SELECT \(RecordTable.columns) FROM karez_record ORDER BY kind, \"key\"")
    while let row = try rows.next() {
      let name = RecordName(kind: row.text(0) ?? "", key: row.text(1) ?? "")
      let kind = RecordKind.named(name.kind)
      guard kind.isWitnessed else { continue }
      countRow()
      guard let said = left.removeValue(forKey: name) else {
        add(0, "row-unrecorded", "record \(name)")
        continue
      }
      let record = try? RecordTable.record(of: row, kind)
      if record.map(RecordWitness.digest) != said.sm3 {
        add(said.entry, "row-altered", "record \(name)")
      }
    }
    for (name, said) in left.sorted(by: { $0.key < $1.key }) {
      add(said.entry, "row-missing", "record \(name)")
    }
  }
}
