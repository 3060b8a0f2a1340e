public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import KarezWorkflow

/// 一窗: what applicants do: drafts, applications, and their own cases.
///
/// What is somebody else's is answered as what there is not.
public struct Applicants: Sendable {
  let map: OneMap

  var accounts: Accounts { map.accounts }

  /// Refuses whoever is no applicant, as if the address were none.
  func require(_ principal: Principal) throws(Problem) -> Applicant {
    guard let applicant = principal.applicant else { throw Self.nothingHere }
    return applicant
  }

  /// Refuses whoever's name nobody vouches for yet.
  func requireVerified(_ principal: Principal) throws(Problem) {
    guard try require(principal).isVerified else { throw Self.unverified }
  }

  // MARK: Names

  /// What an applicant is called; the id itself where there is no such account.
  public func name(of id: String) async throws(Problem) -> String {
    try await accounts.name(of: id)
  }

  /// What papers call an applicant: the name of an account that applies, else what was written.
  func paperName(of id: String) async throws(Problem) -> String {
    guard let account = try await accounts.find(id), account.applicant != nil else { return id }
    return account.name
  }

  /// Has a name and a number compared by whoever keeps the register of them.
  ///
  /// The number leaves through the port and is not kept.
  public func askRealName(
    number: String, by principal: Principal
  ) async throws(Problem) {
    _ = try require(principal)
    // As recorded now, not as the session began: several may ask at once.
    guard var applicant = try await accounts.account(principal.actor.id).applicant,
      [.unverified, .refused].contains(applicant.realName)
    else { throw Self.askedAlready }
    let plain = number.uppercased().filter { !$0.isWhitespace }
    guard plain.utf8.count == Self.numberDigits,
      plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
    else { throw Self.numberWrong }
    // Each answer says whether a name has a number, so few are given whatever they say.
    let isFew = try await Pace(map: map).take(
      "real-name", of: principal.actor.id, most: try map.webLimits().applicants.mostNameAsksADay,
      within: Pace.day)
    guard isFew else { throw Self.asksTooMany }
    let request = RealNameRequest(
      id: String(Secret.token().prefix(32)), kind: applicant.kind, name: principal.name ?? "",
      number: plain)
    try map.realNames.ask(request)
    applicant.realName = .asked
    applicant.request = request.id
    try await put(applicant, of: principal.actor, "real-name-asked")
  }

  /// 公民身份号码 (GB 11643) and 统一社会信用代码 (GB 32100) both have so many characters.
  private static let numberDigits = 18

  /// The applicant as they stand now, once an answer that came meanwhile was taken in.
  public func refreshed(_ principal: Principal) async throws(Problem) -> Principal {
    var applicant = try require(principal)
    guard applicant.realName == .asked, let request = applicant.request,
      let answer = map.realNames.answer(to: request)
    else { return principal }
    applicant.realName = answer.isVerified ? .verified : .refused
    applicant.request = nil
    try await put(applicant, of: principal.actor, "real-name-answered")
    var now = principal
    now.applicant = applicant
    return now
  }

  private func put(
    _ applicant: Applicant, of actor: Actor, _ kind: String
  ) async throws(Problem) {
    var account = try await accounts.account(actor.id)
    account.applicant = applicant
    try await accounts.put(
      [account.change], kind,
      ["account": .string(actor.id), "standing": .string(applicant.realName.rawValue)],
      by: actor)
  }

  // MARK: Mandates

  /// Mandates somebody gave, and those they hold; the newest first.
  public func mandates(
    of principal: Principal
  ) async throws(Problem) -> (given: [Mandate], held: [Mandate]) {
    _ = try require(principal)
    let id = principal.actor.id
    let given = try await records(RecordQuery(Mandate.kind, keyPrefix: id + "/"))
    let held = try await records(RecordQuery(Mandate.kind, owner: id))
    let sorted = { (records: [PlatformRecord]) in
      records.compactMap { Mandate($0) }.sorted { ($1.givenOn, $1.id) < ($0.givenOn, $0.id) }
    }
    return (sorted(given), sorted(held))
  }

  /// Offers another account to act for this one; it does once it accepts.
  ///
  /// - Errors: `Problem` whose place is the field: no service, a day that is over; one and the same
  ///   whether there is no such verified account or it has another name.
  public func mandate(
    _ agent: Agent, for services: [String], until lastDay: LegalDate, by principal: Principal
  ) async throws(Problem) {
    try requireVerified(principal)
    let today = try map.cases.today
    let own = principal.actor.id
    let known = Set(map.packs.forms.map(\.procedure))
    guard !services.isEmpty, services.allSatisfy(known.contains) else {
      throw Self.servicesUnknown
    }
    guard today <= lastDay else { throw Self.dayOver }
    let limits = try map.webLimits().applicants
    let given = try await mandates(of: principal).given.filter { $0.isOpen(on: today) }
    guard given.count < limits.mostMandates else { throw Self.tooManyMandates }
    // Whether an id has a name is an answer, too, so tries count and not mandates.
    let isFew = try await Pace(map: map).take(
      "mandate", of: own, most: limits.mostMandateTriesADay, within: Pace.day)
    guard isFew else { throw Self.mandatesToday }
    guard agent.id != own, let other = try await accounts.find(agent.id), other.isActive,
      other.applicant?.isVerified == true, agent.isCalled(other.name)
    else { throw Self.agentUnknown }
    let made = Mandate(
      id: String(Secret.token().prefix(16)), principal: own, agent: agent.id,
      services: Set(services).sorted(), lastDay: lastDay, givenOn: today)
    try await accounts.put(
      [made.change], "mandate-given",
      ["principal": .string(own), "agent": .string(agent.id), "mandate": .string(made.id)],
      by: principal.actor)
  }

  /// 代办人: whom a principal means, by the account and by the name they know.
  public struct Agent: Sendable {
    public let id: String
    public let name: String

    public init(id: String, name: String) {
      self.id = id.filter { !$0.isWhitespace }
      self.name = name
    }

    /// Names are the same in one normal form and without what stands around or between.
    func isCalled(_ other: String) -> Bool {
      func plain(_ text: String) -> String { text.filter { !$0.isWhitespace }.lowercased() }
      return !plain(name).isEmpty && plain(name) == plain(other)
    }
  }

  /// Accepts or declines what somebody offered; until then an agent sees nothing of theirs.
  public func answer(
    _ id: String, isAccepted: Bool, by principal: Principal
  ) async throws(Problem) {
    try requireVerified(principal)
    let held = try await mandates(of: principal).held
    guard let mandate = held.first(where: { $0.id == id }),
      let change = isAccepted ? mandate.acceptance : mandate.revocation
    else { throw Self.mandateUnknown }
    guard mandate.isOffered(on: try map.cases.today) else { throw Self.notOffered }
    try await accounts.put(
      [change], isAccepted ? "mandate-accepted" : "mandate-declined",
      [
        "principal": .string(mandate.principal), "agent": .string(mandate.agent),
        "mandate": .string(id),
      ], by: principal.actor)
  }

  /// Ends a mandate at once; the agent sees nothing of the principal's any more.
  public func revoke(_ id: String, by principal: Principal) async throws(Problem) {
    let given = try await mandates(of: principal).given
    guard let mandate = given.first(where: { $0.id == id }), let change = mandate.revocation else {
      throw Self.mandateUnknown
    }
    guard !mandate.isRevoked else { return }
    try await accounts.put(
      [change], "mandate-revoked",
      [
        "principal": .string(mandate.principal), "agent": .string(mandate.agent),
        "mandate": .string(id),
      ], by: principal.actor)
  }

  /// The mandate under which somebody acts for an applicant in a service; nil for the applicant.
  ///
  /// - Errors: as for what there is not, where neither holds.
  func charge(
    of applicant: String, in service: String, for principal: Principal
  ) async throws(Problem) -> Mandate? {
    _ = try require(principal)
    if applicant == principal.actor.id { return nil }
    let today = try map.cases.today
    let held = try await mandates(of: principal).held
    let mandate = held.first {
      $0.principal == applicant && $0.services.contains(service) && $0.isInForce(on: today)
    }
    guard let mandate else { throw Self.nothingHere }
    return mandate
  }

  // MARK: Records

  func records(_ query: RecordQuery) async throws(Problem) -> [PlatformRecord] {
    try await map.asked { store throws(StoreError) in
      try await store.records(query, after: nil, limit: Self.mostRecords).records
    }
  }

  /// Of one account and one kind; limits keep them far below.
  private static let mostRecords = 1_000

  /// Digests of the files that drafts hold, whosever they are.
  func draftedFiles() async throws(Problem) -> Set<String> {
    var files: Set<String> = []
    var last: PlatformRecord?
    repeat {
      let place = last
      let page = try await map.asked { store throws(StoreError) in
        try await store.records(
          RecordQuery(ApplicationDraft.kind), after: place, limit: Self.mostRecords)
      }
      for draft in page.records.compactMap({ ApplicationDraft($0) }) {
        files.formUnion(draft.materials.values.flatMap(\.document.files))
      }
      last = page.next
    } while last != nil
    return files
  }

  func put(_ changes: [RecordChange], by principal: Principal) async throws(Problem) {
    do throws(StoreError) {
      try await map.store.put(RecordBatch(changes), by: principal.actor)
    } catch { throw .store(error) }
  }

  /// Clears away drafts, registrations and counts whose time is over.
  func sweep() async throws(Problem) {
    for kind in [ApplicationDraft.kind, Registration.kind, Pace.kind] {
      let query = RecordQuery(kind, dueUntil: map.clock.now().description, order: .due)
      for record in try await records(query) {
        // One that was saved or submitted meanwhile is another version, and stays.
        try? await map.store.put(RecordBatch([.remove(record)]), by: .operator)
      }
    }
  }
}

extension OneMap {
  /// 一窗.
  public var applicants: Applicants { Applicants(map: self) }
}
