import KarezAccounts
import KarezCore
import KarezIndicators

/// Reads `plan/targets.csv`, `plan/commitments.csv` and `plan/projects.csv`.
struct PlanTableFiles {
  let tables: [String: CodeTable]
  let book: IndicatorBook
  private(set) var targets: [PlanTarget] = []
  private(set) var commitments: [PlanCommitment] = []
  private(set) var projects: [ProjectEntry] = []
  private(set) var faults: [PackFault] = []

  init(tables: [String: CodeTable], book: IndicatorBook) {
    self.tables = tables
    self.book = book
  }

  mutating func read(_ file: PackFolder.File) {
    let name = file.path.split(separator: "/").last.map(String.init)
    switch name {
    case "targets.csv":
      each(
        file,
        ["indicator", "region", "year", "bound", "unit", "baseline", "source", "certainty"]
      ) { reader, fields, place in reader.readTarget(fields, at: place) }
    case "commitments.csv":
      each(
        file,
        ["id", "place", "zh", "en", "quantity", "unit", "by", "system", "kind", "stated"]
      ) { reader, fields, place in reader.readCommitment(fields, at: place) }
    case "projects.csv":
      each(
        file, ["number", "printed", "category", "region", "title", "budget", "funds", "slip"]
      ) { reader, fields, place in reader.readProject(fields, at: place) }
    default:
      faults.append(PackFault(PackOrigin(file: file.path, line: 1), .fileUnexpected))
    }
  }

  private mutating func each(
    _ file: PackFolder.File, _ columns: [String],
    _ take: (inout PlanTableFiles, [String], PackOrigin) -> Void
  ) {
    let start = PackOrigin(file: file.path, line: 1)
    do throws(PackFault) {
      let records = try CommaText.records(file.bytes, file: file.path)
      guard records.first?.fields == columns else {
        throw PackFault(start, .columnsMissing(columns))
      }
      if records.count == 1 { throw PackFault(start, .empty) }
      for record in records.dropFirst() {
        let place = PackOrigin(file: file.path, line: record.line)
        guard record.fields.count == columns.count else {
          throw PackFault(
            place, .wrongFieldCount(found: record.fields.count, expected: columns.count))
        }
        take(&self, record.fields, place)
      }
    } catch {
      faults.append(error)
    }
  }

  private mutating func add(_ what: PackFault.What, _ place: PackOrigin) {
    faults.append(PackFault(place, what))
  }

  private mutating func readTarget(_ fields: [String], at place: PackOrigin) {
    guard let definition = book.definition(fields[0]) else {
      return add(.target(.indicatorUnknown(fields[0])), place)
    }
    guard isRegion(fields[1], place) else { return }
    guard let year = Int(fields[2]), (1900...2200).contains(year) else {
      return add(.notNumber(key: "year", text: fields[2]), place)
    }
    guard let bound = PlanBound(printed: fields[3], definition.direction) else {
      return add(.notQuantity(key: "bound", text: fields[3]), place)
    }
    guard let unit = PlanUnit(named: fields[4]) else {
      return add(.planUnitUnknown(fields[4]), place)
    }
    let baseline = Double(fields[5])
    guard fields[5].isEmpty || baseline?.isFinite == true else {
      return add(.notNumber(key: "baseline", text: fields[5]), place)
    }
    guard let certainty = Certainty(rawValue: fields[7]) else {
      return add(
        .notOneOf(
          key: "certainty", text: fields[7], allowed: Certainty.allCases.map(\.rawValue)), place)
    }
    let target = PlanTarget(
      indicator: fields[0], region: fields[1], year: year, bound: bound, unit: unit,
      baseline: baseline, source: fields[6], certainty: certainty)
    let isTwice = targets.contains {
      ($0.indicator, $0.region, $0.year) == (target.indicator, target.region, target.year)
    }
    if isTwice { return add(.idTwice(fields[0...2].joined(separator: " ")), place) }
    switch book.fault(of: target) {
    // A doubted unit is told to who supervises; the number stands as it is printed.
    case nil, .unitDoubted: targets.append(target)
    case let fault?: add(.target(fault), place)
    }
  }

  private mutating func isRegion(_ text: String, _ place: PackOrigin) -> Bool {
    let isCode =
      [6, 9].contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    if !isCode { add(.notID(text), place) }
    return isCode
  }

  private mutating func readCommitment(_ fields: [String], at place: PackOrigin) {
    if commitments.contains(where: { $0.id == fields[0] }) { add(.idTwice(fields[0]), place) }
    guard !fields[0].isEmpty, !fields[2].isEmpty, !fields[3].isEmpty else {
      return add(.valueMissing, place)
    }
    let unit = PlanUnit(named: fields[5])
    if !fields[5].isEmpty, unit == nil { return add(.planUnitUnknown(fields[5]), place) }
    let by = LegalDate(fields[6])
    if !fields[6].isEmpty, by == nil { return add(.notDate(key: "by", text: fields[6]), place) }
    guard let kind = PlanCommitment.Kind(rawValue: fields[8]) else {
      return add(
        .notOneOf(
          key: "kind", text: fields[8],
          allowed: PlanCommitment.Kind.allCases.map(\.rawValue)), place)
    }
    commitments.append(
      PlanCommitment(
        id: fields[0], place: fields[1], title: LocalizedText(zh: fields[2], en: fields[3]),
        quantity: fields[4].isEmpty ? nil : fields[4], unit: unit, by: by, kind: kind,
        isStated: fields[9] == "yes"))
  }

  private mutating func readProject(_ fields: [String], at place: PackOrigin) {
    guard let number = Int(fields[0]), number > 0 else {
      return add(.notNumber(key: "number", text: fields[0]), place)
    }
    if projects.contains(where: { $0.number == number }) { add(.idTwice(fields[0]), place) }
    guard isRegion(fields[3], place) else { return }
    let funds = fields[6].split(separator: " ").map(String.init)
    for (table, codes) in [
      ("plan-project-categories", [fields[2]]), ("plan-fund-sources", funds),
    ] {
      for code in codes where tables[table]?.rows.contains(where: { $0.code == code }) != true {
        add(.codeUnknown(table: table, code: code), place)
      }
    }
    let budget = Measure(.tenThousandYuan, decimals: 4).flatMap { Amount(fields[5], $0) }
    if !fields[5].isEmpty, budget == nil {
      return add(.notNumber(key: "budget", text: fields[5]), place)
    }
    projects.append(
      ProjectEntry(
        number: number, printed: fields[1], category: fields[2], region: fields[3],
        title: fields[4], budget: budget?.units, funds: funds,
        slip: fields[7].isEmpty ? nil : fields[7]))
  }
}
