public import Foundation
public import KarezCore
public import KarezCrypto
import KarezPacks
import KarezStore

/// What was sealed.
public struct SealedExchange: Sendable {
  public let manifest: ExchangeManifest
  /// Of the file.
  public let sm3: String
}

extension Exchange {
  // MARK: Ordering

  /// The order with everything said that could be another by the time it is carried out.
  func settled(
    _ order: ExchangeOrder, for partner: ExchangePartner, _ rules: ExchangeRules
  ) async throws(Problem) -> ExchangeOrder {
    var order = order
    let today = try await map.today()
    order.recorded = min(order.recorded ?? today.recorded, today.recorded)
    if let edition = try await edition(of: order, for: partner, rules) {
      order.validOn = order.validOn ?? today.validOn
      if order.datasets.isEmpty {
        order.datasets = try await map.labelledSchemas().filter { edition.part($0) != nil }
          .map(\.id.text)
      }
    } else if order.since == nil {
      let earlier = try await bundles(ExchangedBundle.sent, of: partner.id)
        .compactMap { $0.body["order"].flatMap(ExchangeOrder.init) }
        .last { !Set($0.datasets).isDisjoint(with: order.datasets) }
      order.since = earlier?.recorded ?? CommitNumber.none
    }
    guard !order.datasets.isEmpty else { throw .exchangeEmpty }
    order.datasets = try inOrder(order.datasets)
    return order
  }

  /// The datasets, each after those it refers to, so that they are recorded in that order.
  private func inOrder(_ names: [String]) throws(Problem) -> [String] {
    for name in names {
      let dataset = try OneMap.dataset(named: name)
      guard map.packs.schema(dataset) != nil else { throw .store(.noSuchDataset(dataset)) }
    }
    var ordered: [DatasetID] = []
    var seen: Set<DatasetID> = []
    func visit(_ schema: DatasetSchema) {
      guard seen.insert(schema.id).inserted else { return }
      for needed in schema.attributes.compactMap(\.references?.dataset) {
        if let other = map.packs.schema(needed) { visit(other) }
      }
      ordered.append(schema.id)
    }
    for schema in map.packs.schemas { visit(schema) }
    return ordered.map(\.text).filter(names.contains)
  }

  /// The edition an order is derived by; nil for changes as they are.
  func edition(
    of order: ExchangeOrder, for partner: ExchangePartner, _ rules: ExchangeRules
  ) async throws(Problem) -> EditionRule? {
    guard let id = order.edition else {
      guard partner.zone.ceiling >= zone.ceiling else {
        throw .exchangeDownward(partner.zone, at: partner.id)
      }
      return nil
    }
    guard let edition = rules.edition(id), edition.zone.ceiling <= partner.zone.ceiling else {
      throw .exchangeEdition(id, at: partner.id)
    }
    let all = try await map.labelledSchemas()
    for name in order.datasets {
      let dataset = try OneMap.dataset(named: name)
      guard let schema = all.first(where: { $0.id == dataset }), edition.part(schema) != nil else {
        throw .exchangeEdition(id, at: name)
      }
    }
    if edition.needsMapApproval, order.mapApproval?.isEmpty ?? true {
      throw .mapApprovalMissing
    }
    return edition
  }

  /// Proposes an order that goes to a lower zone; a second person has to agree.
  public func propose(
    _ order: ExchangeOrder, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    let partner = try await partner(order.partner)
    let rules = try map.exchangeRules()
    let subject = try await settled(order, for: partner, rules)
      .json(for: partner, rules: rules.sm3)
    return try await map.twoPersons.propose(
      .zonePublication, subject, because: reason, by: principal)
  }

  // MARK: Sealing

  /// Seals what two people agreed to.
  public func seal(
    proposal id: String, by signer: any Signer, as principal: Principal, to place: URL
  ) async throws(Problem) -> SealedExchange {
    let proposal = try await map.twoPersons.proposal(id, for: principal)
    guard let order = ExchangeOrder(proposal.subject) else {
      throw TwoPersons.notAgreed(.zonePublication, id)
    }
    return try await seal(order, proposal, by: signer, as: principal, to: place)
  }

  /// Seals what needs no agreement: nothing goes down.
  public func seal(
    _ order: ExchangeOrder, by signer: any Signer, as principal: Principal, to place: URL
  ) async throws(Problem) -> SealedExchange {
    let partner = try await partner(order.partner)
    guard partner.zone.ceiling >= zone.ceiling else {
      throw TwoPersons.notAgreed(.zonePublication, partner.id)
    }
    let settled = try await settled(order, for: partner, try map.exchangeRules())
    return try await seal(settled, nil, by: signer, as: principal, to: place)
  }

  private func seal(
    _ order: ExchangeOrder, _ proposal: Proposal?, by signer: any Signer,
    as principal: Principal, to place: URL
  ) async throws(Problem) -> SealedExchange {
    try principal.require(anyOf: [.submit, .signOff, .release])
    try principal.requireInPerson()
    let partner = try await partner(order.partner)
    let rules = try map.exchangeRules()
    let said = order.json(for: partner, rules: rules.sm3)
    var changes: [RecordChange] = []
    if let proposal {
      changes.append(
        try await map.twoPersons.spending(proposal.id, for: .zonePublication, said))
    }
    let work = try workFolder()
    defer { try? FileManager.default.removeItem(at: work) }
    let contents = try await ExchangeMaking(
      exchange: self, order: order, partner: partner, rules: rules, scope: principal.scope,
      folder: work
    ).contents(by: principal.actor)
    if let ground = contents.ground { changes.append(ground.change) }
    let last = try await bundles(ExchangedBundle.sent, of: partner.id).last
    let draft = ExchangeDraft(
      sender: .init(key: signer.publicKey.id, zone: zone), partner: partner,
      sequence: (last?.sequence ?? 0) + 1, previous: last?.sm3 ?? ExchangeManifest.noPrevious,
      created: map.clock.now(), lastsSeconds: rules.lastsSeconds, order: said,
      contents: contents, approval: proposal)
    let fresh = work.appending(path: "sealed")
    let (sm3, manifest) = try draft.write(to: fresh, signedBy: signer)
    let kept = try folder("sent", of: partner.id)
      .appending(path: ExchangedBundle.fileName(draft.sequence, sm3))
    try copy(fresh, to: kept)
    let bundle = ExchangedBundle(
      partner: partner.id, draft.sequence, .sealed, sm3: sm3,
      [
        "order": said, "classification": .string(manifest.classification.rawValue),
        "expires": .string(manifest.expires.description), "key": .string(signer.publicKey.id),
        "recipient": .string(manifest.recipient.key),
        "parts": .array(manifest.parts.map(\.json)),
      ])
    changes.append(bundle.change(ExchangedBundle.sent))
    var entry = bundle.said
    entry["order"] = said
    entry["derivation"] = manifest.derivation?.json ?? .null
    entry["leftOut"] = contents.leftOut?.json
    entry["ground"] = contents.ground.map { .object($0.said) } ?? .null
    entry["proposal"] = .optional(proposal?.id)
    try await put(changes, "exchange-sealed", entry, by: principal.actor)
    try copy(kept, to: place)
    return SealedExchange(manifest: manifest, sm3: sm3)
  }

  /// Gives out a bundle that was sealed before, byte for byte.
  public func again(
    _ sequence: Int64, for partner: String, to place: URL, by actor: Actor
  ) async throws(Problem) -> ExchangedBundle {
    let found = try await bundles(ExchangedBundle.sent, of: partner)
      .first { $0.sequence == sequence }
    guard let found else { throw .exchangeBundle("\(partner)/\(sequence)") }
    let kept = try folder("sent", of: partner)
      .appending(path: found.fileName)
    guard try FileFingerprint.sm3(ofFileAt: kept.path) == found.sm3 else {
      throw .exchangeAltered("file", at: kept.lastPathComponent)
    }
    try copy(kept, to: place)
    try await map.asked { store throws(StoreError) in
      try await store.record(kind: "exchange-again", body: .object(found.said), by: actor)
    }
    return found
  }
}

/// A bundle that is about to be written.
struct ExchangeDraft {
  let sender: ExchangeManifest.Party
  let partner: ExchangePartner
  let sequence: Int64
  let previous: String
  let created: Timestamp
  let lastsSeconds: Int
  let order: JSONValue
  let contents: ExchangeContents
  let approval: Proposal?

  func write(
    to place: URL, signedBy signer: any Signer
  ) throws(Problem) -> (sm3: String, manifest: ExchangeManifest) {
    let recipient = ExchangeManifest.Party(key: partner.envelopeKey.id, zone: partner.zone)
    let envelope = ExchangeFile.Envelope(
      recipient: partner.envelopeKey,
      context: ExchangeManifest.context(
        sender: sender.key, recipient: recipient.key, sequence: sequence))
    var made: ExchangeManifest?
    let sm3 = try ExchangeFile.write(
      contents.files, for: envelope, signedBy: signer, to: place
    ) { content in
      let manifest = manifest(for: recipient, content)
      made = manifest
      return manifest
    }
    guard let made else { throw .exchangeDisk(place.lastPathComponent) }
    return (sm3, made)
  }

  private func manifest(
    for recipient: ExchangeManifest.Party, _ content: ExchangeManifest.Content
  ) -> ExchangeManifest {
    ExchangeManifest(
      sender: sender, recipient: recipient, sequence: sequence, previous: previous,
      created: created, expires: created.adding(seconds: lastsSeconds),
      classification: contents.classification, order: order, parts: contents.parts,
      derivation: contents.derivation, approvals: approvals, content: content)
  }

  private var approvals: [ExchangeManifest.Approval] {
    guard let approval, let decision = approval.decision,
      let proposedAt = Timestamp(approval.proposedAt), let approvedAt = Timestamp(decision.at)
    else { return [] }
    return [
      ExchangeManifest.Approval(
        act: approval.act.rawValue, proposal: approval.id, proposer: approval.proposer,
        proposedAt: proposedAt, approver: decision.by, approvedAt: approvedAt,
        order: ExchangeOrder.sm3(of: approval.subject))
    ]
  }
}
