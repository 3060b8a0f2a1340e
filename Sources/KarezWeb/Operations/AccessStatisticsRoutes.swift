import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// How often agencies asked for datasets, as a page and as a table, for whoever may read the log.
struct AccessStatisticsRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("log/statistics", use: page)
    router.get("log/statistics.csv", use: table)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let span = try await span(asked)
    let found = try await portal.map.accessStatistics(
      from: span.first, through: span.last, by: context.visitor.principal)
    let messages = portal.catalogues[asked.language]
    let view = AccessStatisticsView(
      frame: PageFrame(portal, request, context, at: .log), messages, found,
      titles: try await titles(context, messages.language), span: span,
      tableAddress: "/log/statistics.csv?from=\(Self.month(span.first))"
        + "&until=\(Self.month(span.last))&lang=\(messages.language.rawValue)")
    return .html(try portal.render(view, with: "access-statistics"))
  }

  @Sendable
  func table(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let span = try await span(asked)
    let found = try await portal.map.accessStatistics(
      from: span.first, through: span.last, by: context.visitor.principal)
    let messages = portal.catalogues[asked.language]
    var lines = [
      [
        messages.text("accesses_month"), messages.text("agency"), messages.text("dataset"),
        messages.text("accesses_channel"), messages.text("accesses_count"),
      ]
    ]
    lines += found.rows.map { row in
      [
        row.month, AccessStatisticsView.words(of: row.group, messages), row.dataset,
        messages.text("channel_" + row.channel.rawValue), String(row.count),
      ]
    }
    let name = "karez-statistics-\(Self.month(span.first))-\(Self.month(span.last)).csv"
    var response = Response.bytes(
      // Without the mark, spreadsheets on a Chinese system read UTF-8 as GBK.
      [0xEF, 0xBB, 0xBF] + Array(lines.map(Self.line).joined().utf8),
      type: "text/csv; charset=utf-8")
    response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
    return response
  }

  /// A line of CSV; no cell begins as a formula.
  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let isFormula = cell.first.map { "=+-@\t\r".contains($0) } ?? false
      return "\"" + (isFormula ? "'" : "") + cell.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
  }

  /// The months asked for; the last twelve without any.
  private func span(_ asked: Asked) async throws -> (first: LegalDate, last: LegalDate) {
    let today = try await portal.map.today().validOn
    let last = try month(asked, "until") ?? today
    guard let before = last.adding(days: -335) else { throw WebError.fieldInvalid(name: "until") }
    let first = try month(asked, "from") ?? before
    guard first <= last else { throw WebError.fieldInvalid(name: "from") }
    return (first, last)
  }

  private func month(_ asked: Asked, _ name: String) throws(WebError) -> LegalDate? {
    guard let text = asked.text(name) else { return nil }
    guard let day = LegalDate(text + "-01") else { throw .fieldInvalid(name: name) }
    return day
  }

  fileprivate static func month(_ day: LegalDate) -> String { String(day.description.prefix(7)) }

  private func titles(
    _ context: WebContext, _ language: Language
  ) async throws -> [String: String] {
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    return Dictionary(schemas.map { ($0.id.text, $0.title[language]) }) { first, _ in first }
  }
}

/// The page of statistics.
struct AccessStatisticsView {
  struct Row {
    let month: String
    let group: String
    let datasetTitle: String
    let datasetAddress: String
    let channel: String
    let count: String
  }

  let frame: PageFrame
  let help: String
  let from: String
  let until: String
  let rows: [Row]
  let hasRows: Bool
  let withheld: String?
  let tableAddress: String

  init(
    frame: PageFrame, _ messages: MessageCatalogue, _ found: AccessStatistics,
    titles: [String: String], span: (first: LegalDate, last: LegalDate), tableAddress: String
  ) {
    self.frame = frame
    help = messages.text("accesses_help", ["count": String(found.fewestAccounts)])
    from = AccessStatisticsRoutes.month(span.first)
    until = AccessStatisticsRoutes.month(span.last)
    rows = found.rows.reversed().map { row in
      Row(
        month: row.month, group: Self.words(of: row.group, messages),
        datasetTitle: titles[row.dataset] ?? row.dataset,
        datasetAddress: "/catalogue/" + Asked.escaped(row.dataset),
        channel: messages.text("channel_" + row.channel.rawValue),
        count: FigureText.grouped(String(row.count)))
    }
    hasRows = !rows.isEmpty
    withheld =
      found.withheld == 0
      ? nil : messages.text("accesses_withheld", ["count": String(found.withheld)])
    self.tableAddress = tableAddress
  }

  static func words(of group: AccessStatistics.Group, _ messages: MessageCatalogue) -> String {
    switch group {
    case .agency(let name): name
    case .small: messages.text("accesses_small")
    case .unstated: messages.text("accesses_unstated")
    case .machine: messages.text("accesses_machine")
    case .anybody: messages.text("accesses_anybody")
    }
  }
}
