import Foundation
import KarezCatalog
public import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezRules
public import KarezStore

/// 拟办变更: an edit that was prepared and is shown to its author, and that nobody has recorded.
///
/// - Shape: on the shelf, under a digest of its author, its facts and its package; so only its
///   author can find it, and only as it was prepared.
public struct PlannedEdit: Sendable {
  static let packageFile = "package.jsonl"
  static let factsFile = "facts.json"

  /// What becomes of one feature, over some days.
  public struct Row: Sendable {
    public let id: String
    public let days: Validity
    /// What is recorded of its first day; nil where nothing is.
    public let before: FeatureVersion?
    /// Nil where it ends.
    public let after: Feature?
    public let beforeM2: Double?
    public let afterM2: Double?
  }

  public let key: String
  public let verb: String
  /// The feature, or the commit, it begins with.
  public let subject: String
  public let reason: String
  public let schema: DatasetSchema
  public let rows: [Row]
  public let successions: [Succession]
  let package: IncrementPackage

  public var beforeM2: Double { rows.reduce(0) { $0 + ($1.beforeM2 ?? 0) } }
  public var afterM2: Double { rows.reduce(0) { $0 + ($1.afterM2 ?? 0) } }
  /// Whether the land is the same before and after, to a hundredth of a square metre.
  public var isClosed: Bool { abs(afterM2 - beforeM2) <= AreaClosure.toleranceM2 }
  public var firstDay: LegalDate? { package.firstDay }
}

/// Where an edit went.
public enum EditEnd: Sendable {
  /// To the gate and to a second person.
  case submission(String)
  /// Into the dataset; whoever is at the machine has nobody else to sign.
  case recorded(CommitNumber?)
}

extension OneMap {
  /// Prepares an edit, changing nothing; what is returned is the key it is shown and sent by.
  public func plan(
    _ request: EditRequest, by principal: Principal
  ) async throws(Problem) -> String {
    try principal.require(.submit)
    guard !request.why.reason.isEmpty, request.why.reason.count <= 400 else {
      throw Submissions.reasonMissing
    }
    let edit = try await edit(request, in: principal.scope)
    let package = try await edit.package(of: self, in: principal.scope)
    let facts = JSONValue.object([
      "dataset": .string(edit.schema.id.text), "verb": .string(request.verb),
      "subject": .string(request.subject), "reason": .string(request.why.reason),
    ]).canonicalText
    let text = package.text
    let key = Self.key(principal.actor, facts, text)
    try await results.keep(Self.place(key)) { (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: PlannedEdit.packageFile).path)
      try OutputFile.write(facts, to: folder.appending(path: PlannedEdit.factsFile).path)
    }
    return key
  }

  /// An edit its author prepared, on what is recorded now.
  public func plannedEdit(
    _ key: String, by principal: Principal
  ) async throws(Problem) -> PlannedEdit {
    let place = Self.place(key)
    guard key.allSatisfy(\.isHexDigit), let text = results.text(PlannedEdit.factsFile, of: place),
      let file = results.file(PlannedEdit.packageFile, of: place),
      let content = results.text(PlannedEdit.packageFile, of: place),
      Self.key(principal.actor, text, content) == key, let facts = try? JSONValue(parsing: text),
      let dataset = facts["dataset"]?.string
    else {
      throw Wording(
        "edit-unknown", "没有这项拟办变更，或已过保存期", "there is no such prepared edit, or its time is over",
        do: "重新填写", "fill it in again"
      ).problem(.notFound, at: "")
    }
    let schema = try await schema(of: dataset, in: principal.scope)
    let package = try IncrementReader.read(file.path, named: PlannedEdit.packageFile)
    return PlannedEdit(
      key: key, verb: facts["verb"]?.string ?? "", subject: facts["subject"]?.string ?? "",
      reason: facts["reason"]?.string ?? "", schema: schema,
      rows: try await rows(of: package, schema, in: principal.scope),
      successions: package.successions, package: package)
  }

  /// What the gate says of a prepared edit now, recording nothing.
  public func examine(
    _ key: String, by principal: Principal
  ) async throws(Problem) -> ImportOutcome {
    try await refuseReplacedPacks()
    let planned = try await plannedEdit(key, by: principal)
    guard let file = results.file(PlannedEdit.packageFile, of: Self.place(key)),
      let day = planned.firstDay
    else { throw .store(.corrupt(what: key)) }
    var order = ImportOrder(
      dataset: planned.schema.id.text, file: FileArgument(file.path), validFrom: day)
    order.sourceName = "\(planned.verb)-\(planned.subject).jsonl"
    order.mode = .versions
    order.isDryRun = true
    // As the gate of a submission looks: at all there is, and tells of what the sender may see.
    let everywhere = principal.scope.everywhere
    var work = FileImport(
      order: order, dataset: planned.schema.id, schema: planned.schema, map: self,
      actor: principal.actor, scope: everywhere)
    work.confinement = principal.scope
    return try await work.run { _ in }
  }

  /// Sends a prepared edit on: to the gate and a second person, or, where there are no accounts,
  /// through the gate into the dataset.
  public func send(_ key: String, by principal: Principal) async throws(Problem) -> EditEnd {
    let planned = try await plannedEdit(key, by: principal)
    guard let file = results.file(PlannedEdit.packageFile, of: Self.place(key)),
      let day = planned.firstDay
    else { throw .store(.corrupt(what: key)) }
    let name = "\(planned.verb)-\(planned.subject).jsonl"
    if principal.actor == .operator, try await accounts.isEmpty() {
      var order = ImportOrder(
        dataset: planned.schema.id.text, file: FileArgument(file.path), validFrom: day)
      order.sourceName = name
      order.mode = .versions
      order.reason = planned.reason
      let outcome = try await importFile(
        order, by: principal.actor, in: principal.scope, progress: { _ in })
      if let refusal = outcome.firstRefusal(of: planned.schema) { throw refusal }
      return .recorded(outcome.receipt.commit)
    }
    var order = SubmissionOrder(
      dataset: planned.schema.id.text, path: file.path, name: name, validFrom: day,
      reason: planned.reason)
    order.mode = .versions
    return .submission(try await submissions.submit(order, by: principal).id)
  }

  private func rows(
    of package: IncrementPackage, _ schema: DatasetSchema, in scope: Scope
  ) async throws(Problem) -> [PlannedEdit.Row] {
    let timelines = Dictionary(
      uniqueKeysWithValues: try await histories(
        of: package.changes.map(\.id), in: schema.id, scope
      ).map { ($0.id, $0) })
    return package.changes.flatMap { change in
      change.rows.map { row in
        let before = timelines[change.id]?.recorded(at: nil).first {
          $0.version.validity.contains(row.validity.from)
        }?.version
        return PlannedEdit.Row(
          id: change.id, days: row.validity, before: before, after: row.content,
          beforeM2: before?.statutoryArea?.squareMetres,
          afterM2: row.content?.geometry?.polygons?.statutoryArea().squareMetres)
      }
    }
  }

  private static func place(_ key: String) -> String { "edit-" + key }

  private static func key(_ actor: Actor, _ facts: String, _ package: String) -> String {
    SM3.digest([actor.id, facts, package].joined(separator: "\n")).description
  }
}

extension ImportOutcome {
  /// Why the gate let nothing in, by its first error; nil where it did.
  func firstRefusal(of schema: DatasetSchema) -> Problem? {
    guard isBlocked else { return nil }
    let finding = report.findings.first { $0.severity == .error }
    return Problem(
      .refused, code: "edit-refused", place: finding?.feature ?? schema.id.text,
      what: finding?.message ?? LocalizedText(zh: "质检未通过", en: "the quality gate refused it"),
      remedy: LocalizedText(zh: "更正后重新提交", en: "mend it and try again"),
      position: finding?.place.map { [$0.x, $0.y] })
  }
}
