import Foundation
public import KarezCore
import KarezCrypto
public import KarezGeometry
import KarezStore

/// A difference of two states as it is kept to be shown again: sums whole, changes up to a number.
public struct KeptDifference: Sendable {
  static let handler = "difference"
  static let file = "difference.json"
  /// More changes than these are counted and left out.
  static let mostChanges = 10_000
  /// So many of them have their geometry.
  public static let mostDrawn = 300

  public let schema: DatasetSchema
  public let attribute: String?
  public let from: AsOf
  public let to: AsOf
  public let counts: [(kind: PatchChange.Kind, count: Int)]
  public let ledger: AreaLedger
  /// In the order of their ids.
  public let changes: [PatchChange]
  /// As it is kept; the first changes with their geometry.
  public let json: JSONValue

  public var total: Int { counts.reduce(0) { $0 + $1.count } }

  /// Nil for what is none, or of another dataset.
  init?(_ json: JSONValue, of schema: DatasetSchema) {
    guard json["dataset"]?.string == schema.id.text,
      let from = json["from"].flatMap(AsOf.init(differenceJSON:)),
      let to = json["to"].flatMap(AsOf.init(differenceJSON:)),
      let patches = json["patches"]?.array, let lines = json["ledger"]?.array
    else { return nil }
    self.schema = schema
    self.json = json
    self.from = from
    self.to = to
    attribute = json["by"]?.string
    // One whose attribute is on a higher level now is not this reader's any more.
    guard attribute.map({ name in schema.attributes.contains { $0.name == name } }) ?? true else {
      return nil
    }
    counts = PatchChange.Kind.allCases.map { kind in
      (kind, json["counts"]?[kind.rawValue]?.integer.map { Int(clamping: $0) } ?? 0)
    }
    changes = patches.compactMap(PatchChange.init)
    ledger = AreaLedger(lines: lines.compactMap(AreaLedger.Line.init))
    guard changes.count == patches.count, ledger.lines.count == lines.count else { return nil }
  }

  /// The changes that have their geometry, for a map.
  public var shapes: JSONValue {
    let patches = json["patches"]?.array ?? []
    return .object(["patches": .array(Array(patches.prefix(Self.mostDrawn)))])
  }

  /// The borders in `shapes`.
  public var drawn: [Geometry] {
    (json["patches"]?.array ?? []).prefix(Self.mostDrawn).compactMap { patch in
      patch["geometry"].flatMap { try? Geometry(geoJSON: $0) }
    }
  }
}

extension AsOf {
  fileprivate init?(differenceJSON json: JSONValue) {
    guard let day = json["validOn"]?.string.flatMap({ LegalDate($0) }),
      let commit = json["recorded"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) })
    else { return nil }
    self.init(validOn: day, recorded: commit)
  }
}

extension PatchChange {
  /// What `json` wrote, without the geometry; nil for anything else.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let kind = json["change"]?.string.flatMap(Kind.init) else {
      return nil
    }
    let region = json["region"]?.string ?? ""
    func state(_ area: String, _ name: String) -> PatchState? {
      guard let className = json[name]?.string, let text = json[area]?.string,
        let areaM2 = Double(text)
      else { return nil }
      return PatchState(
        row: 0,
        place: PatchPlace(
          region: region, className: className, areaM2: areaM2, geometry: nil))
    }
    self.init(id: id, old: state("fromM2", "fromClass"), new: state("toM2", "toClass"))
    self.kind = kind
    into = json["into"]?.texts ?? []
    from = json["from"]?.texts ?? []
    witness = json["knownBy"]?.string.flatMap(Witness.init)
  }
}

extension OneMap {
  /// Where the difference that was asked for stands.
  public enum DifferenceState: Sendable {
    case kept(KeptDifference)
    /// A job is at it, or has given it up.
    case job(Job)
  }

  /// States of more features than these are compared by a job.
  public static let mostComparedAtOnce = 30_000

  /// The difference of two states: kept, made at once where they are small, or by a job.
  ///
  /// What a job could not do is asked of another one only where `isAgain`.
  public func keptDifference(
    _ order: DiffOrder, isAgain: Bool, by principal: Principal
  ) async throws(Problem) -> DifferenceState {
    let (order, schema) = try await pinned(order, in: principal.scope)
    let name = order.name(in: principal.scope)
    if let kept = kept(name, of: schema) {
      try await noteRead(of: kept)
      return .kept(kept)
    }
    let last = try await jobs.last(KeptDifference.handler, of: name)
    if let last, !last.state.isOver { return .job(last) }
    if let last, [.failed, .cancelled].contains(last.state), !isAgain { return .job(last) }
    guard try await isLarge(order, schema, in: principal.scope) else {
      try await keep(order, as: name, in: principal.scope)
      guard let kept = kept(name, of: schema) else { throw .store(.corrupt(what: name)) }
      return .kept(kept)
    }
    return .job(
      try await jobs.repeated(
        KeptDifference.handler, of: name, after: last,
        subject: order.subject(in: principal.scope), by: principal.actor))
  }

  /// The same, only if it is kept.
  public func keptDifference(
    _ order: DiffOrder, in scope: Scope
  ) async throws(Problem) -> KeptDifference? {
    let (order, schema) = try await pinned(order, in: scope)
    guard let kept = kept(order.name(in: scope), of: schema) else { return nil }
    try await noteRead(of: kept)
    return kept
  }

  /// What is kept was noted of whoever had it made, and is shown to everyone of the same scope.
  private func noteRead(of kept: KeptDifference) async throws(Problem) {
    try await noteRead(
      of: kept.schema, features: kept.changes.map(\.id), count: kept.total)
  }

  /// The order with its commits said, so that it means the same tomorrow.
  private func pinned(
    _ order: DiffOrder, in scope: Scope
  ) async throws(Problem) -> (DiffOrder, DatasetSchema) {
    let schema = try await schema(of: order.dataset, in: scope)
    let last = try await today().recorded
    var order = order
    order.recorded = min(order.recorded ?? last, last)
    order.recordedTo = min(order.recordedTo ?? order.recorded ?? last, last)
    order.isDrawn = true
    order.mostDrawn = KeptDifference.mostDrawn
    return (order, schema)
  }

  private func kept(_ name: String, of schema: DatasetSchema) -> KeptDifference? {
    results.text(KeptDifference.file, of: KeptDifference.handler + "-" + name).flatMap {
      try? JSONValue(parsing: $0)
    }.flatMap { KeptDifference($0, of: schema) }
  }

  private func isLarge(
    _ order: DiffOrder, _ schema: DatasetSchema, in scope: Scope
  ) async throws(Problem) -> Bool {
    for (day, commit) in [(order.from, order.recorded), (order.to, order.recordedTo)] {
      let state = AsOf(validOn: day, recorded: commit ?? .none)
      let summary = try await asked { store throws(StoreError) in
        try await store.summary(of: schema.id, asOf: state, in: scope)
      }
      if summary.features > Self.mostComparedAtOnce { return true }
    }
    return false
  }

  func keep(_ order: DiffOrder, as name: String, in scope: Scope) async throws(Problem) {
    let report = try await difference(order, in: scope)
    let text = report.json(atMost: KeptDifference.mostChanges).canonicalText
    try await results.keep(KeptDifference.handler + "-" + name) {
      (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: KeptDifference.file).path)
    }
  }
}

/// Compares two states and keeps the difference.
struct DifferenceHandler: JobHandler {
  let map: OneMap

  var name: String { KeptDifference.handler }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let order = DiffOrder(run.subject) else { return JobEnd(by: run.actor) }
    let scope = try await map.scope(of: run.actor, marked: run.subject["scope"]?.string)
    run.report("difference", 0)
    try await map.keep(order, as: order.name(in: scope), in: scope)
    return JobEnd(by: run.actor)
  }
}

extension DiffOrder {
  func subject(in scope: Scope) -> JSONValue {
    .object([
      "dataset": .string(dataset), "from": .string(from.description),
      "to": .string(to.description),
      "recorded": recorded.map { .integer(Int64($0.value)) } ?? .null,
      "recordedTo": recordedTo.map { .integer(Int64($0.value)) } ?? .null,
      "by": .optional(attribute), "scope": .string(scope.mark),
    ])
  }

  /// What a scope's difference of these states is kept under.
  func name(in scope: Scope) -> String {
    String(SM3.digest(subject(in: scope).canonicalText).description.prefix(32))
  }

  /// Nil for another job's subject.
  init?(_ subject: JSONValue) {
    guard let dataset = subject["dataset"]?.string,
      let from = subject["from"]?.string.flatMap({ LegalDate($0) }),
      let to = subject["to"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    self.init(dataset: dataset, from: from, to: to)
    recorded = subject["recorded"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    recordedTo = subject["recordedTo"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    attribute = subject["by"]?.string
    isDrawn = true
    mostDrawn = KeptDifference.mostDrawn
  }
}
