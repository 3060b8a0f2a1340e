import Foundation
public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// 分区交换: bundles from and to other installations, one after the other, none lost, none twice.
public struct Exchange: Sendable {
  let map: OneMap

  /// The zone the installation stands in; the lowest where the packs know a zone we do not.
  public var zone: NetworkZone { NetworkZone(rawValue: map.offices.zone.id) ?? .public }

  // MARK: Partners

  public func partners() async throws(Problem) -> [ExchangePartner] {
    do throws(StoreError) {
      let page = try await map.store.records(
        RecordQuery(ExchangePartner.kind), after: nil, limit: 1_000)
      var partners: [ExchangePartner] = []
      for record in page.records { partners.append(try ExchangePartner(record)) }
      return partners
    } catch {
      throw .store(error)
    }
  }

  func partner(_ id: String) async throws(Problem) -> ExchangePartner {
    let found = try await partners().first { $0.id == id && $0.isActive }
    guard let found else { throw .exchangePartner(id) }
    return found
  }

  /// Registers a partner, or what has changed of one, or proposes to.
  ///
  /// What is returned is the proposal; nil where nobody else has to agree.
  public func introduce(
    _ partner: ExchangePartner, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal? {
    guard try await map.accounts.isHeldBack(.exchangePartner, by: principal) else {
      try principal.require(.manageAccounts)
      try await register(partner, by: principal.actor)
      return nil
    }
    let known = try await partners().first { $0.id == partner.id }
    return try await map.twoPersons.propose(
      .exchangePartner, partner.subject(after: known), because: reason, by: principal)
  }

  func register(_ partner: ExchangePartner, by actor: Actor) async throws(Problem) {
    let settled = try await settled(partner)
    try await put([settled.change], "exchange-partner", said(of: settled), by: actor)
  }

  /// A partner as it is to be recorded.
  ///
  /// A key is never forgotten while bundles signed by it may come; ending the partner ends all.
  func settled(_ partner: ExchangePartner) async throws(Problem) -> ExchangePartner {
    guard DatasetID(partner.id) != nil, partner.envelopeKey.algorithm == .sm2 else {
      throw Wording(
        "exchange-partner-form", "交换方名称须为小写字母、数字与连字符，收件密钥须为 SM2",
        "a partner's id is of lower-case letters, digits and hyphens, and its envelope key of SM2",
        do: "更正后重试", "mend it and try again"
      ).problem(.usage, at: partner.id)
    }
    var partner = partner
    let known = try await partners()
    let taken = known.first { other in
      other.id != partner.id && other.isActive
        && !Set(other.signingKeys).isDisjoint(with: partner.signingKeys)
    }
    if let taken {
      throw Wording(
        "exchange-key-taken", "此签名公钥已登记给 \(taken.id)", "the signing key is \(taken.id)'s already",
        do: "核对公钥文件", "check the file of the key"
      ).problem(.conflict, at: partner.id)
    }
    if let old = known.first(where: { $0.id == partner.id }) {
      partner.record = old.record
      partner.signingKeys =
        old.signingKeys.filter { !partner.signingKeys.contains($0) } + partner.signingKeys
    }
    return partner
  }

  /// Ends a partner: nothing goes to it or comes from it any more.
  ///
  /// One person does it: it takes nothing but a way.
  public func end(_ id: String, by actor: Actor) async throws(Problem) {
    var partner = try await partner(id)
    partner.isActive = false
    try await put([partner.change], "exchange-partner-ended", said(of: partner), by: actor)
  }

  private func said(of partner: ExchangePartner) -> [String: JSONValue] {
    guard case .object(let members) = partner.json else { return [:] }
    return members
  }

  // MARK: Bundles

  func bundles(_ kind: RecordKind, of partner: String) async throws(Problem) -> [ExchangedBundle] {
    do throws(StoreError) {
      var bundles: [ExchangedBundle] = []
      var last: PlatformRecord?
      repeat {
        let page = try await map.store.records(
          RecordQuery(kind, keyPrefix: partner + "/"), after: last, limit: 500)
        for record in page.records { bundles.append(try ExchangedBundle(record)) }
        last = page.next
      } while last != nil
      return bundles
    } catch {
      throw .store(error)
    }
  }

  func put(
    _ changes: [RecordChange], _ kind: String, _ said: [String: JSONValue], by actor: Actor
  ) async throws(Problem) {
    guard try await map.accounts.putUnlessConflict(changes, kind, said, by: actor) else {
      throw TwoPersons.busy
    }
  }

  // MARK: Files

  /// Where bundles are kept, in and out, readable by their owner only.
  func folder(_ name: String, of partner: String) throws(Problem) -> URL {
    try folder("exchange/\(name)/\(partner)")
  }

  /// A folder for one piece of work; its caller removes it.
  func workFolder() throws(Problem) -> URL {
    let all = try folder("exchange")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: all.path)) ?? []
    for name in names where name.hasPrefix(Self.workPrefix) {
      let place = all.appending(path: name)
      let made = try? place.resourceValues(forKeys: [.contentModificationDateKey])
        .contentModificationDate
      // Of a process that was killed: what lies in it is in the clear.
      if (made ?? Date()).timeIntervalSinceNow < -86_400 {
        try? FileManager.default.removeItem(at: place)
      }
    }
    return try folder("exchange/\(Self.workPrefix)\(UUID().uuidString)")
  }

  private static let workPrefix = ".work-"

  private func folder(_ path: String) throws(Problem) -> URL {
    let folder = map.data.appending(path: path)
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      return folder
    } catch {
      throw .exchangeDisk(folder.lastPathComponent)
    }
  }

  func copy(_ file: URL, to place: URL) throws(Problem) {
    let fresh = place.deletingLastPathComponent().appending(path: ".new-\(UUID().uuidString)")
    do {
      try FileManager.default.copyItem(at: file, to: fresh)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fresh.path)
      guard rename(fresh.path, place.path) == 0 else { throw POSIXError(.EIO) }
      try DurableNames.sync(place.deletingLastPathComponent())
    } catch {
      try? FileManager.default.removeItem(at: fresh)
      throw .exchangeDisk(place.lastPathComponent)
    }
  }
}

extension OneMap {
  /// 分区交换.
  public var exchange: Exchange { Exchange(map: self) }
}

/// 交换记录: one bundle that went out or came in, and what became of it.
public struct ExchangedBundle: Hashable, Sendable {
  static let sent = RecordKind.witnessed("exchange-sent")
  static let received = RecordKind.witnessed("exchange-received")

  public enum State: String, CaseIterable, Hashable, Sendable {
    // Of those that went out.
    /// Its receipt has not come.
    case sealed
    case acknowledged
    // Of those that came in.
    /// Waits for those before it.
    case held
    /// All its parts went through the gate; recorded, or handed in for a second person.
    case applied
    /// The gate or the map stands in its way; it may be tried again.
    case blocked
    /// Authentic, and not to be had here.
    case refused
    /// Says it follows another than the one that was received.
    case forked

    /// Whether those after it may go on.
    var isConcluded: Bool { self == .applied || self == .refused }
  }

  public let partner: String
  public let sequence: Int64
  public var state: State
  /// Of the whole file.
  public let sm3: String
  /// What is kept of the manifest, and of what was done.
  var body: [String: JSONValue]
  var record: PlatformRecord?

  init(partner: String, _ sequence: Int64, _ state: State, sm3: String, _ body: [String: JSONValue])
  {
    self.partner = partner
    self.sequence = sequence
    self.state = state
    self.sm3 = sm3
    self.body = body
  }

  init(_ record: PlatformRecord) throws(StoreError) {
    let parts = record.key.split(separator: "/")
    guard parts.count == 2, let sequence = Int64(parts[1]),
      let state = State(rawValue: record.state), let sm3 = record.body["sm3"]?.string,
      case .object(let body) = record.body
    else { throw .corrupt(what: "exchanged bundle \(record.key)") }
    partner = String(parts[0])
    self.sequence = sequence
    self.state = state
    self.sm3 = sm3
    self.body = body
    self.record = record
  }

  static func key(_ partner: String, _ sequence: Int64) -> String {
    partner + "/" + digits(sequence)
  }

  /// So many digits that texts sort as numbers do.
  static func digits(_ sequence: Int64) -> String {
    let text = String(sequence)
    return String(repeating: "0", count: max(0, 16 - text.count)) + text
  }

  /// What it is kept as; two of one number are two files.
  static func fileName(_ sequence: Int64, _ sm3: String) -> String {
    "\(digits(sequence))-\(sm3.prefix(16)).karez"
  }

  var fileName: String { Self.fileName(sequence, sm3) }

  func change(_ kind: RecordKind) -> RecordChange {
    var body = body
    body["sm3"] = .string(sm3)
    let key = Self.key(partner, sequence)
    return .write(
      record?.next(state: state.rawValue, due: nil, owner: nil, body: .object(body))
        ?? PlatformRecord(kind: kind, key: key, state: state.rawValue, body: .object(body)))
  }

  /// What every log entry about it says.
  var said: [String: JSONValue] {
    [
      "partner": .string(partner), "sequence": .integer(sequence), "sm3": .string(sm3),
      "state": .string(state.rawValue),
    ]
  }

  public var json: JSONValue { .object(body.merging(said) { $1 }) }
}
