import Foundation
import KarezAccounts
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A One Map with a procedure whose steps order everything a step can order.
struct EffectRoom {
  static let procedure = "administrative-procedure/test-land"
  static let county = "653101"

  let map: OneMap
  let clock: HandClock
  let folder: URL
  let home: URL

  var cases: Cases { map.cases }

  /// The clock begins on Saturday, 1 March 2025, at four in the afternoon of Beijing.
  static func with(
    _ engine: MapEngine = .folder, clock: HandClock = HandClock(), isReal: Bool = false,
    _ body: (EffectRoom) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let home = folder.appending(path: "home")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          at: Places.repository.appending(path: "Packs"), to: home.appending(path: "Packs"))
        let workflows = home.appending(path: "Packs/administrative-procedure/workflows")
        try text.write(
          to: workflows.appending(path: "test-land.yaml"), atomically: true, encoding: .utf8)
        let data = folder.appending(path: "karez-data")
        let installation = Installation(home: home, programs: Program.folder)
        _ = try await OneMap.initialise(
          data: data, server: server, installation: installation, by: .operator)
        let map = try await OneMap.open(
          data: data, server: server, installation: installation,
          clock: isReal ? .system : clock.clock)
        let room = EffectRoom(map: map, clock: clock, folder: folder, home: home)
        try await room.prepare()
        try await body(room)
      }
    }
  }

  /// The county the land lies in.
  private func prepare() async throws {
    let counties = try #require(DatasetID("counties"))
    let county = Feature(
      id: Self.county, geometry: .polygons(try SurveyFixture.Box(-100, -100, 900, 900).geometry),
      attributes: ["county_code": .text(Self.county), "name": .text("喀什市")])
    try await TimeFixture(on: map, in: folder)
      .record([county], ending: [], .state, from: "2020-01-01", in: counties)
  }

  /// A square of some nine thousand square metres, and the next ones beside it.
  func boundary(_ place: Int) throws -> Cases.Attachment {
    let (west, east) = (76 + Double(place) / 500, 76 + Double(place) / 500 + 0.001)
    let corners = [(west, 39.0), (east, 39.0), (east, 39.001), (west, 39.001), (west, 39.0)]
      .map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
    return try file(
      "boundary", "b\(place).geojson",
      """
      {"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
      "geometry":{"type":"Polygon","coordinates":[[\(corners)]]}}]}
      """)
  }

  func file(_ document: String, _ name: String, _ text: String) throws -> Cases.Attachment {
    let place = folder.appending(path: name)
    try text.write(to: place, atomically: true, encoding: .utf8)
    return Cases.Attachment(document: document, path: place.path, name: name)
  }

  func open(
    _ place: Int, procedure: String = EffectRoom.procedure, _ more: [String] = ["application"]
  ) async throws -> String {
    var order = Cases.OpeningOrder(
      procedure: procedure, region: Self.county, applicant: "a-1", key: UUID().uuidString)
    order.documents = try [boundary(place)] + more.map { try file($0, "\($0).pdf", "%PDF-1.7 t") }
    return try await cases.open(order, by: .operator).opening.number
  }

  @discardableResult
  func make(
    _ step: String, _ number: String, facts: [FactID: FactValue] = [:]
  ) async throws -> CaseView {
    var order = Cases.Order(.make(transition: step), key: UUID().uuidString)
    order.facts = facts
    return try await cases.act(order, in: number, by: .operator)
  }

  /// Everything that is due, and what follows from it.
  func work() async throws { while try await map.jobs.runOne(worker: "w") {} }

  func view(_ number: String) async throws -> CaseView {
    try await cases.view(number, for: .operator)
  }

  func effect(_ kind: CaseEffect.Kind, _ number: String) async throws -> EffectRun {
    try #require(try await view(number).effects.last { $0.effect.kind == kind })
  }

  /// Quota for so many square metres, under a key of its own.
  func issue(_ squareMetres: String, year: Int = 2025) async throws {
    let ledgers = try map.ledgers()
    let order = """
      [{"act": "post", "key": "\(UUID().uuidString)", "day": "\(year)-01-02", "reason": "下达",
        "moves": [{"rule": "plan-issued",
          "from": "annual-plan-issued/\(Self.county)/\(year)/any",
          "to": "annual-plan-quota/\(Self.county)/\(year)/any", "amount": "\(squareMetres)"}]}]
      """
    let orders = try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: order))
    _ = try await ledgers.post(orders, by: .operator, in: .all)
  }

  func land(_ number: String) async throws -> [FeatureVersion] {
    let dataset = try #require(DatasetID("temporary-land"))
    let today = try await map.today()
    let query = FeatureQuery(dataset: dataset, asOf: today, id: number)
    return try await map.store.features(query, after: nil, limit: 10, in: .all).versions
  }

  func commits(_ number: String) async throws -> [CommitRecord] {
    try await map.commits(of: "temporary-land", in: .all).filter { $0.caseNumber == number }
  }

  func postings(_ number: String) async throws -> [Int64] {
    try await map.ledgers().transactions(
      LedgerTransactionQuery(caseNumber: number), limit: 10, in: .all
    ).map(\.transaction.number)
  }

  static let grants: [FactID: FactValue] = [FactID("conforms"): .boolean(true)]

  static let text = """
    # 试验程序: 审查、通知、数据变更、记账、子办件, 依据土地管理法第五十七条.
    - id: "administrative-procedure/test-land"
      version: "1.0.0"
      title: { zh: "试验用地", en: "Land of a test" }
      inForce: { from: "2020-01-01", until: null }
      cite:
        - { law: "cn/land-administration-law/2019", article: "57", quote: "由县级以上人民政府自然资源主管部门批准" }
      number: { prefix: "SY", digits: "5" }
      opening:
        by: [ window ]
        documents: [ "application", "boundary" ]
      documents:
        - { id: "application", title: { zh: "申请书", en: "Application" } }
        - { id: "boundary", title: { zh: "边界", en: "Boundary" } }
        - { id: "letter", title: { zh: "决定书", en: "Letter" } }
      facts:
        - { id: "compliance_checked", title: { zh: "已审查", en: "checked" }, type: boolean }
        - { id: "conforms", title: { zh: "符合", en: "conforms" }, type: boolean }
        - { id: "quota_used", title: { zh: "已用指标", en: "quota used" }, type: boolean }
      clocks:
        - { id: "validity", term: "administrative-procedure/temporary-land/validity" }
      states:
        - { id: "received", title: { zh: "已收件", en: "Received" }, kind: begin }
        - { id: "accepted", title: { zh: "已受理", en: "Accepted" } }
        - { id: "granted", title: { zh: "准予", en: "Granted" } }
        - { id: "issued", title: { zh: "已发证", en: "Issued" }, kind: end }
        - { id: "refused", title: { zh: "不予", en: "Refused" }, kind: end }
      transitions:
        - id: "accept"
          title: { zh: "受理", en: "Accept" }
          from: [ "received" ]
          to: [ "accepted" ]
          by: [ window ]
          effects:
            - { kind: compliance-check, of: "case-boundary", establishes: "compliance_checked" }
            - { kind: notice, of: "acceptance" }
        - id: "grant"
          title: { zh: "准予", en: "Grant" }
          from: [ "accepted" ]
          to: [ "granted" ]
          by: [ chief ]
          facts: [ "compliance_checked" ]
          when:
            - { fact: "conforms", is: true }
          effects:
            - { kind: dataset-change, of: "temporary-land" }
            - { kind: account-posting, of: "plan-used", establishes: "quota_used" }
        - id: "refuse"
          title: { zh: "不予", en: "Refuse" }
          from: [ "accepted" ]
          to: [ "refused" ]
          by: [ chief ]
          documents: [ "letter" ]
        - id: "issue"
          title: { zh: "发证", en: "Issue" }
          from: [ "granted" ]
          to: [ "issued" ]
          by: [ window ]
          facts: [ "quota_used" ]
          starts: [ "validity" ]
          effects:
            - { kind: certificate, of: "test-certificate" }
            - { kind: sub-case, of: "administrative-procedure/temporary-land" }
            - { kind: notice, of: "nobody-worded-this" }
            - { kind: dataset-change, of: "nobody-described-this" }
      boundary: "boundary"
      effects:
        - { kind: compliance-check, of: "case-boundary", proposes: "conforms" }
        - kind: dataset-change
          of: "temporary-land"
          dataset: "temporary-land"
          values:
            - { attribute: "identifier", from: "case-number" }
            - { attribute: "approval_number", from: "case-number" }
            - { attribute: "approved_on", from: "day" }
            - { attribute: "expires_on", from: "due:validity" }
            - { attribute: "county_code", from: "county" }
            - { attribute: "recorded_area", from: "area" }
        - kind: account-posting
          of: "plan-used"
          moves:
            - { rule: "plan-used", from: { kind: "annual-plan-quota" }, to: { kind: "annual-plan-used" }, amount: "area" }
        - kind: certificate
          of: "test-certificate"
          title: { zh: "试验证", en: "Test certificate" }
          number: { prefix: "SYZ", digits: "5" }
          certifies: { zh: "兹证明 {applicant} 的用地已批准至 {due:validity}。", en: "Approved for {applicant} until {due:validity}." }
          lines:
            - { label: { zh: "面积", en: "Area" }, from: "area" }
      letter:
        document: "letter"
        by: [ reviewer, chief ]
        templates:
          - { step: "refuse", template: "administrative-procedure/licence/refused" }
          - { step: "grant", template: "administrative-procedure/temporary-land/granted" }
    """ + "\n"
}
