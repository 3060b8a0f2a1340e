import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// OGC API Features, part 4: features made, replaced, changed and ended by programs.
///
/// Each request is one small edit on the way every edit goes: the gate looks at once, and what it
/// refuses is answered with its findings; what it lets pass waits for a second person's signature.
/// Only where there are no accounts is it recorded at once.
struct OGCWritingRoutes: Sendable {
  static let conformance = [
    "create-replace-delete", "features", "optimistic-locking-etags", "update",
  ].map { "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/" + $0 }

  static let wholeTypes = ["application/geo+json", "application/json"]
  static let changeTypes = ["application/merge-patch+json"]
  private static let items = "ogc/collections/{id}/items"
  private static let item = "ogc/collections/{id}/items/{feature}"

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.post("\(Self.items)", use: create)
    router.put("\(Self.item)", use: replace)
    router.patch("\(Self.item)", use: update)
    router.delete("\(Self.item)", use: delete)
    router.on("\(Self.items)", method: .options, use: collectionOptions)
    router.on("\(Self.item)", method: .options, use: itemOptions)
  }

  /// A change on its way.
  private struct Writing {
    let request: Request
    let context: WebContext
    let schema: DatasetSchema
    /// From when on it holds.
    let day: LegalDate
    let crs: OfferedCRS
    let reason: String

    var address: OGCAddresses { OGCAddresses(request, context) }
    var visitor: Visitor { context.visitor }
    var why: EditReason { EditReason(reason: reason) }
  }

  private func writing(_ request: Request, _ context: WebContext) async throws -> Writing {
    let asked = Asked(request)
    let schema = try await portal.collection(context)
    try context.visitor.principal.mustSubmit()
    let today = try await portal.map.today().validOn
    var crs = OfferedCRS.crs84
    if let name = HTTPField.Name("Content-Crs"), let stated = request.headers[name] {
      let uri = stated.trimmingPrefix("<")
      guard let found = OfferedCRS(uri: String(uri.hasSuffix(">") ? uri.dropLast() : uri)) else {
        throw WebError.fieldInvalid(name: "Content-Crs")
      }
      crs = found
    }
    return Writing(
      request: request, context: context, schema: schema,
      day: try asked.day("datetime") ?? today, crs: crs,
      reason: asked.text("reason") ?? "OGC API Features: \(request.method.rawValue)")
  }

  // MARK: The four

  @Sendable
  func create(_ request: Request, context: WebContext) async throws -> Response {
    let writing = try await writing(request, context)
    let feature = try FeatureBody(
      feature: try await request.json(of: Self.wholeTypes), of: writing.schema, in: writing.crs
    ).feature()
    let order = PutOrder(
      dataset: writing.schema.id.text, feature: feature, from: writing.day, isNew: true,
      why: writing.why)
    return try await send(.put(order), feature.id, writing, made: .created)
  }

  @Sendable
  func replace(_ request: Request, context: WebContext) async throws -> Response {
    let writing = try await writing(request, context)
    let known = try await known(writing)
    let feature = try FeatureBody(
      feature: try await request.json(of: Self.wholeTypes), of: writing.schema, in: writing.crs
    ).feature(named: known.feature.id)
    return try await put(feature, writing)
  }

  @Sendable
  func update(_ request: Request, context: WebContext) async throws -> Response {
    let writing = try await writing(request, context)
    let known = try await known(writing)
    let feature = try FeatureBody(
      feature: try await request.json(of: Self.changeTypes), of: writing.schema, in: writing.crs
    ).changes(of: known.feature)
    return try await put(feature, writing)
  }

  private func put(_ feature: Feature, _ writing: Writing) async throws -> Response {
    let order = PutOrder(
      dataset: writing.schema.id.text, feature: feature, from: writing.day, isNew: false,
      why: writing.why)
    return try await send(.put(order), feature.id, writing, made: .noContent)
  }

  @Sendable
  func delete(_ request: Request, context: WebContext) async throws -> Response {
    let writing = try await writing(request, context)
    let known = try await known(writing)
    let order = EndOrder(
      dataset: writing.schema.id.text, ids: [known.feature.id], day: writing.day,
      why: writing.why)
    return try await send(.end(order), nil, writing, made: .noContent)
  }

  /// The feature an address names, as it is on the day of the change, if it is still the one that
  /// the program has seen.
  private func known(_ writing: Writing) async throws -> FeatureVersion {
    let id = try writing.context.featureID
    guard let found = try await version(of: id, writing) else { throw WebError.notFound }
    let stated = writing.request.headers[.ifMatch]
    guard
      stated.map({
        portal.isMatched($0, by: found, of: writing.schema, writing.context)
      }) ?? true
    else { throw WebError.featureChanged }
    return found
  }

  private func version(of id: String, _ writing: Writing) async throws -> FeatureVersion? {
    let recorded = try await portal.map.today().recorded
    let query = FeatureQuery(
      dataset: writing.schema.id, asOf: AsOf(validOn: writing.day, recorded: recorded), id: id)
    return try await portal.map.features(query, limit: 1, in: writing.visitor.scope).features
      .first
  }

  // MARK: The way of every edit

  /// Has the gate look, and sends the edit on: to a second person, or into the dataset.
  private func send(
    _ edit: EditRequest, _ feature: String?, _ writing: Writing, made: HTTPResponse.Status
  ) async throws -> Response {
    let principal = writing.visitor.principal
    let map = portal.map
    let outcome = try await portal.work.run { () async throws -> Sent in
      let key = try await map.plan(edit, by: principal)
      let examined = try await map.examine(key, by: principal)
      guard !examined.isBlocked else { return .refused(examined) }
      return .sent(try await map.send(key, by: principal))
    }
    switch outcome {
    case .refused(let examined): return Self.refusal(examined)
    case .sent(.submission(let id)):
      let submission = try await map.submissions.submission(id, for: principal)
      var response = Response.json(submission.json, .accepted)
      response.headers[.location] = writing.address.base + "/api/v1/submissions/" + id
      return response
    case .sent(.recorded):
      var response = Response(status: made)
      guard let feature else { return response }
      if made == .created {
        response.headers[.location] = writing.address.item(feature, of: writing.schema.id)
      }
      if let version = try await version(of: feature, writing) {
        response.headers[.eTag] = portal.tag(version, of: writing.schema, writing.context, "")
      }
      return response
    }
  }

  private enum Sent: Sendable {
    case refused(ImportOutcome)
    case sent(EditEnd)
  }

  /// What the gate found, as a problem of which it is a member.
  private static func refusal(_ examined: ImportOutcome) -> Response {
    let problem = Problem(
      .refused, code: "edit-refused", place: examined.dataset.text,
      what: LocalizedText(zh: "质检未通过", en: "the quality gate refused it"),
      remedy: LocalizedText(zh: "按 findings 更正后重新提交", en: "mend what findings say and try again"))
    guard case .object(var members) = problem.json else { return .json(problem.json) }
    members["findings"] = examined.json["findings"] ?? .array([])
    return .json(.object(members), .unprocessableContent, type: "application/problem+json")
  }

  // MARK: What may be asked

  @Sendable
  func collectionOptions(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await portal.collection(context)
    return Self.options(
      context.visitor, writing: ["POST"], ["Accept-Post": Self.wholeTypes])
  }

  @Sendable
  func itemOptions(_ request: Request, context: WebContext) async throws -> Response {
    _ = try await portal.collection(context)
    return Self.options(
      context.visitor, writing: ["PUT", "PATCH", "DELETE"], ["Accept-Patch": Self.changeTypes])
  }

  /// The methods there are for who asks.
  private static func options(
    _ visitor: Visitor, writing: [String], _ types: [String: [String]]
  ) -> Response {
    let mayWrite = visitor.principal.may(.submit)
    let methods = ["GET", "HEAD", "OPTIONS"] + (mayWrite ? writing : [])
    var response = Response(status: .ok, headers: [.allow: methods.joined(separator: ", ")])
    guard mayWrite else { return response }
    for (name, values) in types {
      if let field = HTTPField.Name(name) {
        response.headers[field] = values.joined(separator: ", ")
      }
    }
    return response
  }
}

extension Portal {
  /// The tag of a feature in one form: what tells its version, then what tells the form.
  ///
  /// A program that has seen a version in any form may change that version.
  func tag(
    _ version: FeatureVersion, of schema: DatasetSchema, _ context: WebContext, _ form: String
  ) -> String {
    "\"" + mark(of: version, of: schema, context) + "." + form.filter { $0 != "\"" } + "\""
  }

  private func mark(
    of version: FeatureVersion, of schema: DatasetSchema, _ context: WebContext
  ) -> String {
    let parts = [
      schema.id.text, version.feature.id, String(version.row), version.recordedFrom.description,
      version.validity.from.description, version.validity.until?.description ?? "",
    ]
    return map.tag(of: parts, in: context.visitor.scope)
  }

  /// Whether one of the tags a program names is of this version.
  func isMatched(
    _ stated: String, by version: FeatureVersion, of schema: DatasetSchema, _ context: WebContext
  ) -> Bool {
    let mark = mark(of: version, of: schema, context)
    return stated.split(separator: ",").contains { part in
      let tag = part.filter { !$0.isWhitespace }
      // A weak tag is never the same as another, by the standard.
      return tag == "*" || tag.hasPrefix("\"" + mark + ".")
    }
  }
}
