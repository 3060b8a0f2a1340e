import Foundation
import Hummingbird
import KarezCore
import KarezService
import KarezStore

/// Small changes of a dataset: prepared from a feature's page or a commit's row, shown, sent.
struct EditRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.post("catalogue/{id}/features/{feature}", use: prepare)
    router.post("catalogue/{id}/revert", use: prepareReversal)
    router.get("edits/{key}", use: page)
    router.post("edits/{key}", use: send)
  }

  /// Prepares what a feature's form asks for; what is wrong with it stands above the form again.
  @Sendable
  func prepare(_ request: Request, context: WebContext) async throws -> Response {
    let upload = try await SubmissionRoutes.upload(request, to: portal)
    defer { upload.discard() }
    _ = try Form(fields: upload.fields, by: context.visitor)
    let dataset = try context.parameters.require("id")
    let feature = try context.featureID
    let sent = upload
    do {
      let key = try await portal.work.run {
        let asked = try await order(sent, of: feature, in: dataset, context)
        return try await portal.map.plan(asked, by: context.visitor.principal)
      }
      return .to("/edits/" + key)
    } catch let error as Problem
      where [.refused, .usage, .conflict, .notFound].contains(error.kind)
    {
      let html = try await FeatureRoutes(portal: portal).html(
        request, context, editing: EditForm.State(fields: upload.fields, problem: error))
      return .html(html, .unprocessableContent)
    }
  }

  @Sendable
  func prepareReversal(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    guard let commit = Int(try form.required("commit")).flatMap(CommitNumber.init) else {
      throw WebError.fieldInvalid(name: "commit")
    }
    let order = ReversalOrder(
      dataset: try context.parameters.require("id"), commit: commit,
      why: EditReason(reason: form["reason"] ?? ""))
    let key = try await portal.work.run {
      try await portal.map.plan(.revert(order), by: context.visitor.principal)
    }
    return .to("/edits/" + key)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let planned = try await portal.map.plannedEdit(
      try context.parameters.require("key"), by: context.visitor.principal)
    let words = CatalogueWords(portal, Asked(request).language)
    let view = EditView(
      PageFrame(portal, request, context, at: .catalogue), planned, words, for: context.visitor)
    return .html(try portal.render(view, with: "edit"))
  }

  @Sendable
  func send(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await Form(request, by: context.visitor)
    let who = context.visitor.principal
    let key = try context.parameters.require("key")
    let planned = try await portal.map.plannedEdit(key, by: who)
    switch try await portal.map.send(key, by: who) {
    case .submission(let id): return .to("/submissions/" + id)
    case .recorded: return .to("/catalogue/\(planned.schema.id)#commits-head")
    }
  }

  // MARK: What the form asks for

  private func order(
    _ upload: Upload, of feature: String, in dataset: String, _ context: WebContext
  ) async throws(Problem) -> EditRequest {
    let fields = upload.fields
    let why = EditReason(
      reason: (fields["reason"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
    guard let day = LegalDate(fields["day"] ?? "") else { throw Self.invalid("day") }
    switch fields["verb"] {
    case "end":
      return .end(EndOrder(dataset: dataset, ids: [feature], day: day, why: why))
    case "merge":
      var order = MergeOrder(
        dataset: dataset, ids: [feature] + Self.list(fields["others"]), day: day, why: why)
      order.code = Self.text(fields["code"])
      return .merge(order)
    case "split":
      guard let file = upload.file else { throw WebError.fileMissing.response.problem }
      var order = SplitOrder(
        dataset: dataset, id: feature, file: FileArgument(file.path), day: day, why: why)
      order.crs = Self.text(fields["crs"])
      order.codes = Self.list(fields["codes"])
      return .split(order)
    case "correct":
      var order = CorrectionOrder(dataset: dataset, id: feature, from: day, why: why)
      if let text = Self.text(fields["until"]) {
        guard let until = LegalDate(text) else { throw Self.invalid("until") }
        order.until = until
      }
      order.values = try await corrections(fields, of: feature, in: dataset, on: day, context)
      order.shape = upload.file.map { FileArgument($0.path) }
      order.crs = Self.text(fields["crs"])
      return .correct(order)
    default: throw Self.invalid("verb")
    }
  }

  /// The attributes whose text is another than what is recorded of the day.
  private func corrections(
    _ fields: [String: String], of feature: String, in dataset: String, on day: LegalDate,
    _ context: WebContext
  ) async throws(Problem) -> [String: String] {
    let scope = context.visitor.scope
    let today = try await portal.map.today()
    let asOf = AsOf(validOn: day, recorded: today.recorded)
    let record = try await portal.map.record(of: dataset, asOf: asOf, commits: 0, in: scope)
    let query = FeatureQuery(dataset: record.schema.id, asOf: asOf, id: feature)
    let known = try await portal.map.features(query, limit: 1, in: scope).features.first
    var values: [String: String] = [:]
    for attribute in record.schema.attributes {
      guard let text = fields["set." + attribute.name] else { continue }
      let sent = text.trimmingCharacters(in: .whitespacesAndNewlines)
      let now = EditForm.text(known?.feature.attributes[attribute.name] ?? .null)
      if sent != now { values[attribute.name] = sent }
    }
    return values
  }

  private static func text(_ field: String?) -> String? {
    guard let text = field?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else {
      return nil
    }
    return text
  }

  /// Identifiers apart by space, comma or line.
  private static func list(_ field: String?) -> [String] {
    (field ?? "").split { $0.isWhitespace || ",，、;；".contains($0) }.map(String.init)
  }

  private static func invalid(_ name: String) -> Problem {
    WebError.fieldInvalid(name: name).response.problem
  }
}
