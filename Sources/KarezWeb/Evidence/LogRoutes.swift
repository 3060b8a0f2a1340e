import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The log as an auditor reads it, and who looked at one parcel as anybody may who sees it.
struct LogRoutes: Sendable {
  private static let pageLength = 50

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("log", use: page)
    router.get("log/parcel/{feature}", use: readers)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let principal = context.visitor.principal
    let standing = try await portal.map.evidenceStanding(for: principal)
    let found = try await search(asked, principal)
    let view = LogView(
      frame: PageFrame(portal, request, context, at: .log), portal.catalogues[asked.language],
      standing, found, asked)
    return .html(try portal.render(view, with: "log"))
  }

  @Sendable
  func readers(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let id = try context.featureID
    let (readings, next) = try await portal.map.readings(
      of: id, before: try asked.number("before"), limit: Self.pageLength,
      by: context.visitor.principal)
    let messages = portal.catalogues[asked.language]
    let offices = try await OfficeNames(portal, messages)
    let view = ReadersView(
      frame: PageFrame(portal, request, context), featureID: id,
      readings: readings.map {
        ReadersView.Row(
          office: offices[$0.actor.id], time: SubmissionWords.minute($0.at),
          purpose: $0.purpose)
      },
      hasReadings: !readings.isEmpty,
      olderAddress: next.map { asked.address(setting: "before", to: String($0)) })
    return .html(try portal.render(view, with: "log-readers"))
  }

  private func search(_ asked: Asked, _ principal: Principal) async throws -> LogPage {
    let search = LogSearch(
      kind: asked.text("kind"), actor: asked.text("actor"), dataset: asked.text("dataset"),
      feature: asked.text("feature"), day: try asked.day("day"))
    return try await portal.map.searchLog(
      search, before: try asked.number("before"), limit: Self.pageLength, by: principal)
  }
}

extension Asked {
  /// A positive whole number; nil where it is absent.
  fileprivate func number(_ name: String) throws(WebError) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = Int64(text), number > 0 else { throw .fieldInvalid(name: name) }
    return number
  }
}

/// What offices people hold, by the ids that the log has of them; never their names.
private struct OfficeNames {
  private let titles: [String: String]
  private let operatorName: String

  init(_ portal: Portal, _ messages: MessageCatalogue) async throws {
    let roles = Dictionary(
      try OneMap.roles(of: portal.map.installation).map { ($0.id, $0.title[messages.language]) }
    ) { first, _ in first }
    let accounts = try await portal.gate.accounts.all()
    titles = Dictionary(
      accounts.map { account in
        let held = account.roles.map { roles[$0] ?? $0 }
        return (account.id, messages.language.listed(held))
      }
    ) { first, _ in first }
    operatorName = messages.text("visitor_operator")
  }

  subscript(id: String) -> String { titles[id] ?? operatorName }
}

struct ReadersView {
  struct Row {
    let office: String
    let time: String
    let purpose: String?
  }

  let frame: PageFrame
  let featureID: String
  let readings: [Row]
  let hasReadings: Bool
  let olderAddress: String?
}

/// The page of the log.
struct LogView {
  struct Field {
    let fieldTitle: String
    let fieldName: String
    let fieldType: String
    let fieldValue: String
  }

  struct Link {
    let linkTitle: String
    let linkAddress: String
  }

  struct Row {
    let number: String
    let time: String
    let actor: String
    /// In the reader's language.
    let kind: String
    /// The entries of this kind alone.
    let kindAddress: String
    let body: String
    let links: [Link]
  }

  let frame: PageFrame
  let verifiedAt: String?
  let faultsWords: String
  let faultsTone: String
  let coveredAt: String?
  let coveredWords: String?
  let fields: [Field]
  let entries: [Row]
  let hasEntries: Bool
  let olderAddress: String?

  init(
    frame: PageFrame, _ messages: MessageCatalogue, _ standing: EvidenceStanding,
    _ page: LogPage, _ asked: Asked
  ) {
    self.frame = frame
    verifiedAt = standing.verifiedAt.map(SubmissionWords.minute)
    let faults = standing.faults ?? 0
    faultsWords = messages.text("log_faults", ["count": String(faults)])
    faultsTone = faults == 0 ? "order" : "stop"
    coveredAt = standing.coveredAt.map(SubmissionWords.minute)
    coveredWords = standing.covered.map { messages.text("log_covered", ["count": String($0)]) }
    fields = [
      ("kind", messages.text("log_kind"), "text"), ("actor", messages.text("log_actor"), "text"),
      ("dataset", messages.text("dataset"), "text"),
      ("feature", messages.text("log_feature"), "text"),
      ("day", messages.text("log_day"), "date"),
    ].map { name, title, type in
      Field(
        fieldTitle: title, fieldName: name, fieldType: type, fieldValue: asked.text(name) ?? "")
    }
    entries = page.entries.map { entry in
      Row(
        number: String(entry.number), time: SubmissionWords.minute(entry.at),
        actor: entry.actor.id, kind: Self.words(of: entry.kind, messages),
        kindAddress: asked.address(setting: "kind", to: entry.kind, without: ["before"]),
        body: entry.body.canonicalText,
        links: Self.links(of: entry))
    }
    hasEntries = !page.entries.isEmpty
    olderAddress = page.next.map { asked.address(setting: "before", to: String($0)) }
  }

  /// What happened, in words; a kind that an older or newer program wrote shows as itself.
  private static func words(of kind: String, _ messages: MessageCatalogue) -> String {
    messages.texts["log_kind_" + kind.replacing("-", with: "_")] ?? kind
  }

  /// What an entry is about, where there is a page of it.
  static func links(of entry: LogEntry) -> [Link] {
    var links: [Link] = []
    if let answer = entry.body["answer"]?.string {
      links.append(Link(linkTitle: answer, linkAddress: "/answers/" + Asked.escaped(answer)))
    }
    guard let dataset = entry.body["dataset"]?.string else { return links }
    let address = "/catalogue/" + Asked.escaped(dataset)
    links.append(Link(linkTitle: dataset, linkAddress: address))
    for feature in (entry.body["features"]?.array ?? []).prefix(5).compactMap(\.string) {
      links.append(
        Link(
          linkTitle: feature, linkAddress: address + "/features/" + Asked.escaped(feature)))
    }
    return links
  }
}
