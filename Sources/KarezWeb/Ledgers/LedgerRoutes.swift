import Foundation
import HTTPTypes
import Hummingbird
import KarezAccounts
import KarezCore
import KarezReport
import KarezService
import KarezStore

/// `/ledger`: what accounts of quantities hold, what moved them, and whether they balance, as of
/// two times.
struct LedgerRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ledger", use: page)
    router.get("ledger/file", use: file)
    router.get("ledger/accounts/{kind}/{region}/{year}/{part}", use: account)
    router.get("ledger/accounts/{kind}/{region}/{year}/{part}/file", use: accountFile)
    router.get("ledger/transactions/{number}", use: transaction)
    router.get("api/v1/ledger/accounts", use: answer)
    router.get("api/v1/ledger/accounts/{kind}/{region}/{year}/{part}", use: answerAccount)
    router.get("api/v1/ledger/transactions/{number}", use: answerTransaction)
  }

  // MARK: Pages

  /// All accounts, or those of a kind, a region or a year, with the totals that prove them.
  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let ledgers = try portal.map.ledgers()
    let (query, time) = (try asked.query(), try asked.time())
    let balances = try await ledgers.balances(query, at: time, in: context.visitor.scope)
    let view = LedgerView(
      frame(request, context, time, asked), ledgers, asked,
      TrialBalance(time: time, accounts: balances), portal)
    return .html(try portal.render(view, with: "ledger"))
  }

  /// An account with what moved it.
  @Sendable
  func account(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let ledgers = try portal.map.ledgers()
    let time = try asked.time()
    let statement = try await ledgers.statement(
      of: try Self.name(context), at: time, in: context.visitor.scope)
    let view = LedgerAccountView(
      frame(request, context, time, asked), ledgers, asked, statement, portal)
    return .html(try portal.render(view, with: "ledger-account"))
  }

  /// A transaction with its case and the features it points at.
  @Sendable
  func transaction(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let ledgers = try portal.map.ledgers()
    let recorded = try await ledgers.transaction(
      try Self.number(context), in: context.visitor.scope)
    let view = LedgerTransactionView(
      PageFrame(portal, request, context, at: .desk), ledgers, recorded,
      portal.catalogues[asked.language])
    return .html(try portal.render(view, with: "ledger-transaction"))
  }

  private func frame(
    _ request: Request, _ context: WebContext, _ time: LedgerTime, _ asked: LedgerAsked
  ) -> PageFrame {
    PageFrame(portal, request, context, at: .desk, day: (time.validOn, asked.today))
  }

  // MARK: Files

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let ledgers = try portal.map.ledgers()
    let balances = try await ledgers.balances(
      try asked.query(), at: try asked.time(), in: context.visitor.scope)
    return try await taken(asked, named: "ledger") { path in
      try await ledgers.write(balances, to: path)
    }
  }

  @Sendable
  func accountFile(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let ledgers = try portal.map.ledgers()
    let name = try Self.name(context)
    let statement = try await ledgers.statement(
      of: name, at: try asked.time(), in: context.visitor.scope)
    let short = "\(name.kind)-\(name.region)-\(name.year)-\(name.part)"
    return try await taken(asked, named: short) { path in
      try await ledgers.write(statement, to: path)
    }
  }

  private func taken(
    _ asked: LedgerAsked, named name: String, _ write: (String) async throws -> Void
  ) async throws -> Response {
    guard let format = asked.asked.text("format"), ["csv", "xlsx"].contains(format) else {
      throw WebError.fieldInvalid(name: "format")
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "ledger." + format)
    try await write(path.path)
    let type =
      format == "csv"
      ? "text/csv; charset=utf-8; header=present"
      : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    let day = try asked.time().validOn
    return try .file(path, named: "\(name)-\(day).\(format)", type: type)
  }

  // MARK: Answers for programs

  @Sendable
  func answer(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let time = try asked.time()
    let balances = try await portal.map.ledgers().balances(
      try asked.query(), at: time, in: context.visitor.scope)
    return .json(TrialBalance(time: time, accounts: balances).json)
  }

  @Sendable
  func answerAccount(_ request: Request, context: WebContext) async throws -> Response {
    let asked = LedgerAsked(Asked(request), try await portal.map.today().validOn)
    let statement = try await portal.map.ledgers().statement(
      of: try Self.name(context), at: try asked.time(), in: context.visitor.scope)
    return .json(statement.json)
  }

  @Sendable
  func answerTransaction(_ request: Request, context: WebContext) async throws -> Response {
    let ledgers = try portal.map.ledgers()
    let recorded = try await ledgers.transaction(
      try Self.number(context), in: context.visitor.scope)
    return .json(ledgers.json(of: recorded))
  }

  // MARK: What addresses name

  private static func name(_ context: WebContext) throws -> AccountName {
    let pieces = try ["kind", "region", "year", "part"].map {
      try context.parameters.require($0)
    }
    guard let name = AccountName(pieces.joined(separator: "/")) else { throw WebError.notFound }
    return name
  }

  private static func number(_ context: WebContext) throws -> Int64 {
    guard let number = Int64(try context.parameters.require("number")), number > 0 else {
      throw WebError.notFound
    }
    return number
  }
}

/// Which accounts an address asks for, and as of which two times.
struct LedgerAsked {
  let asked: Asked
  let today: LegalDate

  init(_ asked: Asked, _ today: LegalDate) {
    self.asked = asked
    self.today = today
  }

  func query() throws(WebError) -> LedgerAccountQuery {
    var query = LedgerAccountQuery()
    if let kind = asked.text("kind") {
      guard AccountName(kind: kind, region: "000000", year: 2000) != nil else {
        throw .fieldInvalid(name: "kind")
      }
      query.kind = kind
    }
    if let region = asked.text("region") {
      let isCode =
        region.utf8.count <= 6 && region.utf8.allSatisfy { (0x30...0x39).contains($0) }
      guard isCode else { throw .fieldInvalid(name: "region") }
      query.regionPrefix = region
    }
    if let text = asked.text("year") {
      guard let year = Int(text), AccountName.years.contains(year) else {
        throw .fieldInvalid(name: "year")
      }
      query.year = year
    }
    return query
  }

  func time() throws(WebError) -> LedgerTime {
    var recorded: Int64?
    if let text = asked.text("through") {
      guard let number = Int64(text), number >= 0 else { throw .fieldInvalid(name: "through") }
      recorded = number
    }
    return LedgerTime(validOn: try asked.day("validOn") ?? today, recorded: recorded)
  }

  /// Both times, as they are said again in the addresses of a page's links.
  var times: String {
    ["validOn", "through"].compactMap { name in
      asked.text(name).map { "\(name)=\(Asked.escaped($0))" }
    }.joined(separator: "&")
  }
}
