import Foundation
public import KarezCore
public import KarezGeometry
import KarezPacks
import KarezStore

/// 累计输出: the ground one recipient has come to hold at a large scale, by whatever way it left.
public struct HeldGround: Hashable, Sendable {
  static let kind = RecordKind.witnessed("held-ground")

  public let recipient: String
  public let area: Area
  /// Of the largest part that hangs together.
  public let largest: Area
}

/// One delivery on its way to a recipient: what it adds is counted before it leaves.
///
/// What every delivery to a recipient covered is united, so that asking again for the same ground
/// adds nothing, and asking bit by bit nothing else than asking at once. What hangs together
/// counts against the limit.
struct GroundDelivery: Sendable {
  /// So many shapes are gathered before they are united.
  private static let mostGathered = 2_000

  let recipient: String
  private let rule: MeterRule
  private let isStopping: Bool
  private var known: DeliveredGround
  private var record: PlatformRecord?
  /// What this delivery alone shows.
  private var fresh = DeliveredGround.none
  private var gathered: [MultiPolygon] = []

  init(
    to recipient: String, in zone: NetworkZone, under rule: MeterRule, _ held: Held
  ) throws(Problem) {
    self.recipient = recipient
    self.rule = rule
    isStopping = rule.stops.contains(zone)
    known = try held.ground()
    record = held.own
  }

  /// What is recorded of a recipient, and of others whose ground is its own.
  struct Held: Sendable {
    let own: PlatformRecord?
    let others: [PlatformRecord]

    fileprivate func ground() throws(Problem) -> DeliveredGround {
      let own = try GroundDelivery.ground(own)
      var more: [MultiPolygon] = []
      for record in others { more.append(try GroundDelivery.ground(record).land) }
      guard !more.isEmpty else { return own }
      do throws(GeometryError) { return try own.adding(more) } catch {
        throw .geometry(error, of: "ground")
      }
    }
  }

  /// Takes what one feature shows.
  mutating func take(_ geometry: Geometry?) throws(Problem) {
    switch geometry {
    case nil: return
    case .polygons(let polygons): gathered.append(polygons)
    case .points(let places): for place in places { take(around: [place]) }
    case .lines(let lines): for line in lines { take(around: line) }
    }
    if gathered.count >= Self.mostGathered { _ = try settle() }
  }

  /// The ground points and lines show is the box around them, and a little more.
  private mutating func take(around places: [Position]) {
    guard let box = BoundingBox(around: places)?.widened(byMetres: max(1, rule.reachMetres)),
      let ring = try? Ring([
        Position(x: box.minX, y: box.minY), Position(x: box.maxX, y: box.minY),
        Position(x: box.maxX, y: box.maxY), Position(x: box.minX, y: box.maxY),
        Position(x: box.minX, y: box.minY),
      ])
    else { return }
    gathered.append(MultiPolygon([Polygon(shell: ring)]))
  }

  /// Unites what was gathered; what is returned is all the recipient holds with it.
  ///
  /// - Errors: `Problem` of kind forbidden where its largest part is above the limit.
  private mutating func settle() throws(Problem) -> (all: DeliveredGround, largest: Area) {
    let all: DeliveredGround
    let largest: Area
    do throws(GeometryError) {
      if !gathered.isEmpty {
        fresh = try fresh.adding(gathered)
        gathered = []
      }
      all = try known.adding([fresh.land])
      largest = try all.largestPart(joinedWithin: rule.joinsWithinMetres)
    } catch {
      throw .geometry(error, of: recipient)
    }
    guard !isStopping || largest <= rule.limit else {
      throw .groundLimit(recipient, rule.limit, largest)
    }
    return (all, largest)
  }

  /// What is to be recorded together with the delivery, and said of it; nil where it adds nothing.
  mutating func conclusion() throws(Problem) -> (change: RecordChange, said: [String: JSONValue])? {
    let (all, largest) = try settle()
    // What rounding leaves of ground that was known is nothing new.
    guard all.area.squareMetres - known.area.squareMetres > 1e-3 else { return nil }
    let body = JSONValue.object([
      "land": .string(Data(Geometry.polygons(all.land).wkb()).base64EncodedString()),
      "areaM2": .string(Self.text(all.area)), "largestM2": .string(Self.text(largest)),
    ])
    let change = RecordChange.write(
      record?.next(state: "held", due: nil, owner: nil, body: body)
        ?? PlatformRecord(kind: HeldGround.kind, key: recipient, state: "held", body: body))
    return (
      change,
      [
        "recipient": .string(recipient), "largestM2": .string(Self.text(largest)),
        "addedM2": .string(
          Self.text(.squareMetres(all.area.squareMetres - known.area.squareMetres))),
        "limit": .string(Self.text(rule.limit)), "certainty": .string(rule.certainty.rawValue),
      ]
    )
  }

  /// Goes on from what another delivery recorded in between.
  mutating func rebase(on held: Held) throws(Problem) {
    known = try held.ground()
    record = held.own
  }

  private static func text(_ area: Area) -> String {
    DecimalText.fixed(area.squareMetres, decimals: 3)
  }

  fileprivate static func ground(_ record: PlatformRecord?) throws(Problem) -> DeliveredGround {
    guard let record else { return .none }
    guard let text = record.body["land"]?.string, let bytes = Data(base64Encoded: text),
      case .polygons(let land)? = try? Geometry(wkb: Array(bytes))
    else { throw .store(.corrupt(what: "held ground \(record.key)")) }
    return DeliveredGround(land: land)
  }
}

extension OneMap {
  /// What may leave, and how much of it, as it was published.
  func exchangeRules() throws(Problem) -> ExchangeRules {
    try refuseUnpublished("exchange.yaml")
    do throws(RulePackError) {
      return try ExchangeRules.load(from: installation.packs.path, schemas: packs.schemas)
    } catch {
      throw .packs(error)
    }
  }

  /// A delivery of a dataset to an account; nil where it does not count.
  func delivery(
    of dataset: DatasetID, to actor: Actor
  ) async throws(Problem) -> GroundDelivery? {
    guard actor != .operator else { return nil }
    let rule = try exchangeRules().meter
    guard rule.counts(dataset) else { return nil }
    let partners = try await exchange.partners()
    let partner = partners.first { $0.accounts.contains(actor.id) }
    if let partner { return try await delivery(to: partner, under: rule) }
    // The people of an agency are one recipient, or each new account would begin anew.
    let agency = try await accounts.find(actor.id)?.agency
    let recipient = agency.map { "agency/" + $0 } ?? "account/" + actor.id
    return try GroundDelivery(
      to: recipient, in: exchange.zone, under: rule, try await held(by: recipient))
  }

  /// A delivery to a partner, whose people's downloads are its own.
  func delivery(
    to partner: ExchangePartner, under rule: MeterRule
  ) async throws(Problem) -> GroundDelivery {
    let recipient = "partner/" + partner.id
    return try GroundDelivery(
      to: recipient, in: partner.zone, under: rule, try await held(by: recipient))
  }

  private func held(by recipient: String) async throws(Problem) -> GroundDelivery.Held {
    var people: [String] = []
    if recipient.hasPrefix("agency/") {
      people = try await accounts.all().filter { "agency/" + ($0.agency ?? "") == recipient }
        .map(\.id)
    } else if recipient.hasPrefix("partner/") {
      let partner = try await exchange.partners().first { "partner/" + $0.id == recipient }
      people = partner.map { Array($0.accounts) } ?? []
    }
    return try await asked { [people] store throws(StoreError) in
      var others: [PlatformRecord] = []
      for account in people {
        // What somebody took before they were counted as one of these.
        let own = try await store.record(HeldGround.kind, "account/" + account)
        others += own.map { [$0] } ?? []
      }
      return GroundDelivery.Held(
        own: try await store.record(HeldGround.kind, recipient), others: others)
    }
  }

  /// Counts a delivery before it leaves; afterwards it has left, whether it was fetched or not.
  func count(_ delivery: GroundDelivery?, by actor: Actor) async throws(Problem) {
    guard var delivery else { return }
    for _ in 0..<20 {
      do throws(Problem) {
        guard let (change, said) = try delivery.conclusion() else { return }
        let isCounted = try await accounts.putUnlessConflict(
          [change], "ground-delivered", said, by: actor)
        if isCounted { return }
      } catch {
        try await noteRefused(error, by: actor)
        throw error
      }
      try delivery.rebase(on: try await held(by: delivery.recipient))
    }
    throw .store(.recordConflict(kind: HeldGround.kind.name, key: "", expected: 0, found: 1))
  }

  /// A refusal for the sake of the limit is something the auditor looks for.
  func noteRefused(_ problem: Problem, by actor: Actor) async throws(Problem) {
    guard problem.code == "ground-limit" else { return }
    try await asked { store throws(StoreError) in
      try await store.record(
        kind: "ground-refused", body: .object(["recipient": .string(problem.place)]), by: actor)
    }
  }

  /// Counts a package of changes that an account takes with it.
  public func count(_ package: IncrementPackage, to actor: Actor) async throws(Problem) {
    guard var delivery = try await delivery(of: package.dataset, to: actor) else { return }
    try delivery.take(package)
    try await count(delivery, by: actor)
  }

  /// Counts shapes of a dataset that somebody takes away.
  public func count(
    _ shapes: [Geometry], of dataset: DatasetID, to actor: Actor
  ) async throws(Problem) {
    guard var delivery = try await delivery(of: dataset, to: actor) else { return }
    for shape in shapes { try delivery.take(shape) }
    try await count(delivery, by: actor)
  }

  /// What each recipient has come to hold.
  public func heldGround() async throws(Problem) -> [HeldGround] {
    let records = try await asked { store throws(StoreError) in
      try await store.records(RecordQuery(HeldGround.kind), after: nil, limit: 1_000).records
    }
    return records.map { record in
      func area(_ name: String) -> Area {
        .squareMetres(record.body[name]?.string.flatMap(Double.init) ?? 0)
      }
      return HeldGround(recipient: record.key, area: area("areaM2"), largest: area("largestM2"))
    }
  }
}

extension GroundDelivery {
  mutating func take(_ package: IncrementPackage) throws(Problem) {
    for row in package.changes.lazy.flatMap(\.rows) { try take(row.content?.geometry) }
  }
}
