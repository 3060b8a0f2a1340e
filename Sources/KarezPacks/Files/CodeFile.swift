import KarezCore

/// Reads `codes/<table>.csv`: columns `code`, `zh`, `en`, then `ug`, `from`, `until` and others.
enum CodeFile {
  /// What `pack.yaml` says of a table.
  struct Declaration {
    let id: String
    let title: LocalizedText
    let source: String
    let certainty: Certainty
    let edition: CodeTable.Edition?
    let origin: PackOrigin
  }

  static func table(
    _ declaration: Declaration, from file: PackFolder.File
  ) -> (table: CodeTable?, faults: [PackFault]) {
    let head = PackOrigin(file: file.path, line: 1)
    let records: [CommaText.Record]
    do throws(PackFault) {
      records = try CommaText.records(file.bytes, file: file.path)
    } catch {
      return (nil, [error])
    }
    guard let header = records.first?.fields, header.prefix(3) == ["code", "zh", "en"] else {
      return (nil, [PackFault(head, .columnsMissing(["code", "zh", "en"]))])
    }
    guard Set(header).count == header.count else {
      return (nil, [PackFault(head, .idTwice(header.joined(separator: ",")))])
    }
    var faults: [PackFault] = []
    var rows: [CodeTable.Row] = []
    for record in records.dropFirst() {
      let place = PackOrigin(file: file.path, line: record.line)
      do throws(PackFault) {
        let row = try row(record, header: header, at: place)
        if rows.contains(where: { $0.code == row.code && overlap($0, row) }) {
          throw PackFault(place, .idTwice(row.code))
        }
        rows.append(row)
      } catch {
        faults.append(error)
      }
    }
    if rows.isEmpty { faults.append(PackFault(head, .empty)) }
    let standard = ["code", "zh", "en", "ug", "from", "until"]
    let table = CodeTable(
      id: declaration.id, title: declaration.title, source: declaration.source,
      certainty: declaration.certainty, edition: declaration.edition,
      columns: header.filter { !standard.contains($0) }, rows: rows)
    return (table, faults)
  }

  private static func overlap(_ one: CodeTable.Row, _ other: CodeTable.Row) -> Bool {
    guard let first = one.validity, let second = other.validity else { return true }
    return first.overlaps(second)
  }

  private static func row(
    _ record: CommaText.Record, header: [String], at place: PackOrigin
  ) throws(PackFault) -> CodeTable.Row {
    guard record.fields.count == header.count else {
      throw PackFault(
        place, .wrongFieldCount(found: record.fields.count, expected: header.count))
    }
    var columns: [String: String] = [:]
    for (name, value) in zip(header, record.fields) { columns[name] = value }
    guard let code = columns.removeValue(forKey: "code"), !code.isEmpty,
      let zh = columns.removeValue(forKey: "zh"), !zh.isEmpty,
      let en = columns.removeValue(forKey: "en"), !en.isEmpty
    else { throw PackFault(place, .valueMissing) }
    let ug = columns.removeValue(forKey: "ug").flatMap { $0.isEmpty ? nil : $0 }
    let validity = try validity(
      from: columns.removeValue(forKey: "from") ?? "",
      until: columns.removeValue(forKey: "until") ?? "", at: place)
    return CodeTable.Row(
      code: code, name: LocalizedText(zh: zh, en: en, ug: ug), validity: validity,
      columns: columns)
  }

  private static func validity(
    from: String, until: String, at place: PackOrigin
  ) throws(PackFault) -> Validity? {
    guard !from.isEmpty || !until.isEmpty else { return nil }
    guard let first = LegalDate(from) else {
      throw PackFault(place, .notDate(key: "from", text: from))
    }
    let last = LegalDate(until)
    guard until.isEmpty || last != nil, let validity = Validity(from: first, until: last) else {
      throw PackFault(place, .notDate(key: "until", text: until))
    }
    return validity
  }
}
