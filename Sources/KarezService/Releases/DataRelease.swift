public import KarezCore
import KarezPacks
import KarezStore
public import KarezWriting

/// 数据提供申请: data of a dataset that somebody asks for beyond the regions they may download.
public struct ReleaseOrder: Hashable, Sendable {
  public let dataset: String
  public let format: OutputFormat
  /// The beginning of an administrative code; all of the dataset if nil.
  public var region: String?
  /// The day of the agreement if nil.
  public var validOn: LegalDate?

  public init(dataset: String, format: OutputFormat) {
    self.dataset = dataset
    self.format = format
  }

  var subject: JSONValue {
    .object([
      "dataset": .string(dataset), "format": .string(format.rawValue),
      "region": .optional(region), "validOn": .optional(validOn?.description),
    ])
  }

  /// Nil for another act's subject.
  init?(_ subject: JSONValue) {
    guard let dataset = subject["dataset"]?.string,
      let format = subject["format"]?.string.flatMap(OutputFormat.init)
    else { return nil }
    self.init(dataset: dataset, format: format)
    region = subject["region"]?.string
    validOn = subject["validOn"]?.string.flatMap { LegalDate($0) }
  }
}

/// Release of data (数据提供) as an act of two people: who asks, and an officer who answers.
///
/// The answer widens the land somebody may have, never the level: attributes and datasets above
/// the asker's own stay where they are. The file is a download of the asker.
struct DataRelease: TwoPersonEffect {
  let map: OneMap
  let act = TwoPersonAct.Name.dataRelease

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    guard let order = ReleaseOrder(subject) else {
      throw .store(.corrupt(what: "proposal"))
    }
    let schema = try await map.schema(of: order.dataset, in: principal.scope)
    if let region = order.region {
      let isCode =
        (2...12).contains(region.utf8.count)
        && region.utf8.allSatisfy { (0x30...0x39).contains($0) }
      guard isCode, schema.region != nil else {
        throw Wording(
          "release-region", "区划代码有误，或该数据集不分行政区",
          "the administrative code is none, or the dataset says nothing of regions",
          do: "更正区划，或申请全部", "mend the region, or ask for all"
        ).problem(.usage, at: "region")
      }
    }
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? {
    guard let order = ReleaseOrder(proposal.subject) else {
      throw .store(.corrupt(what: "proposal"))
    }
    let account = try await map.accounts.account(proposal.proposer)
    guard account.isActive else { throw TwoPersons.outdated(proposal.id) }
    let asker = account.principal(in: map.offices)
    let schema = try await map.schema(of: order.dataset, in: asker.scope)
    try await refuseBlind(principal, order, schema)
    var export = ExportOrder(dataset: order.dataset, path: "")
    export.format = order.format
    export.region = order.region
    export.validOn = order.validOn
    let subject = export.subject(of: schema, at: try await map.today(), in: asker.scope)
    guard case .object(var members) = subject else { return nil }
    members["release"] = .string(proposal.id)
    let job = Job(
      Download.handler, of: "release-" + proposal.id, subject: .object(members),
      by: asker.actor, at: map.clock.now())
    return TwoPersonOutcome(changes: [job.change])
  }

  /// Who does not see all that would go does not say that it may.
  private func refuseBlind(
    _ officer: Principal, _ order: ReleaseOrder, _ asked: DatasetSchema
  ) async throws(Problem) {
    let seen = try await map.schema(of: order.dataset, in: officer.scope)
    let names = Set(seen.attributes.map(\.name))
    let isWithin =
      officer.scope.regionPrefixes.map { own in
        own.contains { order.region?.hasPrefix($0) ?? false }
      } ?? true
    guard isWithin, asked.attributes.allSatisfy({ names.contains($0.name) }) else {
      throw .store(.scopeTooNarrow(seen.id))
    }
  }

  /// Whoever may not know of the dataset does not hear of a request for it.
  func isVisible(_ subject: JSONValue, to principal: Principal) async throws(Problem) -> Bool {
    guard let order = ReleaseOrder(subject) else { return false }
    return try await map.schemas(in: principal.scope).contains { $0.id.text == order.dataset }
  }

  func words(_ subject: JSONValue) -> LocalizedText {
    let dataset = subject["dataset"]?.string ?? ""
    let format = subject["format"]?.string ?? ""
    let day = subject["validOn"]?.string.map { " " + $0 } ?? ""
    let region = subject["region"]?.string
    return LocalizedText(
      zh: "提供数据 \(dataset)\(day)（\(region ?? "全部区划")，\(format)）",
      en: "release \(dataset)\(day) (\(region ?? "all regions"), \(format))",
      ug: "\(dataset)\(day) (\(region ?? "بارلىق رايون")، \(format))")
  }
}

extension TwoPersons {
  /// Asks for data; an officer answers.
  public func request(
    _ order: ReleaseOrder, because purpose: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    guard !purpose.isEmpty else { throw Self.reasonMissing }
    return try await propose(.dataRelease, order.subject, because: purpose, by: principal)
  }

  /// What this person asked for, whatever became of it; the latest first.
  public func requests(of principal: Principal) async throws(Problem) -> [Proposal] {
    try await all(for: principal).filter {
      $0.act == .dataRelease && $0.proposer == principal.actor.id
    }
  }

  /// What this person may answer now; the most urgent first.
  public func requestsToAnswer(by principal: Principal) async throws(Problem) -> [Proposal] {
    try await waiting(for: principal).filter {
      $0.act == .dataRelease && refusal(of: principal, on: $0) == nil
    }
  }
}

extension Scope {
  /// The scope of a file that an officer released: its asker's, on the land that was agreed to.
  func released(in region: String?) -> Scope {
    guard let region else { return everywhere }
    return everywhere.held(to: .regions([region]))
  }
}
