import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import KarezWriting
import TestSupport
import Testing

@testable import KarezService

/// A map in which every fact is a word of its own, `canary_LEVEL_REGION_WHAT`, and people of every
/// role; so that whatever any address says can be held against who asked.
enum AccessMap {
  static let levels = Classification.allCases
  static let counties = ["653101", "653121"]
  static let attributes = [
    ("name", Classification.public), ("qgrade", .internal), ("qowner", .restricted),
    ("qdepth", .confidential),
  ]

  static func dataset(_ level: Classification) -> String { "matrix-\(level.rawValue)" }

  static func word(_ level: Classification, _ region: String, _ what: String) -> String {
    "canary_\(level.rawValue)_\(region)_\(what)"
  }

  static func feature(_ level: Classification, _ region: String) -> String {
    word(level, region, "id")
  }

  // MARK: People

  /// Somebody who has signed in.
  struct Person: Sendable, CustomStringConvertible {
    let role: Role
    let regions: [String]?
    let ceiling: Classification
    var cookie: String
    /// Of the account, where it may sign in anew.
    var id = ""
    /// Whether it is somebody who applies: nothing of the map is theirs.
    var isApplicant = false
    /// Whether it is somebody who has not signed in, where the zone has a public edition or none.
    var isAnonymous = false
    /// Whether nothing of the map is for whoever has not signed in.
    var isShut = false
    /// What a program brings in place of a session.
    var token: String?
    /// Whether the program may hand in, and not only look.
    var mayHandIn = false

    /// What the person may reach, said plainly.
    func reaches(_ level: Classification) -> Bool {
      !isApplicant && !isShut && level <= min(ceiling, role.ceiling)
    }

    func mayRead(_ level: Classification, _ region: String, _ what: String) -> Bool {
      guard !isApplicant, !isShut else { return false }
      let isNear = region == "all" || regions.map { $0.contains(region) } ?? true
      let own = attributes.first { $0.0 == what }?.1 ?? .public
      return reaches(level) && isNear && own <= min(ceiling, role.ceiling)
    }

    var description: String {
      isApplicant || isAnonymous
        ? isApplicant ? "an applicant" : "nobody, up to \(ceiling.rawValue)"
        : "\(token == nil ? "" : "a program of ")\(role.id), up to \(ceiling.rawValue), in \(regions?.joined(separator: " ") ?? "all")"
    }
  }

  /// Somebody who has not signed in; the role stands for what all may do who may look.
  static func anonymous(_ map: OneMap, reaches: Bool) throws -> Person {
    let role = try #require(map.offices.role("viewer"))
    var person = Person(
      role: role, regions: reaches ? nil : [], ceiling: .public, cookie: "",
      isApplicant: false)
    person.isAnonymous = true
    person.isShut = !reaches
    return person
  }

  static func people(_ map: OneMap, ceilings: [Classification]) async throws -> [Person] {
    var people: [Person] = []
    for role in map.offices.roles {
      for ceiling in ceilings {
        for regions in [nil, ["653101"]] as [[String]?] {
          let order = AccountOrder(
            id: "p\(people.count)", name: "p\(people.count)", roles: [role.id], regions: regions,
            ceiling: ceiling)
          let token = try await session(of: order, map)
          people.append(
            Person(
              role: role, regions: regions, ceiling: ceiling, cookie: token, id: order.id))
        }
      }
    }
    return people
  }

  /// Somebody who applies; the role is one of an office, and gives the account nothing.
  static func applicant(
    _ map: OneMap, id: String = "a20250001", isVerified: Bool = true
  ) async throws -> Person {
    let role = try #require(map.offices.role("approver"))
    let order = AccountOrder(id: id, name: id, roles: [role.id], ceiling: .confidential)
    var applicant = Applicant(kind: .person, contact: "13800000000")
    applicant.realName = isVerified ? .verified : .unverified
    let cookie = try await session(of: order, map, as: applicant)
    return Person(
      role: role, regions: nil, ceiling: .confidential, cookie: cookie, isApplicant: true)
  }

  /// An account that has just signed in, by its session.
  static func session(
    of order: AccountOrder, _ map: OneMap, as applicant: Applicant? = nil
  ) async throws -> String {
    var account = Account(order, password: "", at: map.clock.now())
    account.applicant = applicant
    account.mustChangePassword = false
    // Without one, offices that need it see the page that asks for it and nothing else.
    account.factors.authenticator = Factors.Authenticator(
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", lastStep: 0, isConfirmed: true)
    let (session, token) = begin(order.id, map)
    try await map.store.put(
      RecordBatch([account.change, .write(session.record)], entry: .init(kind: "test", body: [:])),
      by: .operator)
    return token
  }

  private static func begin(_ id: String, _ map: OneMap) -> (Session, String) {
    Session.begin(for: id, by: ["password", "totp"], at: map.clock.now(), longest: 28_800)
  }

  /// The person with a session that begins now: one that waits for its turn is over before.
  static func anew(_ person: Person, _ map: OneMap) async throws -> Person {
    guard !person.id.isEmpty else { return person }
    let (session, token) = begin(person.id, map)
    try await map.store.put(
      RecordBatch([.write(session.record)], entry: .init(kind: "test", body: [:])),
      by: .operator)
    var person = person
    person.cookie = token
    return person
  }

  // MARK: Facts

  static func schema(_ level: Classification) throws -> DatasetSchema {
    func text(_ what: String) -> LocalizedText {
      LocalizedText(zh: word(level, "all", what), en: word(level, "all", what))
    }
    func attribute(_ name: String, _ own: Classification) -> Attribute {
      // An attribute's title tells no more than that there is one, which is for who may read it.
      Attribute(
        name: name, title: text(name), type: .text, codes: name == "qgrade" ? "grades" : nil,
        classification: own)
    }
    return DatasetSchema(
      id: try #require(DatasetID(dataset(level))), title: text("title"), steward: text("steward"),
      theme: "survey", classification: level, geometry: .polygon, isCoverage: false,
      identifier: "number", region: "region",
      attributes: [attribute("number", .public), attribute("region", .public)]
        + attributes.map(attribute))
  }

  /// What differs between two maps that somebody must not be able to tell apart.
  enum Variant {
    case plain
    /// The other county has another row more, and its land lies elsewhere.
    case otherCounty
    /// Attributes above the internal level say something else.
    case otherValues
  }

  static func rows(
    _ level: Classification, _ step: Int, _ variant: Variant = .plain
  ) throws -> [DraftRow] {
    let regions = counties + (variant == .otherCounty ? ["653121"] : [])
    return try regions.enumerated().map { place, region in
      let isShifted = variant == .otherCounty && region != counties[0]
      let x = 100 + Double(place) * 0.01 + (isShifted ? 0.5 : 0)
      let id = feature(level, region) + (place > 1 ? "more" : "")
      let ring = [(x, 30.0), (x + 0.01, 30), (x + 0.01, 30.01), (x, 30.01), (x, 30)]
      var values: [String: AttributeValue] = [
        "number": .text(id), "region": .text(region),
      ]
      for (name, own) in attributes {
        let other = variant == .otherValues && own > .internal ? "other" : ""
        // Something changes that not everyone may know.
        let suffix = name == "qowner" && step > 1 ? "" : "\(step > 1 ? 1 : step)"
        values[name] = .text(word(level, region, name) + "." + suffix + other)
      }
      let shape = try Ring(ring.map { Position(x: $0.0, y: $0.1) })
      return DraftRow(
        row: Int64(place + 1),
        feature: Feature(
          id: id, geometry: .polygons(MultiPolygon([Polygon(shell: shape)])),
          attributes: values))
    }
  }

  static func prepare(_ map: OneMap, _ variant: Variant = .plain) async throws {
    for level in levels {
      // Whatever somebody who reaches internal datasets does not reach may differ, too.
      let isOther = variant == .plain || level <= .internal
      let variant = isOther ? variant : .otherCounty
      try await map.store.define(schema(level), by: .operator, in: .all)
      for (step, day) in [(1, "2024-01-01"), (2, "2025-01-01")] {
        let from = try #require(LegalDate(day))
        let validity = try #require(Validity(from: from))
        let plan = DraftPlan(
          dataset: try schema(level).id, mode: .state, validity: validity,
          lineage: Lineage(
            source: word(level, "all", "source"), sourceSM3: word(level, "all", "digest"),
            reader: "test", crs: "EPSG:4490"))
        let draft = try await map.store.openDraft(plan, by: .operator, in: .all)
        try await map.store.append(try rows(level, step, variant), to: draft)
        _ = try await map.store.commit(
          draft,
          CommitOrder(
            reason: word(level, "all", "reason"), idempotencyKey: "\(level)\(step)"),
          by: .operator, in: .all)
      }
      try await addSubmission(level, map)
    }
  }

  static func submission(_ level: Classification) -> String {
    "20250101-000\(levels.firstIndex(of: level) ?? 9)"
  }

  /// A submission by somebody who sees everything, and a job about the dataset.
  private static func addSubmission(_ level: Classification, _ map: OneMap) async throws {
    var order = SubmissionOrder(
      dataset: dataset(level), path: "", name: word(level, "all", "file"),
      validFrom: try #require(LegalDate("2025-01-01")),
      reason: word(level, "all", "submission"))
    order.mode = .changes
    let made = Submission(
      order, id: submission(level),
      source: BlobFolder.Kept(sm3: String(repeating: "0", count: 64), file: "x"), by: .operator,
      at: map.clock.now())
    var job = Job(
      "references", of: dataset(level), subject: .object(["dataset": .string(dataset(level))]),
      by: .operator, at: map.clock.now())
    job.state = .done
    job.due = nil
    job.result = .object(["missing": .string(word(level, "653121", "result"))])
    try await map.store.put(
      RecordBatch([made.change, job.change], entry: .init(kind: "test", body: [:])),
      by: .operator)
  }

  // MARK: What people asked for

  /// A download, a prepared edit, a run of a process and a batch of checks of one person.
  struct OwnThings: Sendable {
    let download: String?
    let edit: String?
    let process: String?
    let batch: String?
  }

  /// What each person has asked for of the highest dataset in reach, by the person's cookie; under
  /// the empty one, what somebody who reaches everything has.
  static func ownThings(of people: [Person], _ map: OneMap) async throws -> [String: OwnThings] {
    var things = ["": try await ownThings(.confidential, of: .operator, map)]
    for person in people {
      guard let who = try await map.accounts.signedIn(person.cookie)?.principal,
        let level = levels.last(where: person.reaches), who.may(.view)
      else { continue }
      things[person.cookie] = try await ownThings(level, of: who, map)
    }
    #expect(people.isEmpty || things.values.contains { $0.download != nil && $0.edit != nil })
    return things
  }

  private static func ownThings(
    _ level: Classification, of who: Principal, _ map: OneMap
  ) async throws -> OwnThings {
    var order = ExportOrder(dataset: dataset(level), path: "")
    order.format = .csv
    let download = try await map.orderDownload(order, by: who)
    let inputs = JSONValue.object(["dataset": .string(dataset(level))])
    let execution = try ExecutionOrder(
      execution: .object(["inputs": inputs]), of: .coverageCheck)
    let process = try await map.enqueue(execution, by: who).name
    let limits = try map.webLimits().checks
    let drawn = try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square))
    let batch = try await map.orderBatch(
      try map.batchParcels(of: [("", drawn)], within: limits),
      CheckBatch.Order(validOn: try #require(LegalDate("2025-06-01"))), within: limits, by: who)
    guard who.may(.submit) else {
      return OwnThings(download: download, edit: nil, process: process, batch: batch)
    }
    let end = EndOrder(
      dataset: dataset(level), ids: [feature(level, counties[0])],
      day: try #require(LegalDate("2025-06-01")), why: EditReason(reason: "matrix"))
    do throws(Problem) {
      return OwnThings(
        download: download, edit: try await map.plan(.end(end), by: who), process: process,
        batch: batch)
    } catch {
      // Whoever does not see all of a dataset prepares no change of it.
      guard error.code == "scope-too-narrow" else { throw error }
      return OwnThings(download: download, edit: nil, process: process, batch: batch)
    }
  }

  /// A directory nobody answers for; its addresses are routes like any other.
  static func nameDirectory(_ map: OneMap) throws {
    let settings = """
      {"issuer": "http://127.0.0.1:9", "clientID": "x", "clientSecret": "y", \
      "title": {"zh": "统一认证", "en": "Directory"}}
      """
    let file = map.data.appending(path: "oidc.json")
    try Data(settings.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }
}
