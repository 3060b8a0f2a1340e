public import Foundation
public import KarezCore
import KarezCrypto
public import KarezPacks
public import KarezStore
import KarezTiles

/// 一张图: one opened installation with its data, packs and reader; what every door calls.
public struct OneMap: Sendable {
  public let installation: Installation
  public let packs: PackLibrary
  /// What two people agreed these packs to be.
  public let publication: PackPublication
  /// 地区: the region pack the map is of; nil for a map of no particular place.
  public let region: Region?
  public let data: URL
  /// Tests put one in whose rule of access is weaker, to see that it is noticed.
  var store: any OneMapStore
  var offices: Offices
  let acts: TwoPersonActs
  let desk: PasswordDesk
  let clock: WallClock
  let vault: FactorVault
  let reads: ReadLedger
  let tiles = TileShelf<TileContent>(mostBytes: 64 << 20)
  let pictures = TileShelf<PictureContent>(mostBytes: 32 << 20)
  let names = TileShelf<NamedPlaces>(mostBytes: 48 << 20)
  let looks = StyleLooks()
  let tally = AccessTally()
  /// What prints letters and certificates of cases; nil where nothing does.
  public var press: (any CasePress)?

  /// The One Map in a data folder, or in a server's database.
  ///
  /// With a server, the folder holds this machine's layer files and nothing else. `notice` hears
  /// what an operator should know and no caller has to act on.
  ///
  /// - Errors: `Problem` of kind unavailable when there is none or its packs do not load.
  public static func open(
    data: URL, server: String? = nil, installation: Installation,
    clock: WallClock = .system, notice: @escaping @Sendable (LocalizedText) -> Void = { _ in }
  ) async throws(Problem) -> OneMap {
    // What does not load is told before what is not published.
    _ = try loadPacks(installation)
    let (recorded, region) = try await Self.recorded(in: data, server: server, clock: clock) {
      if let text = StoreNoticeWording.text(of: $0) { notice(text) }
    }
    let store = try await trusted(recorded, data: data)
    return try await assembled(
      store, under: try await publicationInUse(in: store, installation), data: data,
      region: region, installation, clock)
  }

  /// The map over what is recorded, by the packs on disk.
  ///
  /// Who may do what is judged by the texts of `former` where packs are being replaced.
  static func assembled(
    _ store: RelationalStore, under publication: PackPublication, data: URL,
    region adcode: String?, _ installation: Installation, _ clock: WallClock,
    judgedBy former: PackPublication? = nil
  ) async throws(Problem) -> OneMap {
    let packs = try loadPacks(installation)
    let offices = try loadOffices(installation, instead: former?.rights[Offices.file])
    let acts = try loadActs(installation, packs, instead: former?.rights[TwoPersonActs.file])
    let policy = try loadEvidencePolicy(installation)
    let zone: NetworkZone?
    do throws(StoreError) { zone = try await store.statedZone() } catch { throw .store(error) }
    let region = try adcode.map { adcode throws(Problem) in try loadRegion(adcode, installation) }
    return OneMap(
      installation: installation, packs: packs, publication: publication, region: region,
      data: data, store: store,
      offices: zone.flatMap { offices.standing(in: $0.rawValue) } ?? offices, acts: acts,
      desk: PasswordDesk(cost: .standard), clock: clock,
      vault: try await FactorVault.open(in: data, for: store),
      reads: ReadLedger(store: store, policy: policy, clock: clock))
  }

  /// What is recorded, and the region it is of.
  static func recorded(
    in data: URL, server: String?, clock: WallClock = .system,
    notify: @escaping @Sendable (StoreNotice) -> Void
  ) async throws(Problem) -> (store: RelationalStore, region: String?) {
    let told: @Sendable () -> String = { clock.now().description }
    guard let server else {
      let settings = try DataFolder(data).readSettings()
      do throws(StoreError) {
        let store = try SQLiteStore(folder: data, clock: told, notify: notify)
        return (store, settings.region)
      } catch {
        throw .store(error)
      }
    }
    do throws(StoreError) {
      let store = try await RelationalStore.server(
        PostgreSQLSettings(address: server), cache: data, clock: told, notify: notify)
      return (store, try await store.setting(Self.regionSetting))
    } catch {
      throw .store(error)
    }
  }

  /// Where a server's map keeps what a data folder says in its settings.
  static let regionSetting = "region"

  /// Makes the data folder, or the tables of a server's database, where they are missing, and every
  /// dataset the packs describe.
  ///
  /// Doing it again changes nothing.
  public static func initialise(
    data: URL, server: String? = nil, installation: Installation, region: String? = nil,
    by actor: Actor
  ) async throws(Problem) -> OneMap {
    try examinePacks(installation)
    let packs = try loadPacks(installation)
    if server == nil { try DataFolder(data).create(DataFolder.Settings(region: region)) }
    let sealed: RelationalStore
    do throws(StoreError) {
      let store: RelationalStore
      if let server {
        store = try await .server(
          PostgreSQLSettings(address: server), isMade: true, cache: data, clock: Clock.timestamp)
        if let region { try await store.keep(setting: Self.regionSetting, region) }
      } else {
        store = try SQLiteStore(folder: data, clock: Clock.timestamp)
      }
      // The operator's own act, so rows that never had a code may get theirs.
      sealed = try await store.sealed(inFolder: data, isRenewing: true)
    } catch {
      throw .store(error)
    }
    try await publishFirst(in: sealed, data: data, region: region, installation, by: actor)
    do throws(StoreError) {
      for schema in packs.schemas { try await sealed.define(schema, by: actor, in: .all) }
    } catch {
      throw .store(error)
    }
    return try await open(data: data, server: server, installation: installation)
  }

  static func loadPacks(_ installation: Installation) throws(Problem) -> PackLibrary {
    do throws(RulePackError) {
      return try PackLibrary.load(from: installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  static func loadOffices(
    _ installation: Installation, instead text: String? = nil
  ) throws(Problem) -> Offices {
    let folder = installation.packs.path
    do throws(RulePackError) {
      guard let text else { return try Offices.load(from: folder) }
      return try Offices.read(Array(text.utf8), besides: folder)
    } catch {
      throw .packs(error)
    }
  }

  static func loadActs(
    _ installation: Installation, _ packs: PackLibrary, instead text: String? = nil
  ) throws(Problem) -> TwoPersonActs {
    let datasets = Set(packs.schemas.map(\.id.text))
    do throws(RulePackError) {
      guard let text else {
        return try TwoPersonActs.load(from: installation.packs.path, datasets: datasets)
      }
      return try TwoPersonActs.read(Array(text.utf8), datasets: datasets)
    } catch {
      throw .packs(error)
    }
  }

  static func loadEvidencePolicy(
    _ installation: Installation
  ) throws(Problem) -> EvidencePolicy {
    do throws(RulePackError) {
      return try EvidencePolicy.load(from: installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  static func loadRegion(
    _ adcode: String, _ installation: Installation
  ) throws(Problem) -> Region {
    do throws(RegionError) {
      return try Region(folder: installation.packs.appending(path: "regions/\(adcode)").path)
    } catch {
      throw .region(error)
    }
  }
}

extension OneMap {
  /// 账户: who there is, who may what, and who has signed in.
  public var accounts: Accounts {
    Accounts(
      store: store, offices: offices, acts: acts, desk: desk, clock: clock, vault: vault)
  }

  /// 双人办理: what nobody does alone.
  public var twoPersons: TwoPersons {
    TwoPersons(
      acts: acts, accounts: accounts,
      effects: [
        RoleGrant(accounts: accounts), ZonePublication(map: self), Reclassification(map: self),
        PackPublishing(map: self), PartnerRegistration(exchange: exchange),
        AccessRestoring(accounts: accounts), DataRelease(map: self),
      ])
  }

  /// The roles an installation has.
  public static func roles(of installation: Installation) throws(Problem) -> [Role] {
    try loadOffices(installation).roles
  }
}

// MARK: Reading

extension OneMap {
  public func schemas(in scope: Scope) async throws(Problem) -> [DatasetSchema] {
    try await asked { store throws(StoreError) in try await store.schemas(in: scope) }
  }

  /// The catalogue as of a state; today's by default.
  public func catalogue(
    asOf: AsOf?, in scope: Scope
  ) async throws(Problem) -> [DatasetSummary] {
    let state: AsOf
    if let asOf { state = asOf } else { state = try await today() }
    return try await asked { store throws(StoreError) in
      var summaries: [DatasetSummary] = []
      for schema in try await store.schemas(in: scope) {
        summaries.append(try await store.summary(of: schema.id, asOf: state, in: scope))
      }
      return summaries
    }
  }

  /// One dataset of the catalogue as of a state.
  public func catalogue(
    of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(Problem) -> DatasetSummary {
    try await asked { store throws(StoreError) in
      try await store.summary(of: dataset, asOf: asOf, in: scope)
    }
  }

  /// At most `limit` features, and whether that was all of them.
  public func features(
    _ query: FeatureQuery, limit: Int, in scope: Scope
  ) async throws(Problem) -> (features: [FeatureVersion], isComplete: Bool) {
    let page = try await asked { store throws(StoreError) in
      try await store.features(query, after: nil, limit: limit, in: scope)
    }
    try await noteRead(
      of: query.dataset, features: page.versions.map(\.feature.id), in: scope)
    return (page.versions, page.next == nil)
  }

  /// Today's state at the last commit.
  public func today() async throws(Problem) -> AsOf {
    try await asked { store throws(StoreError) in
      AsOf(validOn: Clock.today, recorded: try await store.lastCommit())
    }
  }

  static func dataset(named name: String) throws(Problem) -> DatasetID {
    guard let id = DatasetID(name) else { throw .noSuchDataset(named: name) }
    return id
  }

  func asked<Result: Sendable>(
    _ question: (any OneMapStore) async throws(StoreError) -> Result
  ) async throws(Problem) -> Result {
    do throws(StoreError) {
      return try await question(store)
    } catch {
      throw .store(error)
    }
  }
}

// MARK: Evidence

extension OneMap {
  public func verifyLog(
    progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> LogVerification {
    try await asked { store throws(StoreError) in try await store.verifyLog(progress: progress) }
  }

  public func logEntries(
    after number: Int64, limit: Int
  ) async throws(Problem) -> [LogEntry] {
    try await asked { store throws(StoreError) in
      try await store.logEntries(after: number, limit: limit)
    }
  }
}
