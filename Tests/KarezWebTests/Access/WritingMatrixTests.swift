import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import KarezWriting
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// 访问矩阵, its writing half: every address that changes something, with the key its form needs
/// and aimed at things there are, by everyone; held against what their offices say.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct WritingMatrixTests {
  /// The short form leaves out every other level, so that one is in reach and one is not.
  static let levels: [Classification] =
    ChannelMatrixTests.isLong ? AccessMap.levels : [.internal, .confidential]
  static let ceilings: [Classification] =
    ChannelMatrixTests.isLong ? [.public, .internal, .confidential] : [.confidential]

  @Test func `every address that changes something is in a deed, or says why not`() async throws {
    try await Self.withStakes { stakes, _, _ in
      let routes = Set(
        AccessChannel.all.keys.filter { !$0.hasPrefix("GET ") && !$0.hasPrefix("OPTIONS ") })
      let aimed = Set(stakes.deeds.map(\.route))
      #expect(routes.count > 60)
      #expect(
        routes.symmetricDifference(aimed.union(AccessStakes.exempt.keys)).sorted() == [],
        "a route that is new belongs in AccessStakes")
      #expect(aimed.isDisjoint(with: AccessStakes.exempt.keys))
      #expect(AccessStakes.exempt.values.allSatisfy { $0.count > 6 })
    }
  }

  @Test func `nobody changes what their office does not let them, by any address`() async throws {
    try await Self.withStakes { stakes, doers, server in
      var score = Score()
      for deed in stakes.deeds {
        try await server.ask(deed, by: doers, &score)
      }
      let deeds = stakes.deeds.count
      print(
        "access matrix of writing: \(deeds) deeds, \(doers.count) people, \(score.cells) cells: "
          + "\(score.passed) passed, \(score.forbidden) forbidden, \(score.hidden) hidden")
      #expect(score.faults.isEmpty, "\(score.faults.count): \(score.faults.prefix(20))")
      #expect(score.cells > 800)
      #expect(score.passed > 100 && score.forbidden > 100 && score.hidden > 300)
      #expect(try await server.map.verifyLog { _ in }.faults == [])
    }
  }

  struct Score {
    var cells = 0
    var passed = 0
    var forbidden = 0
    var hidden = 0
    var faults: [String] = []
  }

  // MARK: The map

  /// Runs the body with a map that has something of everything, and everyone who may ask.
  static func withStakes(
    _ body: (AccessStakes, [Doer], WritingServer) async throws -> Void
  ) async throws {
    var people: [AccessMap.Person] = []
    var business: AccessMap.Business?
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      business = try await AccessMap.business(map)
      people = try await AccessMap.people(map, ceilings: ceilings)
      people += try await AccessMap.programs(map)
      let known = try #require(business)
      people += [known.applicant, try await AccessMap.applicant(map, id: "a20250009")]
      try await addRecords(map)
    } _: { client, map in
      let stakes = try await stakes(of: try #require(business), map)
      var doers: [Doer] = []
      for person in people { doers.append(try await doer(person, map)) }
      #expect(Set(doers.map(\.person.role.id)).count == map.offices.roles.count)
      try await body(stakes, doers, WritingServer(client: client, map: map))
    }
  }

  private static func doer(_ person: AccessMap.Person, _ map: OneMap) async throws -> Doer {
    if let token = person.token {
      let who = try #require(try await map.accounts.bearer(token))
      return Doer(person: person, id: who.actor.id, formKey: "")
    }
    let signedIn = try #require(try await map.accounts.signedIn(person.cookie))
    return Doer(
      person: person, id: signedIn.principal.actor.id, formKey: signedIn.formKey)
  }

  /// Files that wait for a signature, and jobs, of each level and each county.
  private static func addRecords(_ map: OneMap) async throws {
    var changes: [RecordChange] = []
    for level in levels {
      for regions in AccessStakes.regions {
        for act in AccessStakes.acts {
          var order = SubmissionOrder(
            dataset: AccessMap.dataset(level), path: "", name: "deed",
            validFrom: try #require(LegalDate("2025-01-01")), reason: "deed")
          order.mode = .changes
          var made = Submission(
            order, id: AccessStakes.submission(act, level, regions),
            source: BlobFolder.Kept(sm3: String(repeating: "0", count: 64), file: "x"),
            by: .operator, at: map.clock.now())
          made.regions = regions
          made.state = .toSign
          made.due = map.clock.now().adding(seconds: 86_400).description
          made.verdict = Submission.Verdict(
            sm3: String(repeating: "0", count: 64), examined: 1, counts: [:], blocking: [],
            base: .none, ground: [], rivals: [])
          changes.append(made.change)
        }
      }
      let dataset = AccessMap.dataset(level)
      changes.append(
        Job(
          "references", of: "deed-" + dataset,
          subject: .object(["dataset": .string(dataset)]), by: .operator, at: map.clock.now()
        ).change)
    }
    try await map.store.put(
      RecordBatch(changes, entry: .init(kind: "test", body: [:])), by: .operator)
  }

  private static func stakes(
    of business: AccessMap.Business, _ map: OneMap
  ) async throws -> AccessStakes {
    let request = CheckRequest(
      boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
      purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
    let answer = try await map.check(request, by: .operator, in: .all).id
    let saved = try await map.saveCheck(
      answer, titled: "deed", remark: "", within: try map.webLimits().checks, by: .operator)
    let cookie = try await AccessMap.session(
      of: AccountOrder(id: "victim", name: "victim", roles: ["viewer"], ceiling: .internal), map)
    let victim = try await map.accounts.account("victim").principal(in: map.offices)
    let token = try await map.accounts.issueToken(
      TokenOrder(
        title: "deed", permissions: [.view], ceiling: .public, regions: nil, days: 7),
      for: "victim", by: victim
    ).token.id
    let grant = try await map.twoPersons.grant(
      AccountOrder(id: "victim", name: "victim", roles: ["submitter"]), because: "deed",
      by: .operator)
    _ = try await AccessMap.session(
      of: AccountOrder(
        id: "asker", name: "asker", roles: ["auditor"], ceiling: .confidential), map)
    let asker = try await map.accounts.account("asker").principal(in: map.offices)
    var releases: [Classification: String] = [:]
    for level in levels {
      let order = ReleaseOrder(dataset: AccessMap.dataset(level), format: .csv)
      releases[level] = try await map.twoPersons.request(order, because: "deed", by: asker).id
    }
    let definition = try map.cases.procedure(CaseRoom.procedure)
    return AccessStakes(
      levels: levels, business: business,
      others: try #require(try await AccessMap.ownThings(of: [], map)[""]), answer: answer,
      saved: saved.key, victim: "victim", token: token,
      session: String(Session.key(of: cookie).prefix(SessionSummary.digits)), grant: grant.id,
      releases: releases,
      procedure: AccessStakes.WorkflowRoles(
        all: Set(definition.roles), opening: Set(definition.opening.by),
        letter: Set(definition.letter?.by ?? [])))
  }
}

/// Sends deeds, and holds what comes of them against what has to.
struct WritingServer {
  typealias Reply = WebServerTests.Reply

  let client: WebServerTests.Client
  let map: OneMap

  /// Asks as everyone: whoever may not before whoever may, so that each finds it as it was.
  func ask(
    _ deed: AccessDeed, by doers: [Doer], _ score: inout WritingMatrixTests.Score
  ) async throws {
    let asking = doers.filter { !$0.isProgram || deed.isForPrograms }
      .map { (doer: $0, outcome: deed.outcome($0)) }
    var before = try await kept()
    for (doer, outcome) in asking where !outcome.mayChange {
      try await hold(deed, doer, outcome, &score)
      let after = try await kept()
      if after != before {
        let told = after.difference(from: before).insertions
        score.faults.append("\(doer): \(deed.route) \(deed.known) changed \(told)")
      }
      before = after
    }
    // Whoever is bound to a county comes first: what others change may be theirs no more.
    let changing = asking.filter(\.outcome.mayChange)
    for (doer, outcome) in changing.filter({ $0.doer.person.regions != nil })
      + changing.filter({ $0.doer.person.regions == nil })
    {
      try await hold(deed, doer, outcome, &score)
    }
  }

  private func hold(
    _ deed: AccessDeed, _ doer: Doer, _ outcome: AccessDeed.Outcome,
    _ score: inout WritingMatrixTests.Score
  ) async throws {
    score.cells += 1
    let reply = try await send(deed, deed.known, by: doer)
    let isRight: Bool
    switch outcome {
    case .passes:
      let isUnsigned = deed.needsSigner && reply.status == 503
      isRight = isUnsigned || (reply.status < 500 && ![401, 403, 404].contains(reply.status))
      score.passed += 1
    case .there:
      isRight = reply.status < 500 && ![401, 404].contains(reply.status)
      score.passed += 1
    case .open: isRight = reply.status < 500
    case .held: isRight = (400..<500).contains(reply.status)
    case .forbidden:
      isRight = reply.status == 403
      score.forbidden += 1
    case .hidden(let statuses):
      isRight = statuses.contains(reply.status)
      score.hidden += 1
      let missing = try await send(deed, deed.never, by: doer)
      let (own, other) = (plain(reply, deed.known), plain(missing, deed.never))
      if own != other {
        let place = zip(own, other).prefix { $0 == $1 }.count
        let start = max(0, place - 40)
        score.faults.append(
          "\(doer): \(deed.route) \(deed.known): …\(own.dropFirst(start).prefix(120)) ≠ "
            + "…\(other.dropFirst(start).prefix(120))")
      }
    }
    // Led to the door is not let in.
    let isAway = reply.headers["location"]?.hasPrefix("/sign-in") ?? false
    if !isRight || isAway || reply.code == "form-foreign" {
      score.faults.append(
        "\(doer): \(deed.route) \(deed.known): \(reply.status) \(reply.code ?? ""), not \(outcome)")
    }
  }

  // MARK: Sending

  private func send(
    _ deed: AccessDeed, _ names: [String: String], by doer: Doer
  ) async throws -> Reply {
    func filled(_ text: String) -> String {
      names.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
    let headers = doer.person.headers.merging(deed.headers) { $1 }
    let path = filled(deed.path)
    switch deed.shape {
    case .form(let body):
      let keyed = filled(body) + "&formKey=" + doer.formKey
      return try await client.send(
        deed.method, path, type: AccessChannel.form, body: Data(keyed.utf8), headers: headers)
    case .parts(let fields, let files):
      var fields = fields.mapValues(filled)
      fields["formKey"] = doer.formKey
      return try await client.send(
        deed.method, path, type: "multipart/form-data; boundary=b",
        body: Self.parts(fields, files), headers: headers)
    case .json(let body):
      return try await client.send(
        deed.method, path, type: "application/json", body: Data(filled(body).utf8),
        headers: headers)
    case .body(let type, let body):
      return try await client.send(
        deed.method, path, type: type, body: Data(filled(body).utf8), headers: headers)
    case .nothing:
      return try await client.send(deed.method, path, headers: headers)
    }
  }

  private static func parts(
    _ fields: [String: String], _ files: [(field: String, name: String, text: String)]
  ) -> Data {
    var body = fields.sorted { $0.key < $1.key }.map { name, value in
      "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }.joined()
    for file in files {
      body +=
        "--b\r\nContent-Disposition: form-data; name=\"\(file.field)\"; "
        + "filename=\"\(file.name)\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        + "\(file.text)\r\n"
    }
    return Data((body + "--b--\r\n").utf8)
  }

  // MARK: Comparing

  /// The reply without what its address or its form said, and what no two replies have in common.
  private func plain(_ reply: Reply, _ names: [String: String]) -> String {
    var text = "\(reply.status) \(reply.headers["location"] ?? "") \(reply.body)"
    text = text.replacing(reply.headers["x-request-id"] ?? "-", with: "ID")
    for (mark, name) in names.sorted(by: { $0.value.count > $1.value.count })
    where name.count > 3 {
      text = text.replacing(name, with: mark)
    }
    return text.replacing(/[0-9a-f]{64}/, with: "KEY")
      .replacing(/(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "ID")
      .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}/, with: "TIME")
  }

  /// What there is that somebody could have changed: entries of the log that tell of more than
  /// looking, and records that leave none.
  private func kept() async throws -> [String] {
    var kept: [String] = []
    let last = try await map.store.logEntries(LogQuery(), before: nil, limit: 30).entries
    if let entry = last.first(where: { $0.kind != "read" }) {
      kept.append("\(entry.kind) \(entry.number)")
    }
    for kind in [Job.kind, CheckBatch.kind, SavedCheck.kind, ApplicationDraft.kind] {
      let page = try await map.store.records(RecordQuery(kind), after: nil, limit: 1_000)
      kept += page.records.map { "\(kind.name) \($0.key) \($0.version) \($0.state)" }
    }
    return kept
  }
}
