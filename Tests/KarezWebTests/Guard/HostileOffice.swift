import Foundation
import KarezAccounts
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import KarezWriting
import TestSupport
import Testing

@testable import KarezService

/// An office where everything that applicants, officers and programs type is an attack on whoever
/// reads it: names, reasons, notes, letters, titles, file names, numbers of projects.
struct HostileOffice {
  /// What is typed, long, in fields that take little, and as the name of a file.
  struct Texts {
    var long: String
    var short: String
    var file: String

    static let scripts = Texts(
      long: Hostile.payloads.joined(separator: " "), short: Hostile.payloads[1],
      file: "<img src=x onerror=window.ran=1>")
    static let formulas = Texts(
      long: Hostile.formulas[0], short: Hostile.formulas[0], file: Hostile.formulas[1])
  }

  /// Somebody who reads, and where.
  struct Reader {
    let name: String
    let cookie: String
    let pages: [String]

    var headers: [String: String] { ["Cookie": "karez-session=\(cookie)"] }
  }

  static let account = "annual-plan-quota/653121/2026/any"

  let readers: [Reader]
  let batch: String

  /// The cookie of a reader.
  func headers(of name: String) throws -> [String: String] {
    try #require(readers.first { $0.name == name }).headers
  }

  // MARK: Making it

  static func prepare(_ map: OneMap, _ texts: Texts) async throws -> HostileOffice {
    try await Hostile.prepare(map)
    var making = Making(map: map, texts: texts)
    try await making.people()
    try await making.cases()
    try await making.applications()
    try await making.trust()
    try await making.land()
    let batch = try await making.checks()
    return HostileOffice(readers: making.readers(batch), batch: batch)
  }
}

/// What is made one after another.
private struct Making {
  let map: OneMap
  let texts: HostileOffice.Texts
  var cookies: [String: String] = [:]
  var number = ""
  var own = ""
  var draft = ""
  var answer = ""

  init(map: OneMap, texts: HostileOffice.Texts) {
    self.map = map
    self.texts = texts
  }

  private var localized: LocalizedText {
    LocalizedText(zh: texts.long, en: texts.long, ug: texts.long)
  }

  private func principal(_ id: String) async throws -> Principal {
    try #require(try await map.accounts.signedIn(cookies[id] ?? "")?.principal)
  }

  mutating func people() async throws {
    for (id, roles) in [
      ("clerk", ["submitter", "approver"]), ("away", ["approver"]), ("keeper", ["operator"]),
      ("guard", ["security"]), ("watch", ["auditor"]),
    ] {
      let order = AccountOrder(
        id: id, name: texts.long, roles: roles, ceiling: .confidential, agency: texts.short)
      cookies[id] = try await AccessMap.session(of: order, map)
    }
    for id in ["a20250001", "a20250002"] {
      var applicant = Applicant(kind: .person, contact: texts.short)
      applicant.realName = .verified
      let order = AccountOrder(id: id, name: texts.long, roles: [])
      cookies[id] = try await AccessMap.session(of: order, map, as: applicant)
    }
  }

  // MARK: Cases

  mutating func cases() async throws {
    number = try await opened(for: texts.short)
    own = try await opened(for: "a20250001")
    for one in [number, own] {
      _ = try await map.cases.draft(one, for: "not-accept", key: "letter", by: .operator)
      let letter = LetterText(title: texts.short, paragraphs: [texts.long])
      _ = try await map.cases.revise(one, to: letter, key: "text", by: .operator)
      try await map.cases.act(
        Cases.Order(
          .review(document: "application", isAccepted: false, note: texts.long),
          key: "note " + one),
        in: one, by: .operator)
    }
    var order = DeputyOrder(
      deputy: "clerk", from: try map.cases.today, through: try map.cases.today)
    order.reason = texts.short
    _ = try await map.deputies.name(order, by: try await principal("away"))
  }

  private func opened(for applicant: String) async throws -> String {
    let folder = map.data.appending(path: "hostile-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var order = Cases.OpeningOrder(
      procedure: CaseRoom.procedure, region: "653101", applicant: applicant,
      key: UUID().uuidString)
    order.project = texts.short
    for document in CaseRoom.needed {
      let paper = CasePaper(of: document)
      let place = folder.appending(path: paper.name)
      try Data(paper.text.utf8).write(to: place)
      order.documents.append(
        Cases.Attachment(
          document: document, path: place.path, name: texts.file + "-" + paper.name))
    }
    return try await map.cases.openTracked(order, by: .operator).view.opening.number
  }

  // MARK: Applicants

  mutating func applications() async throws {
    let who = try await principal("a20250001")
    draft = try await map.applicants.begin(ApplicantRoom.procedure, by: who)
    let version = try await map.applicants.draft(draft, for: who).version
    var answers = ApplicantRoom.answers
    (answers["contact_person"], answers["use_detail"]) = (texts.short, texts.short)
    try await map.applicants.save(
      Applicants.Filling(region: "653101", project: texts.short, answers: answers), in: draft,
      expecting: version, by: who)
    let today = try map.cases.today
    let mandate = Mandate(
      id: "0123456789abcdef", principal: "a20250001", agent: "a20250002",
      services: [ApplicantRoom.procedure], lastDay: try #require(today.adding(days: 30)),
      givenOn: today)
    try await map.store.put(
      RecordBatch([mandate.change], entry: .init(kind: "test", body: [:])), by: .operator)
  }

  // MARK: Proposals, tokens and jobs

  func trust() async throws {
    let clerk = try await principal("clerk")
    let keeper = try await principal("keeper")
    let twoPersons = map.twoPersons
    _ = try await twoPersons.request(
      ReleaseOrder(dataset: Hostile.dataset, format: .csv), because: texts.long, by: clerk)
    let order = AccountOrder(id: "watch", name: texts.long, roles: ["viewer"])
    let refused = try await twoPersons.grant(order, because: texts.long, by: keeper)
    _ = try await twoPersons.refuse(
      refused.id, because: texts.long, by: try await principal("guard"))
    _ = try await twoPersons.grant(order, because: texts.long, by: keeper)
    let token = TokenOrder(
      title: texts.short, permissions: [.view], ceiling: .public, regions: nil, days: 7)
    _ = try await map.accounts.issueToken(token, for: "clerk", by: clerk)
    var job = Job(
      "references", of: "hostile", subject: .object(["dataset": .string(Hostile.dataset)]),
      by: clerk.actor, at: map.clock.now())
    job.state = .failed
    job.due = nil
    job.problem =
      Problem(
        .refused, code: "hostile", place: texts.long, what: localized, remedy: localized
      ).json
    try await map.store.put(RecordBatch([job.change]), by: .operator)
  }

  // MARK: Plan and ledger

  func land() async throws {
    // The first project of the plan that comes with the packs.
    try await map.indicators().record(
      PlanProjectProgress(
        number: 1, stage: "running", spent: 1, reason: texts.long, footprint: nil),
      by: .operator, in: .all)
    let move = JSONValue.object([
      "rule": .string("plan-issued"), "from": .string("annual-plan-issued/653121/2026/any"),
      "to": .string(HostileOffice.account), "amount": .string("12.50"),
    ])
    let order = JSONValue.object([
      "act": .string("post"), "key": .string("hostile"), "day": .string("2026-01-05"),
      "reason": .string(texts.long), "case": .string(texts.short), "moves": .array([move]),
    ])
    let ledgers = try map.ledgers()
    let orders = try LedgerOrderReader(ledgers.chart).orders(.array([order]))
    _ = try await ledgers.post(orders, by: .operator, in: .all)
  }

  // MARK: Checks

  /// The batch of somebody's, of a file whose name and whose parcels' names are typed, too.
  mutating func checks() async throws -> String {
    let clerk = try await principal("clerk")
    let file = map.data.appending(path: "hostile.geojson")
    defer { try? FileManager.default.removeItem(at: file) }
    let shape = try JSONValue(parsing: CheckPageTests.square(76.002, 76.006))
    let feature = JSONValue.object([
      "type": .string("Feature"), "geometry": shape,
      "properties": .object(["id": .string(texts.short), "name": .string(texts.short)]),
    ])
    let collection = JSONValue.object([
      "type": .string("FeatureCollection"), "features": .array([feature]),
    ])
    try Data(collection.canonicalText.utf8).write(to: file)
    let name = texts.file + ".geojson"
    let boundary = try await map.readBoundary(
      file: FileArgument(file.path), named: name, crs: nil)
    let day = try #require(LegalDate("2025-06-01"))
    answer = try await map.check(
      CheckRequest(boundary: boundary, purpose: nil, validOn: day), by: clerk.actor,
      in: clerk.scope
    ).id
    let limits = try map.webLimits().checks
    _ = try await map.saveCheck(
      answer, titled: texts.short, remark: texts.long, within: limits, by: clerk)
    return try await map.orderBatch(
      try map.batchParcels(of: [(name, boundary)], within: limits),
      CheckBatch.Order(title: texts.short, validOn: day), within: limits, by: clerk)
  }

  // MARK: Pages

  func readers(_ batch: String) -> [HostileOffice.Reader] {
    let project = texts.short.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let clerk = [
      "/cases?list=all", "/cases/\(number)", "/cases/\(own)", "/cases/supervision",
      "/cases/deputies", "/cases/new?procedure=\(CaseRoom.procedure)", "/desk", "/proposals",
      "/account", "/jobs", "/jobs/rows", "/plan", "/plan/indicators?year=2026",
      "/plan/projects", "/ledger?validOn=2026-12-31",
      "/ledger/accounts/\(HostileOffice.account)?validOn=2026-12-31", "/ledger/transactions/1",
      "/projects?code=\(project)", "/register", "/checks", "/checks/batch/\(batch)",
      "/answers/\(answer)", "/?answer=\(answer)", "/checks/compare?answers=\(answer)",
    ]
    let pages = [
      "clerk": clerk,
      "keeper": ["/accounts", "/proposals", "/jobs", "/account", "/cases/deputies"],
      "guard": ["/proposals", "/account"],
      "watch": ["/log", "/log/statistics", "/proposals", "/cases/\(number)", "/cases/deputies"],
      "a20250001": [
        "/my", "/my/cases/\(own)", "/my/drafts/\(draft)", "/my/mandates", "/account",
      ],
      "a20250002": ["/my", "/my/mandates"],
    ]
    return pages.sorted { $0.key < $1.key }.map { name, pages in
      HostileOffice.Reader(
        name: name, cookie: cookies[name] ?? "",
        pages: pages.map { $0 + ($0.contains("?") ? "&" : "?") + "lang=en" })
    }
  }
}
