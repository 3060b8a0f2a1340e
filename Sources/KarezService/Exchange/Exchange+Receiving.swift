public import Foundation
public import KarezCore
public import KarezCrypto
import KarezPacks
import KarezStore

/// What became of a bundle that came in.
public struct ExchangeReception: Sendable {
  public enum Event: String, Sendable {
    /// Looked at, and kept for its turn or carried out; see the bundle's state.
    case taken
    /// Was here before.
    case replayed
  }

  public let event: Event
  public let bundle: ExchangedBundle

  public var json: JSONValue {
    .object(["event": .string(event.rawValue), "bundle": bundle.json])
  }
}

/// A file that is what it says it is, and for us.
struct VerifiedExchange {
  let file: ExchangeFile
  let partner: ExchangePartner
  /// Of the whole file.
  let sm3: String

  var manifest: ExchangeManifest { file.manifest }
}

extension Exchange {
  // MARK: Looking

  /// Verifies all that can be known without decrypting: who signed it, that it is whole, for whom
  /// it is, the zones, its class, and that two people agreed where it came down.
  func verified(
    _ place: URL, for opener: any EnvelopeOpener
  ) async throws(Problem) -> VerifiedExchange {
    let file = try ExchangeFile(reading: place)
    let manifest = file.manifest
    let partner = try await partners().first { partner in
      partner.isActive && partner.signingKeys.contains { $0.id == file.signature.key }
    }
    guard let partner else { throw .exchangeSigner(file.signature.key, at: file.name) }
    let sm3 = try file.verify(signedBy: partner.signingKeys)
    guard manifest.recipient.key == opener.publicKey.id else {
      throw .exchangeRecipient(manifest.recipient.key, at: file.name)
    }
    guard manifest.sender.zone == partner.zone else {
      throw .exchangeZone(manifest.sender.zone.rawValue, at: file.name)
    }
    guard manifest.recipient.zone == zone else {
      throw .exchangeZone(manifest.recipient.zone.rawValue, at: file.name)
    }
    return VerifiedExchange(file: file, partner: partner, sm3: sm3)
  }

  /// What the manifest itself says must not be here.
  func refusal(of manifest: ExchangeManifest, at name: String) -> Problem? {
    guard manifest.classification <= zone.ceiling else {
      return .exchangeAbove(manifest.classification, zone, at: name)
    }
    guard manifest.sender.zone.ceiling > zone.ceiling else { return nil }
    guard manifest.derivation != nil else { return .exchangeDownward(zone, at: name) }
    let isApproved = manifest.approvals.contains { approval in
      approval.act == TwoPersonAct.Name.zonePublication.rawValue
        && approval.proposer != approval.approver && !approval.proposer.isEmpty
        && !approval.approver.isEmpty && approval.proposedAt <= approval.approvedAt
        && approval.approvedAt <= manifest.created
        && approval.order == ExchangeOrder.sm3(of: manifest.order)
    }
    return isApproved ? nil : .exchangeApproval(at: name)
  }

  /// Verifies a bundle and lays its content out in a folder, without recording any of it.
  public func open(
    _ place: URL, with opener: any EnvelopeOpener, into folder: URL?, by actor: Actor
  ) async throws(Problem) -> ExchangeManifest {
    let found = try await verified(place, for: opener)
    if let refusal = refusal(of: found.manifest, at: found.file.name) { throw refusal }
    guard let folder else { return found.manifest }
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .exchangeDisk(folder.lastPathComponent)
    }
    let parts = try found.file.open(with: opener, into: folder)
    for (part, file) in zip(found.manifest.parts, parts) {
      let target = folder.appending(path: part.fileName)
      guard rename(file.path, target.path) == 0 else {
        throw .exchangeDisk(target.lastPathComponent)
      }
    }
    try await map.asked { store throws(StoreError) in
      try await store.record(
        kind: "exchange-opened", body: .object(["sm3": .string(found.sm3)]), by: actor)
    }
    return found.manifest
  }

  // MARK: Taking in

  /// Takes a bundle in, and carries out whatever has its turn now.
  ///
  /// Nothing of it is recorded unless all was verified. One that is too early is held; one that was
  /// here before is ignored.
  public func receive(
    _ place: URL, with opener: any EnvelopeOpener, by principal: Principal
  ) async throws(Problem) -> [ExchangeReception] {
    try principal.require(.submit)
    try principal.requireInPerson()
    do throws(Problem) {
      let found = try await verified(place, for: opener)
      if let known = try await replayed(found, by: principal.actor) {
        return [ExchangeReception(event: .replayed, bundle: known)]
      }
      let kept = try await keep(found, by: principal.actor)
      let done = try await advance(found.partner, with: opener, by: principal)
      // Whoever hands one in wants to know that it waits.
      return (done.isEmpty ? [kept] : done).map { ExchangeReception(event: .taken, bundle: $0) }
    } catch {
      try await noteTurnedAway(error, place, by: principal.actor)
      throw error
    }
  }

  private func noteTurnedAway(
    _ problem: Problem, _ place: URL, by actor: Actor
  ) async throws(Problem) {
    let sm3 = try? FileFingerprint.sm3(ofFileAt: place.path)
    try await map.asked { store throws(StoreError) in
      try await store.record(
        kind: "exchange-turned-away",
        body: .object(["code": .string(problem.code), "sm3": .optional(sm3)]), by: actor)
    }
  }

  /// The bundle, where the same was here before; a problem, where another of its number was.
  private func replayed(
    _ found: VerifiedExchange, by actor: Actor
  ) async throws(Problem) -> ExchangedBundle? {
    let known = try await bundles(ExchangedBundle.received, of: found.partner.id)
    let same = known.first { $0.sequence == found.manifest.sequence }
    guard let same, same.state != .forked || same.sm3 == found.sm3 else {
      let last = known.last { $0.state.isConcluded }
      let comesNext = found.manifest.sequence == (last?.sequence ?? 0) + 1
      guard !comesNext || found.manifest.previous == last?.sm3 ?? ExchangeManifest.noPrevious
      else { throw .exchangeChain(found.manifest.sequence, at: found.file.name) }
      return nil
    }
    guard same.sm3 == found.sm3 else {
      throw .exchangeChain(found.manifest.sequence, at: found.file.name)
    }
    try await map.asked { store throws(StoreError) in
      try await store.record(kind: "exchange-replayed", body: .object(same.said), by: actor)
    }
    return same
  }

  /// Keeps a bundle for its turn.
  private func keep(
    _ found: VerifiedExchange, by actor: Actor
  ) async throws(Problem) -> ExchangedBundle {
    let manifest = found.manifest
    let now = map.clock.now()
    guard now <= manifest.expires else {
      throw .exchangeExpired(manifest.expires, at: found.file.name)
    }
    let forked = try await bundles(ExchangedBundle.received, of: found.partner.id)
      .first { $0.sequence == manifest.sequence }
    var bundle = ExchangedBundle(
      partner: found.partner.id, manifest.sequence, .held, sm3: found.sm3,
      [
        "previous": .string(manifest.previous), "receivedAt": .string(now.description),
        "expires": .string(manifest.expires.description),
        "classification": .string(manifest.classification.rawValue),
        "key": .string(manifest.sender.key), "recipient": .string(manifest.recipient.key),
        "parts": .array(manifest.parts.map(\.json)),
      ])
    bundle.record = forked?.record
    let place = try folder("received", of: found.partner.id).appending(path: bundle.fileName)
    try copy(found.file.file, to: place)
    try await put(
      [bundle.change(ExchangedBundle.received)], "exchange-received", bundle.said, by: actor)
    return bundle
  }
}

extension ExchangeManifest.Part {
  var fileName: String { dataset.text + (form == .state ? ".geojson" : ".jsonl") }
}
