public import KarezAccounts
public import KarezCore
import KarezStore
import KarezTables

/// Ledgers as lines for people and as tables for spreadsheets.
extension Ledgers {
  /// What the chart says, for programs.
  public var chartJSON: JSONValue {
    .object([
      "kinds": .array(
        chart.kinds.map { kind in
          .object([
            "id": .string(kind.id), "title": Self.json(kind.title),
            "unit": .string(kind.measure.unit.rawValue),
            "decimals": .integer(Int64(kind.measure.decimals)),
            "mayBeNegative": .boolean(kind.mayBeNegative),
            "parts": .array(kind.parts.map(\.rawValue).sorted().map(JSONValue.string)),
            "carry": .string(kind.carry.rawValue), "lapsesInto": .optional(kind.lapsesInto),
            "certainty": .string(kind.certainty.rawValue), "source": Self.json(kind.source),
            "citations": Self.json(kind.citations),
          ])
        }),
      "moves": .array(
        chart.rules.map { rule in
          .object([
            "id": .string(rule.id), "title": Self.json(rule.title), "from": .string(rule.from),
            "to": .string(rule.to), "reach": .string(rule.reach.rawValue),
            "ground": .string(rule.ground.rawValue), "needsCase": .boolean(rule.needsCase),
            "qualities": .array(rule.qualities.map(\.rawValue).sorted().map(JSONValue.string)),
            "paidIn": .optional(rule.paidIn),
            "inForceFrom": .string(rule.inForce.from.description),
            "inForceUntil": .optional(rule.inForce.until?.description),
            "certainty": .string(rule.certainty.rawValue), "source": Self.json(rule.source),
            "citations": Self.json(rule.citations),
          ])
        }),
    ])
  }

  private static func json(_ text: LocalizedText) -> JSONValue {
    .object(["zh": .string(text.zh), "en": .string(text.en)])
  }

  private static func json(_ citations: [Citation]) -> JSONValue {
    .array(
      citations.map {
        .object(["law": .string($0.law), "article": .string($0.article)])
      })
  }

  public func chartLines(in language: Language) -> [String] {
    chart.kinds.map { kind in
      let flags = [kind.measure.unit.rawValue, kind.carry.rawValue, kind.certainty.rawValue]
      return "\(kind.id)\t\(kind.title[language])\t\(flags.joined(separator: "\t"))"
    }
      + chart.rules.map { rule in
        "\(rule.id)\t\(rule.title[language])\t\(rule.from) → \(rule.to)\t\(rule.certainty.rawValue)"
      }
  }

  /// The kind's title, or its id where the chart no longer has it.
  public func title(of kind: String, in language: Language) -> String {
    chart.kind(kind)?.title[language] ?? kind
  }

  public func lines(of balances: [AccountBalance], in language: Language) -> [String] {
    balances.map { balance in
      [
        balance.account.name.description, title(of: balance.account.name.kind, in: language),
        balance.text(balance.balance), balance.text(balance.held),
        balance.text(balance.available), balance.account.measure.unit.rawValue,
      ].joined(separator: "\t")
    }
  }

  // MARK: Tables

  /// Writes balances as `.csv`, `.parquet` or `.xlsx`, a row an account.
  ///
  /// - Errors: `Problem` of kind usage for another name, before anything is written.
  public func write(_ balances: [AccountBalance], to path: String) async throws(Problem) {
    let names = ["received", "given", "balance", "held", "available"]
    let table = LedgerTable(
      texts: [
        .init("指标账户", "account", .text), .init("科目", "kind", .text),
        .init("行政区", "region", .text), .init("年度", "year", .text),
        .init("要件", "part", .text), .init("单位", "unit", .text),
      ],
      numbers: zip(names, ["收入", "支出", "余额", "冻结", "可用"]).map { name, zh in
        .init(zh, name, .decimal)
      },
      rows: balances.map { balance in
        let name = balance.account.name
        return LedgerTable.Row(
          texts: [
            name.description, title(of: name.kind, in: .zh), name.region, String(name.year),
            name.part.description, balance.account.measure.unit.rawValue,
          ],
          numbers: [
            balance.received, balance.given, balance.balance, balance.held, balance.available,
          ].map { LedgerTable.number($0, balance.account.measure) })
      })
    try await table.write(
      LocalizedText(zh: "指标账户余额", en: "Balances"), to: path, by: map.installation)
  }

  /// Writes a statement, a row a transaction.
  public func write(_ statement: LedgerStatement, to path: String) async throws(Problem) {
    let measure = statement.balance.account.measure
    let table = LedgerTable(
      texts: [
        .init("凭证号", "transaction", .text), .init("记账日", "day", .text),
        .init("类型", "sort", .text), .init("办件", "case", .text),
        .init("事由", "reason", .text), .init("对方账户", "others", .text),
      ],
      numbers: [
        .init("数额", "amount", .decimal), .init("冻结", "held", .decimal),
        .init("余额", "balance", .decimal),
      ],
      rows: statement.lines.map { line in
        let transaction = line.recorded.transaction
        return LedgerTable.Row(
          texts: [
            String(transaction.number), transaction.day.description, transaction.sort.rawValue,
            transaction.caseNumber ?? "", transaction.reason,
            line.others.map(\.description).joined(separator: "; "),
          ],
          numbers: [line.units, line.held, line.balance].map {
            LedgerTable.number($0, measure)
          })
      })
    try await table.write(
      LocalizedText(zh: "账户对账单", en: "Statement"), to: path, by: map.installation)
  }
}

extension LedgerStatement {
  public func textLines(in language: Language) -> [String] {
    lines.map { line in
      let transaction = line.recorded.transaction
      return [
        String(transaction.number), transaction.day.description, transaction.sort.rawValue,
        balance.text(line.units), balance.text(line.held), balance.text(line.balance),
        transaction.caseNumber ?? "", transaction.reason,
      ].joined(separator: "\t")
    }
  }
}

/// A table of texts, then numbers.
private struct LedgerTable {
  struct Row {
    let texts: [String]
    let numbers: [Double]
  }

  let texts: [Spreadsheet.Column]
  let numbers: [Spreadsheet.Column]
  let rows: [Row]

  /// Exact as printed with the measure's decimals for all amounts below 2^53 of the last one.
  static func number(_ units: Int64, _ measure: Measure) -> Double {
    Double(measure.text(units)) ?? 0
  }

  func write(
    _ title: LocalizedText, to path: String, by installation: Installation
  ) async throws(Problem) {
    if Spreadsheet.isMeant(by: path) {
      var sheet = Spreadsheet(title: title, columns: texts + numbers)
      sheet.rows = rows.map { row in
        row.texts.map(AttributeValue.text) + row.numbers.map(AttributeValue.decimal)
      }
      return try await sheet.write(to: path, by: installation)
    }
    guard let format = TableFormat(path: path) else {
      throw Wording(
        "output-format-unknown", "输出文件须为 .csv、.xlsx 或 .parquet",
        "the output is a .csv, a .xlsx or a .parquet file", do: "更正文件名", "mend the name"
      ).problem(.usage, at: "--out")
    }
    do throws(TableError) {
      let schema = try TableSchema(
        texts.map { TableColumn($0.title.en, .text) }
          + numbers.map { TableColumn($0.title.en, .decimal(places: 2)) })
      let writer = try format.writer(to: path, schema: schema)
      var batch = TableBatch(schema, capacity: rows.count)
      for row in rows {
        for (place, text) in row.texts.enumerated() { batch[place].append(text: text) }
        for (place, number) in row.numbers.enumerated() {
          batch[texts.count + place].append(number: number)
        }
      }
      try writer.append(batch)
      try writer.finish()
    } catch {
      throw .table(error)
    }
  }
}
