import Foundation
import KarezCatalog
public import KarezCore
public import KarezCrypto
import KarezPacks
import KarezStore

extension Exchange {
  /// Tries again what stands in the way of a partner's bundles, and goes on with those behind it.
  ///
  /// `accepting` are rules of the gate to let pass, with a reason.
  public func resume(
    _ partner: String, with opener: any EnvelopeOpener, accepting: [String] = [],
    because reason: String? = nil, by principal: Principal
  ) async throws(Problem) -> [ExchangedBundle] {
    try principal.require(.submit)
    try principal.requireInPerson()
    return try await advance(
      try await self.partner(partner), with: opener, accepting: accepting, because: reason,
      isResuming: true, by: principal)
  }

  /// Gives up the bundle that has its turn, so that those behind it may go on.
  public func refuse(
    _ sequence: Int64, of partner: String, because reason: String, by principal: Principal
  ) async throws(Problem) -> ExchangedBundle {
    try principal.require(anyOf: [.signOff, .release])
    guard !reason.isEmpty else { throw TwoPersons.reasonMissing }
    let found = try await bundles(ExchangedBundle.received, of: partner)
      .first { $0.sequence == sequence && $0.state == .blocked }
    guard var found else { throw .exchangeBundle("\(partner)/\(sequence)") }
    found.state = .refused
    found.body["reason"] = .string(String(reason.prefix(400)))
    try await put(
      [found.change(ExchangedBundle.received)], "exchange-refused", found.said,
      by: principal.actor)
    return found
  }

  /// Carries out, one after the other, the bundles that have their turn.
  func advance(
    _ partner: ExchangePartner, with opener: any EnvelopeOpener, accepting: [String] = [],
    because reason: String? = nil, isResuming: Bool = false, by principal: Principal
  ) async throws(Problem) -> [ExchangedBundle] {
    var done: [ExchangedBundle] = []
    while true {
      let known = try await bundles(ExchangedBundle.received, of: partner.id)
      let last = known.last { $0.state.isConcluded }
      let next = known.first { $0.sequence == (last?.sequence ?? 0) + 1 }
      let mayGoOn = next.map { $0.state == .held || isResuming && $0.state == .blocked } ?? false
      guard var next, mayGoOn, !done.contains(where: { $0.sequence == next.sequence }) else {
        return done
      }
      guard next.body["previous"]?.string == last?.sm3 ?? ExchangeManifest.noPrevious else {
        next.state = .forked
        try await put(
          [next.change(ExchangedBundle.received)], "exchange-forked", next.said,
          by: principal.actor)
        return done + [next]
      }
      let applying = ExchangeApplying(
        exchange: self, partner: partner, opener: opener, principal: principal,
        accepting: done.isEmpty ? accepting : [], reason: reason)
      let outcome = try await applying.run(next)
      try await put(
        [outcome.change(ExchangedBundle.received)], "exchange-" + outcome.state.rawValue,
        outcome.said, by: principal.actor)
      done.append(outcome)
    }
  }
}

/// Carries one bundle out: everything through the gate, as if somebody had handed it in.
///
/// Whatever stops in between begins anew: a state or a change that is recorded already is nothing
/// to record.
struct ExchangeApplying {
  let exchange: Exchange
  let partner: ExchangePartner
  let opener: any EnvelopeOpener
  let principal: Principal
  let accepting: [String]
  let reason: String?

  private var map: OneMap { exchange.map }

  func run(_ bundle: ExchangedBundle) async throws(Problem) -> ExchangedBundle {
    var bundle = bundle
    let place = try exchange.folder("received", of: partner.id).appending(path: bundle.fileName)
    let found = try await exchange.verified(place, for: opener)
    guard found.sm3 == bundle.sm3 else { throw .exchangeAltered("file", at: found.file.name) }
    let work = try exchange.workFolder()
    defer { try? FileManager.default.removeItem(at: work) }
    bundle.body["problem"] = nil
    do throws(Problem) {
      if let refusal = exchange.refusal(of: found.manifest, at: found.file.name) { throw refusal }
      let files = try found.file.open(with: opener, into: work)
      var named: [URL] = []
      for (part, file) in zip(found.manifest.parts, files) {
        let target = work.appending(path: part.fileName)
        guard rename(file.path, target.path) == 0 else { throw .exchangeDisk(part.fileName) }
        try await checkLabel(part, target, found.file.name)
        named.append(target)
      }
      return try await record(bundle, found.manifest, named)
    } catch {
      // What the machine lacks is no fault of the bundle.
      guard ![.unavailable, .defect].contains(error.kind) else { throw error }
      let isRefused = error.code.hasPrefix("exchange-")
      bundle.state = isRefused ? .refused : .blocked
      bundle.body["problem"] = Self.json(error)
      return bundle
    }
  }

  /// Holds what is in a part against what the manifest says of it, and against the zone.
  private func checkLabel(
    _ part: ExchangeManifest.Part, _ file: URL, _ name: String
  ) async throws(Problem) {
    guard let schema = try await map.labelledSchema(part.dataset) else {
      throw .store(.noSuchDataset(part.dataset))
    }
    let level: Classification
    switch part.form {
    case .increment:
      let package = try IncrementReader.read(file.path, named: part.fileName)
      guard package.dataset == part.dataset, Int64(package.changes.count) == part.features else {
        throw .exchangeAltered(part.dataset.text, at: name)
      }
      level = package.classification(in: schema)
    case .state:
      let (names, features) = try StateLines.names(in: file)
      guard features == part.features else {
        throw .exchangeAltered(part.dataset.text, at: name)
      }
      level = schema.classification(of: names)
    }
    guard level <= part.classification, level <= exchange.zone.ceiling else {
      throw .exchangeAbove(level, exchange.zone, at: part.dataset.text)
    }
  }

  // MARK: Recording

  private func record(
    _ bundle: ExchangedBundle, _ manifest: ExchangeManifest, _ files: [URL]
  ) async throws(Problem) -> ExchangedBundle {
    var bundle = bundle
    var outcomes: [String: JSONValue] = [:]
    for (part, file) in zip(manifest.parts, files) {
      let outcome: ImportOutcome
      do throws(Problem) {
        outcome = try await importing(part, file, bundle)
      } catch {
        guard error.code == "second-person-needed" else { throw error }
        outcomes[part.dataset.text] = try await handIn(part, file, bundle)
        continue
      }
      guard !outcome.isBlocked else {
        bundle.state = .blocked
        bundle.body["problem"] = Self.blocked(
          part.dataset.text, outcome.report.blocking(accepting: Set(accepting)))
        return bundle
      }
      outcomes[part.dataset.text] = .object([
        "commit": outcome.receipt.commit.map { .integer(Int64($0.value)) } ?? .null
      ])
    }
    bundle.state = .applied
    bundle.body["outcomes"] = .object(outcomes)
    return bundle
  }

  private static func blocked(_ dataset: String, _ rules: [String]) -> JSONValue {
    let problem = Wording(
      "exchange-gate", "未通过质检（\(rules.joined(separator: ", "))），未入库",
      "the gate refused it (\(rules.joined(separator: ", "))); not recorded",
      do: "用 karez exchange resume 放行或再试，或用 refuse 退回",
      "let it pass or try again with karez exchange resume, or give it up with refuse"
    ).problem(at: dataset)
    return json(problem)
  }

  private func importing(
    _ part: ExchangeManifest.Part, _ file: URL, _ bundle: ExchangedBundle
  ) async throws(Problem) -> ImportOutcome {
    var order = ImportOrder(
      dataset: part.dataset.text, file: FileArgument(file.path, layer: nil),
      validFrom: part.validOn ?? Clock.today)
    order.sourceName = source(part, bundle)
    order.mode = part.form == .state ? .state : .versions
    order.accepted = accepting
    order.reason = accepting.isEmpty ? because(bundle) : reason
    let schema = try await map.schema(of: part.dataset.text, in: principal.scope)
    var work = FileImport(
      order: order, dataset: part.dataset, schema: schema, map: map, actor: principal.actor,
      scope: principal.scope)
    work.confinement = partner.regions.map { principal.scope.held(to: .regions($0)) }
    return try await work.run { _ in }
  }

  /// Where nobody records alone, the part is handed in, and waits for its signature.
  private func handIn(
    _ part: ExchangeManifest.Part, _ file: URL, _ bundle: ExchangedBundle
  ) async throws(Problem) -> JSONValue {
    var order = SubmissionOrder(
      dataset: part.dataset.text, path: file.path, name: source(part, bundle),
      validFrom: part.validOn ?? Clock.today, reason: because(bundle))
    order.mode = part.form == .state ? .state : .versions
    let submission = try await map.submissions.submit(order, by: principal)
    return .object(["submission": .string(submission.id)])
  }

  private func source(_ part: ExchangeManifest.Part, _ bundle: ExchangedBundle) -> String {
    "\(partner.id)-\(bundle.sequence)-\(part.fileName)"
  }

  private func because(_ bundle: ExchangedBundle) -> String {
    "exchange \(partner.id) \(bundle.sequence)"
  }

  private static func json(_ problem: Problem) -> JSONValue {
    .object([
      "code": .string(problem.code), "zh": .string(problem.line(in: .zh)),
      "en": .string(problem.line(in: .en)),
    ])
  }
}
