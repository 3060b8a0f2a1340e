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
    var seen = 0
  }

  @Test func `nobody is told what is out of their scope, by any address`() async throws {
    var people: [AccessMap.Person] = []
    var things: [String: AccessMap.OwnThings] = [:]
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      let everyone = try await AccessMap.people(map, ceilings: Self.ceilings)
      people = everyone.enumerated().filter { Self.isLong || $0.offset.isMultiple(of: 3) }
        .map(\.element)
      #expect(Set(people.map(\.role.id)).count == map.accounts.offices.roles.count)
      things = try await AccessMap.ownThings(of: people, map)
    } _: { client, map in
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      var score = Score()
      for person in people {
        let asking = Asking(
          client: client, person: person, answer: answer, own: things[person.cookie],
          others: try #require(things[""]))
        for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key }) {
          for channel in channels { try await asking.ask(channel, of: route, &score) }
        }
      }
      print(
        "access matrix of the server: \(AccessChannel.all.count) routes, \(people.count) people, "
          + "\(score.cells) cells, \(score.seen) words in scope seen")
      #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
      #expect(score.cells > 1_000 && score.seen > 1_000)
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `whoever applies is told nothing of the map, by any address`() async throws {
    var person: AccessMap.Person?
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      person = try await AccessMap.applicant(map)
    } _: { client, map in
      let applicant = try #require(person)
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      var score = Score()
      let asking = Asking(
        client: client, person: applicant, answer: answer, own: nil,
        others: try #require(try await AccessMap.ownThings(of: [], map)[""]))
      for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key }) {
        for channel in channels { try await asking.ask(channel, of: route, &score) }
      }
      #expect(score.leaks.isEmpty, "\(score.leaks.count): \(score.leaks.prefix(8))")
      #expect(score.cells > 300 && score.seen == 0)
    }
  }
}

/// One person asking through one channel after another.
private struct Asking {
  typealias Reply = WebServerTests.Reply

  let client: WebServerTests.Client
  let person: AccessMap.Person
  let answer: String
  let own: AccessMap.OwnThings?
  let others: AccessMap.OwnThings

  private var cookies: [String: String] { ["Cookie": "karez-session=\(person.cookie)"] }

  func ask(
    _ channel: AccessChannel, of route: String, _ score: inout ChannelMatrixTests.Score
  ) async throws {
    switch channel {
    case .listing(let paths), .figures(let paths):
      // A directory that is not in reach is the one thing that may be missing here.
      for path in paths { judge(try await get(path), path, &score) }
    case .sent(let path, let type, let body):
      let method = String(route.prefix { $0 != " " })
      let reply = try await client.send(
        method, path, type: type, body: body.isEmpty && method != "POST" ? nil : Data(body.utf8),
        headers: cookies)
      judge(reply, path, &score)
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
    try await client.get(path, headers: cookies)
  }

  /// What is not there for the person must answer as what never was, to the letter.
  private func compare(
    _ path: String, _ known: [String: String], _ never: [String: String], isThere: Bool,
    _ score: inout ChannelMatrixTests.Score
  ) async throws {
    func filled(_ names: [String: String]) -> String {
      names.reduce(path) { $0.replacing($1.key, with: $1.value) }
    }
    let reply = try await get(filled(known))
    judge(reply, filled(known), naming: Array(known.values), &score)
    if isThere {
      if reply.status >= 500 { score.leaks.append("\(person): \(filled(known)): \(reply.status)") }
      return
    }
    let absent = try await get(filled(never))
    score.cells += 1
    // What the address itself says is not told by the answer.
    func plain(_ reply: Reply, _ names: [String: String]) -> String {
      var text = "\(reply.status) \(reply.headers["location"] ?? "") \(reply.body)"
      text = text.replacing(reply.headers["x-request-id"] ?? "-", with: "ID")
      // Only the names this address holds: a short one of another may stand in a random id.
      for (mark, name) in names.filter({ path.contains($0.key) }).sorted(by: { $0.key < $1.key }) {
        text = text.replacing(name, with: mark)
      }
      // The page that there is not leads to itself by the address, which may hold another name.
      if person.isApplicant {
        text = text.replacing(AccessMap.dataset(.public), with: "{dataset}")
      }
      return text.replacing(/[0-9a-f]{64}/, with: "KEY")
        .replacing(/cursor=[-_0-9A-Za-z]+/, with: "CURSOR")
    }
    let (hidden, missing) = (plain(reply, known), plain(absent, never))
    if hidden != missing {
      let place = zip(hidden, missing).prefix { $0 == $1 }.count
      score.leaks.append(
        "\(person): \(filled(known)): …\(hidden.dropFirst(max(0, place - 40)).prefix(120)) ≠ "
          + "…\(missing.dropFirst(max(0, place - 40)).prefix(120))")
    }
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
    // A tag of an answer is of its reader's scope (`OGCTests`); kept is what is public at most.
    let keeping = reply.headers["cache-control"]
    let isTagged =
      path.hasPrefix("/ogc/")
      && (keeping == "private, no-store"
        || keeping == "private, no-cache" && path.contains("matrix-public"))
    if isKept, !isFile, !isTagged { score.leaks.append("\(person): \(path) may be kept") }
    var told = reply.body + " " + reply.headers.values.joined(separator: " ")
    for name in known { told = told.replacing(name, with: "") }
    for match in told.matches(of: /canary_([a-z]+)_([0-9]+|all)_([a-z]+)/) {
      guard let level = Classification(rawValue: String(match.1)) else { continue }
      let (region, what) = (String(match.2), String(match.3))
      if isAllowed(level, region, what) {
        score.seen += 1
      } else {
        score.leaks.append("\(person): \(path) tells \(match.0)")
      }
    }
    for level in AccessMap.levels where !person.reaches(level) {
      let name = AccessMap.dataset(level)
      // A page that there is not leads to itself in other languages, by the address it was asked.
      let isAsked = person.isApplicant && path.contains(name)
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
    case "submission", "file", "result": person.reaches(level) && person.regions == nil
    default: person.mayRead(level, region, what)
    }
  }
}
