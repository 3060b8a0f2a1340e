import Foundation
import KarezAccounts
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// What an office and its applicants do on the map of the matrix: cases with papers in both counties,
/// accounts of a ledger, and what one applicant has.
extension AccessMap {
  struct Business: Sendable {
    /// By county.
    let cases: [String: String]
    let codes: [String: String]
    let transactions: [String: String]
    /// Somebody who applies, with a case, a draft and a mandate of their own.
    let applicant: Person
    let own: String
    let draft: String
    let deputy: String

    /// What stands for marks in an address, as far as it is of a county.
    func names(of county: String) -> [String: String] {
      [
        "{case}": cases[county] ?? "", "{code}": codes[county] ?? "",
        "{account}": AccessMap.account(county), "{transaction}": transactions[county] ?? "",
      ]
    }

    /// The same, of a county there is not.
    func never(instead county: String) -> [String: String] {
      [
        "{case}": (cases[county] ?? "").replacing(county, with: "653999"), "{code}": "none",
        "{account}": AccessMap.account("653999"), "{transaction}": "999999",
      ]
    }
  }

  static func account(_ county: String) -> String { "annual-plan-quota/\(county)/2026/any" }

  static func business(_ map: OneMap) async throws -> Business {
    let applicant = try await applicant(map)
    var (cases, codes): ([String: String], [String: String]) = ([:], [:])
    var transactions: [String: String] = [:]
    for county in counties {
      let opened = try await opened(in: county, for: word(.internal, county, "applicant"), map)
      let number = opened.view.opening.number
      cases[county] = number
      let code: String = try #require(opened.trackingCode)
      codes[county] = code
      let letter = try await map.cases.draft(
        number, for: "not-accept", key: "letter", by: .operator)
      let text = LetterText(
        title: letter.current.title, paragraphs: [word(.internal, county, "letter")])
      _ = try await map.cases.revise(number, to: text, key: "text", by: .operator)
      transactions[county] = try await posted(in: county, map)
    }
    let own = try await opened(in: counties[0], for: "a20250001", what: "own", map)
    return Business(
      cases: cases, codes: codes, transactions: transactions, applicant: applicant,
      own: own.view.opening.number, draft: try await draft(of: applicant, map),
      deputy: try await deputy(map))
  }

  private static func opened(
    in county: String, for applicant: String, what: String = "project", _ map: OneMap
  ) async throws -> OpenedCase {
    let folder = map.data.appending(path: "matrix-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var order = Cases.OpeningOrder(
      procedure: CaseRoom.procedure, region: county, applicant: applicant,
      key: UUID().uuidString)
    order.project = word(.internal, county, what)
    for document in CaseRoom.needed {
      let isBoundary = document == "boundary"
      let name = isBoundary ? CasePaper(of: document).name : document + ".txt"
      let text = isBoundary ? CasePaper(of: document).text : word(.internal, county, "paper")
      let place = folder.appending(path: name)
      try Data(text.utf8).write(to: place)
      order.documents.append(
        Cases.Attachment(document: document, path: place.path, name: name))
    }
    return try await map.cases.openTracked(order, by: .operator)
  }

  private static func posted(in county: String, _ map: OneMap) async throws -> String {
    let orders = """
      [{"act": "post", "key": "matrix \(county)", "day": "2026-01-05",
        "reason": "\(word(.internal, county, "account"))", "moves": [{"rule": "plan-issued",
        "from": "annual-plan-issued/\(county)/2026/any", "to": "\(account(county))",
        "amount": "12.50"}]}]
      """
    let ledgers = try map.ledgers()
    let read = try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: orders))
    let receipts = try await ledgers.post(read, by: .operator, in: .all)
    return String(try #require(receipts.first).transaction.number)
  }

  private static func draft(of person: Person, _ map: OneMap) async throws -> String {
    let who = try #require(try await map.accounts.signedIn(person.cookie)?.principal)
    let id = try await map.applicants.begin(
      "administrative-procedure/temporary-land", by: who)
    let draft = try await map.applicants.draft(id, for: who)
    try await map.applicants.save(
      Applicants.Filling(region: "653101", project: word(.internal, "all", "draft"), answers: [:]),
      in: id, expecting: draft.version, by: who)
    // Whoever acts for them is called by a word of their own.
    let agent = AccountOrder(id: "a20250002", name: word(.internal, "all", "agent"), roles: [])
    var other = Applicant(kind: .person, contact: "13800000001")
    other.realName = .verified
    _ = try await session(of: agent, map, as: other)
    let today = try map.cases.today
    let mandate = Mandate(
      id: "0123456789abcdef", principal: "a20250001", agent: agent.id,
      services: [CaseRoom.procedure], lastDay: try #require(today.adding(days: 30)),
      givenOn: today)
    try await map.store.put(
      RecordBatch([mandate.change], entry: .init(kind: "test", body: [:])), by: .operator)
    return id
  }

  private static func deputy(_ map: OneMap) async throws -> String {
    for id in ["away", "stands-in"] {
      _ = try await session(of: AccountOrder(id: id, name: id, roles: ["approver"]), map)
    }
    let away = try await map.accounts.account("away").principal(in: map.offices)
    let today = try map.cases.today
    var order = DeputyOrder(deputy: "stands-in", from: today, through: today)
    order.reason = word(.internal, "all", "deputy")
    return try await map.deputies.name(order, by: away).id
  }

  // MARK: Programs

  /// Programs that speak for accounts by tokens: one that may look, one that may hand in.
  static func programs(_ map: OneMap) async throws -> [Person] {
    let all: [(role: String, may: Set<Permission>, regions: [String]?)] = [
      ("approver", [.view], nil), ("submitter", [.view, .submit], ["653101"]),
    ]
    var programs: [Person] = []
    for one in all {
      let id = "t-" + one.role
      let order = AccountOrder(id: id, name: id, roles: [one.role], ceiling: .confidential)
      let cookie = try await session(of: order, map)
      let owner = try #require(try await map.accounts.signedIn(cookie)?.principal)
      let token = TokenOrder(
        title: "matrix", permissions: one.may, ceiling: .internal, regions: one.regions, days: 7)
      let (_, text) = try await map.accounts.issueToken(token, for: id, by: owner)
      var person = Person(
        role: try #require(map.offices.role(one.role)), regions: one.regions, ceiling: .internal,
        cookie: "")
      person.token = text
      person.mayHandIn = one.may.contains(.submit)
      programs.append(person)
    }
    return programs
  }
}

extension AccessMap.Person {
  var headers: [String: String] {
    if isAnonymous { return [:] }
    if let token { return ["Authorization": "Bearer " + token] }
    return ["Cookie": "karez-session=\(cookie)"]
  }

  func isNear(_ county: String) -> Bool { regions.map { $0.contains(county) } ?? true }

  /// Whether ledgers of a county are there for the person, said plainly.
  func keepsBooks(of county: String) -> Bool { reaches(.internal) && isNear(county) }

  /// Whether cases of a county are there: not for those who keep the installation.
  func looksAtCases(of county: String) -> Bool {
    reaches(.internal) && isNear(county) && !["operator", "security"].contains(role.id)
  }

  /// Whether their papers are: for who acts in the procedure, supervises or audits; a program acts
  /// where it may hand in, and supervises nothing.
  func readsPapers(of county: String) -> Bool {
    guard looksAtCases(of: county) else { return false }
    if token != nil { return mayHandIn && role.id == "submitter" }
    return ["submitter", "approver", "auditor"].contains(role.id)
  }

  /// Whether a word of the business may be told to the person; nil for a word of the map.
  func mayBeTold(_ what: String, of county: String) -> Bool? {
    switch what {
    case "project": looksAtCases(of: county)
    case "applicant", "letter": readsPapers(of: county)
    case "paper": isApplicant || readsPapers(of: county)
    case "own": isApplicant || looksAtCases(of: county)
    case "account": keepsBooks(of: county)
    case "draft", "agent": isApplicant
    // Those who sign, look after accounts or read the log see who acts for whom.
    case "deputy": !isApplicant && ["approver", "operator", "auditor"].contains(role.id)
    default: nil
    }
  }
}
