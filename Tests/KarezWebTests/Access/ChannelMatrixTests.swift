import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import Logging
import TestSupport
import Testing

@testable import KarezWeb

/// 访问矩阵 of the server: every address × every role × regions × ceilings, each asked for what is
/// in scope, for what is not, and for what never was.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct ChannelMatrixTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  /// `KAREZ_MATRIX=long` asks as everyone there is, of every ceiling; otherwise as some of them, so
  /// that every role, both regions and both ceilings take part.
  static let isLong = ProcessInfo.processInfo.environment["KAREZ_MATRIX"] == "long"
  static let ceilings: [Classification] =
    isLong ? Classification.allCases : [.internal, .confidential]

  // MARK: Which addresses there are

  @Test func `every route of the server is in the matrix`() async throws {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"), installation: installation, by: .operator)
      try AccessMap.nameDirectory(map)
      let routes = try WebServer.routes(map: map)
      #expect(routes.count > 30)
      #expect(
        Set(routes).symmetricDifference(AccessChannel.all.keys).sorted() == [],
        "a route that is new belongs in AccessChannel")
    }
  }

  @Test func `no handler reaches the log, a draft or the store itself`() throws {
    let folder = Places.repository.appending(path: "Sources/KarezWeb")
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    let sources = (files ?? []).filter { $0.hasSuffix(".swift") }
    #expect(sources.count > 20)
    for name in sources {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      for word in [
        "logEntries", "verifyLog", "importFile", "openDraft", "OneMapStore", "in: .all",
      ] where text.contains(word) {
        Issue.record("\(name) names \(word)")
      }
    }
  }

  // MARK: What they say

  /// What was asked and found, for one person after another.
  struct Score {
    var cells = 0
    var leaks: [String] = []
    /// Words of the map that were told to those who may know them.
    var seen = 0
    /// Cells of the business that were answered, as they had to be, and words of it.
    var granted = 0
    var told = 0
    /// Answers anybody on the way may keep.
    var shared = 0
  }

  @Test func `nobody is told what is out of their scope, by any address`() async throws {
    var people: [AccessMap.Person] = []
    var things: [String: AccessMap.OwnThings] = [:]
    var business: AccessMap.Business?
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      business = try await AccessMap.business(map)
      let everyone = try await AccessMap.people(map, ceilings: Self.ceilings)
      people = everyone.enumerated().filter { Self.isLong || $0.offset.isMultiple(of: 3) }
        .map(\.element)
      #expect(Set(people.map(\.role.id)).count == map.accounts.offices.roles.count)
      things = try await AccessMap.ownThings(of: people, map)
      people += try await AccessMap.programs(map)
    } _: { client, map in
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      var score = Score()
      for person in people {
        let asking = Asking(
          client: client, person: try await AccessMap.anew(person, map), answer: answer,
          own: person.token == nil ? things[person.cookie] : nil,
          others: try #require(things[""]), business: try #require(business))
        for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key }) {
          for channel in channels { try await asking.ask(channel, of: route, &score) }
        }
      }
      print(
        "access matrix of the server: \(AccessChannel.all.count) routes, \(people.count) people, "
          + "\(score.cells) cells, \(score.seen) words in scope seen; of the business "
          + "\(score.granted) cells answered, \(score.told) words told")
      #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
      #expect(score.cells > 1_000 && score.seen > 1_000)
      #expect(score.granted > 80 && score.told > 100)
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `whoever applies is told nothing of the map, by any address`() async throws {
    var business: AccessMap.Business?
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      business = try await AccessMap.business(map)
    } _: { client, map in
      let business = try #require(business)
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      var score = Score()
      let asking = Asking(
        client: client, person: business.applicant, answer: answer, own: nil,
        others: try #require(try await AccessMap.ownThings(of: [], map)[""]), business: business)
      for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key }) {
        for channel in channels { try await asking.ask(channel, of: route, &score) }
      }
      #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
      #expect(score.cells > 300 && score.seen == 0)
      #expect(score.granted == 4 && score.told > 1, "what is their own is theirs")
    }
  }
}

/// One person asking through one channel after another.
struct Asking {
  typealias Reply = WebServerTests.Reply

  let client: WebServerTests.Client
  let person: AccessMap.Person
  let answer: String
  let own: AccessMap.OwnThings?
  let others: AccessMap.OwnThings
  let business: AccessMap.Business

  /// Pages are for people; a program is led away from them, whatever they are of.
  private func isForPrograms(_ path: String) -> Bool {
    path.hasPrefix("/api/") || path.hasPrefix("/ogc/")
  }

  func ask(
    _ channel: AccessChannel, of route: String, _ score: inout ChannelMatrixTests.Score
  ) async throws {
    guard person.token == nil || channel.paths.contains(where: isForPrograms) else { return }
    switch channel {
    case .listing(let paths), .figures(let paths):
      // A directory that is not in reach is the one thing that may be missing here.
      let names = business.names(of: AccessMap.counties[1]).merging(["{own}": business.own]) { $1 }
      for path in paths {
        let path = Self.filled(path, names)
        judge(try await get(path), path, &score)
      }
    case .sent(let path, let type, let body):
      try await send(path, type, body, of: route, &score)
    case .ofCase(let paths), .papers(let paths), .account(let paths), .mine(let paths):
      for path in paths { try await askBusiness(path, channel, &score) }
    case .own(let paths): try await askOwn(paths, &score)
    case .dataset(let paths): try await askDatasets(paths, &score)
    case .feature(let paths): try await askFeatures(paths, &score)
    case .attribute(let paths): try await askAttributes(paths, &score)
    case .submission(let paths):
      for path in paths {
        for level in AccessMap.levels {
          let isOwn = person.reaches(level) && person.regions == nil
          try await compare(
            path, ["{submission}": AccessMap.submission(level)], ["{submission}": "20250101-0009"],
            isThere: isOwn, &score)
        }
      }
    case .answer(let paths):
      let isWhole = person.reaches(.confidential) && person.regions == nil
      for path in paths {
        try await compare(
          path, ["{answer}": answer], ["{answer}": String(repeating: "0", count: answer.count)],
          isThere: isWhole, &score)
      }
    }
  }

  private func askDatasets(
    _ paths: [String], _ score: inout ChannelMatrixTests.Score
  ) async throws {
    for path in paths {
      for level in AccessMap.levels {
        try await compare(
          path, ["{dataset}": AccessMap.dataset(level)], ["{dataset}": "matrix-nowhere"],
          isThere: person.reaches(level), &score)
      }
    }
  }

  private func askFeatures(
    _ paths: [String], _ score: inout ChannelMatrixTests.Score
  ) async throws {
    for path in paths {
      for level in AccessMap.levels {
        for region in AccessMap.counties {
          let known = [
            "{dataset}": AccessMap.dataset(level), "{feature}": AccessMap.feature(level, region),
          ]
          let isThere = person.mayRead(level, region, "id")
          var never = known
          let isDatasetNamed = path.contains("{dataset}")
          never[person.reaches(level) || !isDatasetNamed ? "{feature}" : "{dataset}"] =
            "matrix-nowhere"
          try await compare(path, known, never, isThere: isThere, &score)
        }
      }
    }
  }

  /// What a person asked for is there for that person; what somebody else asked for never was.
  private func askOwn(
    _ paths: [String], _ score: inout ChannelMatrixTests.Score
  ) async throws {
    let never = [
      "{download}": String(repeating: "0", count: 32), "{edit}": "0000",
      "{process}": UUID().uuidString.lowercased(), "{batch}": "0-0",
    ]
    for path in paths {
      if let own {
        let mine = Self.names(of: own)
        if mine.keys.contains(where: path.contains) {
          try await compare(path, mine, never, isThere: true, &score)
        }
      }
      let theirs = Self.names(of: others)
      try await compare(path, theirs, never, isThere: false, &score)
    }
  }

  private static func names(of things: AccessMap.OwnThings) -> [String: String] {
    [
      "{download}": things.download, "{edit}": things.edit, "{process}": things.process,
      "{batch}": things.batch,
    ]
    .compactMapValues { $0 }
  }

  private func askAttributes(
    _ paths: [String], _ score: inout ChannelMatrixTests.Score
  ) async throws {
    for path in paths {
      for level in AccessMap.levels where person.reaches(level) {
        for (name, _) in AccessMap.attributes {
          let known = ["{dataset}": AccessMap.dataset(level), "{attribute}": name]
          let never = known.merging(["{attribute}": "nothing"]) { $1 }
          try await compare(
            path, known, never, isThere: person.mayRead(level, "all", name), &score)
        }
      }
    }
  }

  // MARK: Judging

  private func get(_ path: String) async throws -> Reply {
    try await client.get(path, headers: person.headers)
  }

  /// What is not there for the person must answer as what never was, to the letter.
  private func compare(
    _ path: String, _ known: [String: String], _ never: [String: String], isThere: Bool,
    _ score: inout ChannelMatrixTests.Score
  ) async throws {
    func filled(_ names: [String: String]) -> String { Self.filled(path, names) }
    let reply = try await get(filled(known))
    judge(reply, filled(known), naming: Array(known.values), &score)
    if isThere {
      if reply.status >= 500 { score.leaks.append("\(person): \(filled(known)): \(reply.status)") }
      return
    }
    let absent = try await get(filled(never))
    same(path, (reply, known), (absent, never), &score)
  }

  private static func filled(_ path: String, _ names: [String: String]) -> String {
    names.reduce(path) { $0.replacing($1.key, with: $1.value) }
  }

  /// Notes two replies that differ in more than what their addresses say.
  private func same(
    _ path: String, _ hidden: (reply: Reply, names: [String: String]),
    _ missing: (reply: Reply, names: [String: String]), _ score: inout ChannelMatrixTests.Score
  ) {
    score.cells += 1
    // What the address itself says is not told by the answer.
    func plain(_ reply: Reply, _ names: [String: String]) -> String {
      // Where somebody is led from names what was asked, with its slashes escaped.
      let location = reply.headers["location"].flatMap { $0.removingPercentEncoding } ?? ""
      var text = "\(reply.status) \(location) \(reply.body)"
      text = text.replacing(reply.headers["x-request-id"] ?? "-", with: "ID")
      // Only the names this address holds: a short one of another may stand in a random id.
      for (mark, name) in names.filter({ path.contains($0.key) }).sorted(by: { $0.key < $1.key })
      where mark != "{transaction}" {
        text = text.replacing(name, with: mark)
      }
      // A number of few digits stands in other places, too, and in the same of both replies.
      for number in [hidden, missing].compactMap({ $0.names["{transaction}"] })
      where path.contains("{transaction}") {
        text = text.split(separator: number, omittingEmptySubsequences: false)
          .joined(separator: "{transaction}")
      }
      // The page that there is not leads to itself by the address, which may hold another name.
      if person.isApplicant || person.isAnonymous {
        text = text.replacing(AccessMap.dataset(.public), with: "{dataset}")
      }
      return text.replacing(/[0-9a-f]{64}/, with: "KEY")
        .replacing(/cursor=[-_0-9A-Za-z]+/, with: "CURSOR")
    }
    let (own, other) = (plain(hidden.reply, hidden.names), plain(missing.reply, missing.names))
    guard own != other else { return }
    let place = zip(own, other).prefix { $0 == $1 }.count
    score.leaks.append(
      "\(person): \(Self.filled(path, hidden.names)): "
        + "…\(own.dropFirst(max(0, place - 40)).prefix(120)) ≠ "
        + "…\(other.dropFirst(max(0, place - 40)).prefix(120))")
  }

  // MARK: Business

  private func askBusiness(
    _ path: String, _ channel: AccessChannel, _ score: inout ChannelMatrixTests.Score
  ) async throws {
    if case .mine = channel {
      let known = ["{own}": business.own, "{draft}": business.draft]
      let never = ["{own}": "YD653999202600009", "{draft}": "0000"]
      return try await demand(path, known, never, isThere: person.isApplicant, &score)
    }
    for county in AccessMap.counties {
      let (known, never) = (business.names(of: county), business.never(instead: county))
      switch channel {
      case .account:
        let isThere = person.keepsBooks(of: county)
        try await demand(path, known, never, isThere: isThere, &score)
      case .papers where person.looksAtCases(of: county) && !person.readsPapers(of: county):
        // The case is there, and what is kept from the reader is not.
        let reply = try await get(Self.filled(path, known))
        judge(reply, path, naming: Array(known.values), &score)
        if reply.status != 404 { score.leaks.append("\(person): \(path): \(reply.status)") }
      case .papers:
        let isThere = person.readsPapers(of: county)
        try await demand(path, known, never, isThere: isThere, &score)
      default:
        let isThere = person.looksAtCases(of: county)
        try await demand(path, known, never, isThere: isThere, &score)
      }
    }
  }

  /// What is there has to be answered, and what is not answers as what never was.
  private func demand(
    _ path: String, _ known: [String: String], _ never: [String: String], isThere: Bool,
    _ score: inout ChannelMatrixTests.Score
  ) async throws {
    guard isThere else {
      return try await compare(path, known, never, isThere: false, &score)
    }
    let reply = try await get(Self.filled(path, known))
    judge(reply, path, naming: Array(known.values), &score)
    score.granted += 1
    if reply.status != 200 {
      score.leaks.append("\(person): \(Self.filled(path, known)) is refused: \(reply.status)")
    }
  }

  /// A form or a body; one that names a case says nothing of it to whom it is not there.
  private func send(
    _ path: String, _ type: String, _ body: String, of route: String,
    _ score: inout ChannelMatrixTests.Score
  ) async throws {
    let method = String(route.prefix { $0 != " " })
    func sent(_ names: [String: String]) async throws -> Reply {
      let filled = Self.filled(body, names)
      return try await client.send(
        method, Self.filled(path, names), type: type,
        body: filled.isEmpty && method != "POST" ? nil : Data(filled.utf8),
        headers: person.headers)
    }
    let county = AccessMap.counties[1]
    var (known, never) = (business.names(of: county), business.never(instead: county))
    (known["{own}"], known["{draft}"]) = (business.own, business.draft)
    (never["{own}"], never["{draft}"]) = ("YD653999202600009", "0000")
    let reply = try await sent(known)
    judge(reply, path, naming: Array(known.values), &score)
    if reply.status >= 500 { score.leaks.append("\(person): \(path): \(reply.status)") }
    guard path.contains("{case}"), !person.looksAtCases(of: county) else { return }
    same(path, (reply, known), (try await sent(never), never), &score)
  }

  /// Holds every word of a reply against what the person may know.
  private func judge(
    _ reply: Reply, _ path: String, naming known: [String] = [],
    _ score: inout ChannelMatrixTests.Score
  ) {
    score.cells += 1
    // What depends on who asks is kept by nobody on the way; files of the portal are everyone's.
    let isFile = ["/assets/", "/favicon.ico", "/api/v1/openapi.json"].contains {
      path.hasPrefix($0)
    }
    let isKept =
      reply.headers["etag"] != nil || reply.headers["cache-control"] != "private, no-store"
    // A tag of an answer is of its reader's scope (`OGCTests`); kept is what is public at most, and
    // by those on the way what every reader of it would be told.
    let keeping = reply.headers["cache-control"] ?? ""
    let named = AccessMap.levels.filter { path.contains(AccessMap.dataset($0)) }
    let isTagged =
      path.hasPrefix("/ogc/")
      && (keeping == "private, no-store"
        || ["private, no-cache", "public, no-cache"].contains(keeping) && named == [.public])
    // What is changed by who saw it has its version for a tag, and is kept by nobody.
    let isVersioned =
      keeping == "private, no-store"
      && ["/api/v1/cases/", "/api/v1/my/drafts/"].contains { path.hasPrefix($0) }
    // The answers to whoever has not signed in are everybody's, and say what they depend on.
    let isShared =
      person.isAnonymous && keeping == "public, no-cache" && path.hasPrefix("/ogc/")
      && reply.headers["etag"] != nil && reply.headers["set-cookie"] == nil
      && ["Cookie", "Authorization"].allSatisfy {
        reply.headers["vary"]?.contains($0) == true
      }
    if isShared { score.shared += 1 }
    if isKept, !isFile, !isTagged || person.isAnonymous, !isVersioned, !isShared {
      score.leaks.append("\(person): \(path) may be kept")
    }
    var told = reply.body + " " + reply.headers.values.joined(separator: " ")
    // A program that asks for a page is led to the door, and from there to what it asked for.
    if person.token != nil || person.isAnonymous, reply.status == 303 { told = reply.body }
    for name in known where name.count > 3 { told = told.replacing(name, with: "") }
    for match in told.matches(of: /canary_([a-z]+)_([0-9]+|all)_([a-z]+)/) {
      guard let level = Classification(rawValue: String(match.1)) else { continue }
      let (region, what) = (String(match.2), String(match.3))
      if let isTold = person.mayBeTold(what, of: region) {
        score.told += 1
        if !isTold { score.leaks.append("\(person): \(path) tells \(match.0)") }
        continue
      }
      if isAllowed(level, region, what) {
        score.seen += 1
      } else {
        score.leaks.append("\(person): \(path) tells \(match.0)")
      }
    }
    for level in AccessMap.levels where !person.reaches(level) {
      let name = AccessMap.dataset(level)
      // A page that there is not leads to itself in other languages, by the address it was asked.
      let isAsked = (person.isApplicant || person.isAnonymous) && path.contains(name)
      if !known.contains(name), !isAsked, told.contains(name) {
        score.leaks.append("\(person): \(path) names \(name)")
      }
    }
  }

  private func isAllowed(_ level: Classification, _ region: String, _ what: String) -> Bool {
    switch what {
    // A digest of all rows says something of those out of scope.
    case "digest":
      person.reaches(.confidential) && person.regions == nil && person.reaches(level)
    // A submission or the outcome of a job is for who sees all it may concern.
    case "submission", "file", "result":
      person.reaches(level) && person.regions == nil && !person.isAnonymous
    default: person.mayRead(level, region, what)
    }
  }
}
