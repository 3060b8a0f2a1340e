import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// OGC API Processes: `/ogc/processes`, each of them, and its execution.
///
/// A process computes nothing that pages and `/api/v1` do not: all of them call the same service.
struct OGCProcessRoutes: Sendable {
  static let conformance = [
    "core", "dismiss", "html", "job-list", "json", "oas30", "ogc-process-description",
  ].map { "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/" + $0 }

  /// The standard's own names of what may be wrong with a process or a job, by our code.
  static let exceptions = [
    "process-unknown": "no-such-process", "process-job-unknown": "no-such-job",
    "process-result-not-ready": "result-not-ready",
  ].mapValues { "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/" + $0 }

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/processes", use: list)
    router.get("ogc/processes/{processId}", use: description)
    router.post("ogc/processes/{processId}/execution", use: execute)
  }

  // MARK: What there is

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[Asked(request).language]
    var processes: [OGCProcess] = []
    for one in MapProcess.allCases { processes.append(try await described(one, words, context)) }
    guard format == .html else {
      return .json(
        .object([
          "processes": .array(processes.map { $0.summary(address, own: []) }),
          "links": .array(address.ownLinks(format).map(\.json)),
        ]))
    }
    var page = OGCPage(PageFrame(portal, request, context), heading: words.text("ogc_processes"))
    page.crumbs = [OGCPage.Link(words.text("ogc_title"), address(""))]
    page.links = [OGCPage.Link(words.text("ogc_jobs"), address("/jobs"))]
    page.columns = [words.text("ogc_process"), words.text("process_what")]
    page.rows = processes.map { process in
      let name = process.process.rawValue
      return .init([
        .init(process.title, address("/processes/" + name), code: name), .init(process.intro),
      ])
    }
    return .html(try portal.render(page, with: "ogc"))
  }

  @Sendable
  func description(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[Asked(request).language]
    let process = try await described(Self.named(context), words, context)
    guard format == .html else {
      return .json(process.description(address, own: address.ownLinks(format)))
    }
    var page = OGCPage(
      PageFrame(portal, request, context), heading: process.title,
      code: process.process.rawValue)
    page.crumbs = [
      OGCPage.Link(words.text("ogc_title"), address("")),
      OGCPage.Link(words.text("ogc_processes"), address("/processes")),
    ]
    page.intro = process.intro
    page.links = [OGCPage.Link("JSON", address.own(in: .json))]
    page.columns = ["process_input", "attribute_type", "process_needed"].map { words.text($0) }
    page.rows = process.process.inputs.map { input in
      .init([
        .init(process.title(of: input), code: input.name), .init(process.kind(of: input)),
        .init(words.text(input.isRequired ? "yes" : "no")),
      ])
    }
    return .html(try portal.render(page, with: "ogc"))
  }

  private static func named(_ context: WebContext) throws -> MapProcess {
    guard let process = MapProcess(rawValue: try context.parameters.require("processId")) else {
      throw WebError.processUnknown
    }
    return process
  }

  private func described(
    _ process: MapProcess, _ words: MessageCatalogue, _ context: WebContext
  ) async throws -> OGCProcess {
    let today = try await portal.map.today().validOn
    let purposes = portal.map.packs.purposes?.rows.filter { $0.isValid(on: today) }.map(\.code)
    return OGCProcess(
      process, words, purposes: purposes ?? [],
      schemas: try await portal.map.schemas(in: context.visitor.scope))
  }

  // MARK: Execution

  @Sendable
  func execute(_ request: Request, context: WebContext) async throws -> Response {
    let process = try Self.named(context)
    let body = try await request.json(of: ["application/json"])
    let order = try ExecutionOrder(execution: body, of: process)
    let visitor = context.visitor
    let address = OGCAddresses(request, context)
    guard !Self.isLater(request) else {
      let job = try await portal.map.enqueue(order, by: visitor.principal)
      let words = portal.catalogues[Asked(request).language]
      var response = Response.json(OGCJob(job, address, words).json, .created)
      response.headers[.location] = address("/jobs/" + job.name)
      Self.set("Preference-Applied", "respond-async", on: &response)
      return response
    }
    let map = portal.map
    let work: @Sendable () async throws -> ProcessResult = {
      try await map.result(of: order.inputs, by: visitor.actor, in: visitor.scope)
    }
    let result =
      process == .complianceCheck
      ? try await portal.work.check(work) : try await portal.work.run(work)
    return Self.response(
      result, of: process, in: order.form, isReference: order.isReference, address)
  }

  /// Whether a program wants to come back for the result.
  private static func isLater(_ request: Request) -> Bool {
    guard let name = HTTPField.Name("Prefer") else { return false }
    return request.headers[values: name].contains { value in
      value.lowercased().split(whereSeparator: { ",; ".contains($0) }).contains("respond-async")
    }
  }

  /// A result in the form it was asked for, with the address it has.
  static func response(
    _ result: ProcessResult, of process: MapProcess, in form: ExecutionOrder.Form,
    isReference: Bool, _ address: OGCAddresses
  ) -> Response {
    let place = result.answer.map { address.base + "/answers/\($0).json" }
    var response: Response
    if isReference, let place {
      let link = JSONValue.object([
        "href": .string(place), "type": .string("application/json"),
      ])
      response =
        form == .document
        ? .json(.object([process.output: link])) : Response(status: .noContent)
    } else {
      response = .json(
        form == .document ? .object([process.output: result.value]) : result.value)
    }
    if let place {
      set("Link", "<\(place)>; rel=\"canonical\"; type=\"application/json\"", on: &response)
    }
    return response
  }

  private static func set(_ name: String, _ value: String, on response: inout Response) {
    guard let field = HTTPField.Name(name) else { return }
    response.headers[field] = value
  }
}

extension Request {
  /// The body as JSON of one of these media types.
  ///
  /// - Errors: `fieldInvalid` without a type, `mediaTypeUnsupported` for another one.
  func json(of types: [String]) async throws -> JSONValue {
    guard let stated = headers[.contentType] else {
      throw WebError.fieldInvalid(name: "Content-Type")
    }
    let type = stated.split(separator: ";").first.map {
      $0.filter { !$0.isWhitespace }.lowercased()
    }
    guard let type, types.contains(type) else { throw WebError.mediaTypeUnsupported(stated) }
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: Upload.maximumFieldBytes)
    } catch {
      throw WebError.bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    do throws(JSONError) {
      return try JSONValue(parsing: Array(buffer.readableBytesView))
    } catch {
      throw WebError.notJSON(field: "body", error)
    }
  }
}
