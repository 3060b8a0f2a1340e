import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// Every page there is, opened in a real Chromium in three languages and at two widths.
///
/// Which pages there are follows from the access matrix's table of addresses, so that a page that
/// is new is looked at without anybody thinking of it.
@Suite(
  .serialized, .enabled(if: WebServerTests.hasBrowserFiles, "no browser files: run make setup"),
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
    "no Chromium: run make setup"),
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: ProviderProgram.python),
    "no Python environment: run make setup"))
struct EveryPageTests {
  typealias Client = WebServerTests.Client

  /// `KAREZ_PAGES=long` looks at every page in every language and width; otherwise each route is
  /// looked at once, the languages and widths in turn.
  static let isLong = ProcessInfo.processInfo.environment["KAREZ_PAGES"] == "long"
  static let languages = ["zh", "ug", "en"]
  static let widths = [1280, 390]

  /// A page as somebody is answered it.
  struct Page: Sendable {
    let route: String
    let address: String
    let cookie: String
    /// What the picture of it is called.
    let name: String
    /// Whether it says that there is no such page.
    var isRefused = false
  }

  /// Routes that answer no page of their own, whoever asks: files, parts of pages, and addresses of
  /// forms that lead on.
  static let noPages: Set<String> = [
    "/account/factor/begin", "/account/factor/confirm", "/account/factor/remove", "/account/keys",
    "/account/recovery", "/account/sessions/end", "/account/tokens", "/account/tokens/revoke",
    "/accounts/disable", "/accounts/factors", "/accounts/reset", "/accounts/roles",
    "/accounts/unlock", "/assets/{name}", "/cases/{number}/documents",
    "/cases/{number}/documents/{document}", "/cases/{number}/fees/{order}",
    "/my/cases/{number}/documents", "/my/ground",
    "/cases/{number}/letter", "/cases/{number}/papers/{order}", "/catalogue/{id}/features",
    "/checks/avoid/file", "/checks/batch/{name}/file", "/checks/batch/{name}/progress",
    "/checks/batch/{name}/shapes", "/differences/progress", "/differences/shapes",
    "/downloads/{name}/file", "/downloads/{name}/progress", "/favicon.ico", "/healthz",
    "/identify", "/jobs/rows", "/join/confirm",
    "/ledger/accounts/{kind}/{region}/{year}/{part}/file", "/ledger/file",
    "/log/statistics.csv", "/metrics", "/my/cases/{number}/documents/{document}",
    "/my/cases/{number}/papers/{order}", "/my/drafts", "/my/name", "/print/preview.png",
    "/print/sheet.pdf", "/proposals/approve", "/proposals/refuse", "/proposals/withdraw",
    "/readyz", "/register.csv", "/scope", "/sign-in/directory", "/sign-in/directory/back",
    "/sign-in/second", "/statistics/file", "/statistics/progress", "/submissions/{id}/progress",
    "/submissions/{id}/report.json",
  ]

  @Test func `every page can be read, in every language, on an office screen and on a phone`()
    async throws
  {
    try await Self.withPages(isOpen: true) { client, pages in
      let routes = Set(pages.map(\.route))
      let expected = AccessChannel.all.keys.filter { Self.isPageRoute($0) }
        .map { String($0.dropFirst(4)) }
      #expect(
        Set(expected).subtracting(routes).sorted() == [],
        "a route that is new is a page somebody is answered, or one of `noPages`")
      try await Self.look(at: pages, client)
    }
  }

  @Test func `what a zone does not open says so, and can be read`() async throws {
    try await Self.withPages(isOpen: false, only: ["/join", "/sign-in", "/services"]) {
      client, pages in
      #expect(pages.count >= 3)
      try await Self.look(at: pages, client)
    }
  }

  private static func isPageRoute(_ route: String) -> Bool {
    guard route.hasPrefix("GET /") else { return false }
    let path = String(route.dropFirst(4))
    return !path.hasPrefix("/api/") && !path.hasPrefix("/ogc") && !noPages.contains(path)
  }

  // MARK: Which pages

  static func withPages(
    isOpen: Bool, only wanted: Set<String>? = nil,
    _ body: @escaping (Client, [Page]) async throws -> Void
  ) async throws {
    var people: [AccessMap.Person] = []
    var things: [String: AccessMap.OwnThings] = [:]
    var business: AccessMap.Business?
    try await WebServerTests.withServer(
      changing: { map in
        guard isOpen else { return }
        map.offices.zone.takesApplicants = true
        map.offices.zone.publicEdition = .view
      },
      prepare: { map in
        try await AccessMap.prepare(map)
        business = try await AccessMap.business(map)
        people = try await AccessMap.people(map, ceilings: [.confidential])
          .filter { $0.regions == nil }
        things = try await AccessMap.ownThings(of: people, map)
        try await SearchTests.prepare(map)
        let sender = try #require(people.first { $0.role.id == "submitter" })
        things[sender.cookie] = try await withEdit(things[sender.cookie], of: sender, map)
      }
    ) { client, map in
      let business = try #require(business)
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      var pages: [Page] = []
      for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key }) {
        let path = String(route.drop { $0 != "/" })
        guard route.hasPrefix("GET "), wanted?.contains(path) ?? true else { continue }
        guard isPageRoute(route) || path.hasPrefix("/ogc") else { continue }
        for address in channels.flatMap(\.paths) {
          pages += try await self.pages(
            path, address, people + [business.applicant], things, business, answer, client)
        }
      }
      pages.append(
        Page(
          route: "/nowhere", address: "/nowhere", cookie: people[0].cookie, name: "nowhere",
          isRefused: true))
      try await body(client, pages)
    }
  }

  /// The same with an edit that was prepared of a dataset its sender sees all of.
  private static func withEdit(
    _ things: AccessMap.OwnThings?, of person: AccessMap.Person, _ map: OneMap
  ) async throws -> AccessMap.OwnThings {
    let who = try #require(try await map.accounts.signedIn(person.cookie)?.principal)
    let day = try #require(LegalDate("2025-06-01"))
    let end = EndOrder(
      dataset: "villages", ids: ["653101001001"], day: day, why: EditReason(reason: "looked at"))
    return AccessMap.OwnThings(
      download: things?.download, edit: try await map.plan(.end(end), by: who),
      process: things?.process, batch: things?.batch)
  }

  /// The address as those are answered it who are answered differently: the first of all who are,
  /// and whoever has another role where the page is a case's.
  private static func pages(
    _ route: String, _ address: String, _ people: [AccessMap.Person],
    _ things: [String: AccessMap.OwnThings], _ business: AccessMap.Business, _ answer: String,
    _ client: Client
  ) async throws -> [Page] {
    var names = business.names(of: AccessMap.counties[0])
    names["{own}"] = business.own
    names["{draft}"] = business.draft
    names["{dataset}"] = AccessMap.dataset(.public)
    names["{feature}"] = AccessMap.feature(.public, AccessMap.counties[0])
    names["{attribute}"] = "name"
    names["{submission}"] = AccessMap.submission(.public)
    names["{answer}"] = answer
    let isOfRoles = ["/cases/{number}", "/", "/catalogue/{id}"].contains(route)
    var pages: [Page] = []
    let visitors: [(String, String, AccessMap.OwnThings?)] =
      [("nobody", "", nil)]
      + people.map { ($0.isApplicant ? "applicant" : $0.role.id, $0.cookie, things[$0.cookie]) }
    for (who, cookie, own) in visitors {
      var filled = names
      filled["{download}"] = own?.download
      filled["{edit}"] = own?.edit
      filled["{batch}"] = own?.batch
      filled["{process}"] = own?.process
      // The language is the look's to choose.
      let plain = filled.reduce(address) { $0.replacing($1.key, with: $1.value) }
        .replacing(/[?&]lang=[a-z]+$/, with: "").replacing(/lang=[a-z]+&/, with: "")
      guard !plain.contains("{") else { continue }
      let headers = cookie.isEmpty ? [:] : ["Cookie": "karez-session=\(cookie)"]
      let reply = try await client.get(plain, headers: headers)
      guard reply.status == 200, reply.body.hasPrefix("<!doctype html>") else { continue }
      pages.append(
        Page(route: route, address: plain, cookie: cookie, name: "\(plain) \(who)"))
      if !isOfRoles { break }
    }
    return pages
  }

  // MARK: Looking

  private static func look(at pages: [Page], _ client: Client) async throws {
    var looks: [JSONValue] = []
    var seen: Set<String> = []
    for page in pages {
      let all = languages.flatMap { language in widths.map { (language, $0) } }
      guard isLong || seen.insert(page.route).inserted else { continue }
      for (language, width) in isLong ? all : [all[looks.count % all.count]] {
        looks.append(
          .object([
            "page": .string(page.name), "address": .string(page.address),
            "cookie": .string(page.cookie), "language": .string(language),
            "width": .integer(Int64(width)), "isRefused": .boolean(page.isRefused),
          ]))
      }
    }
    let messages = Places.repository.appending(path: "Portal/messages/en.json")
    let keys = try JSONValue(parsing: Array(try Data(contentsOf: messages)))["messages"]
    guard case .object(let texts)? = keys else { throw Problem.noCatalogue }
    let plan = JSONValue.object([
      "looks": .array(looks),
      "keys": .texts(texts.keys.filter { $0.contains("_") }.sorted()),
    ])
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "plan.json")
      try Data(plan.canonicalText.utf8).write(to: file)
      let script = Places.repository.appending(path: "Tests/Browser/pages.py").path
      var arguments = [script, client.base, file.path]
      if let shots = ProcessInfo.processInfo.environment["KAREZ_SCREENSHOTS"] {
        arguments.append(shots)
      }
      let outcome = try await AttackTests.run(ProviderProgram.python, arguments)
      print("pages: \(looks.count) looks at \(pages.count) pages")
      #expect(
        outcome.output.hasSuffix("\(looks.count) looks, 0 faults\n"),
        "\(outcome.output)\(outcome.problems)")
    }
  }

  private enum Problem: Error { case noCatalogue }
}
