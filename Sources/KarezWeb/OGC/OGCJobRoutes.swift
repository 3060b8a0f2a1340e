import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService
import KarezStore

/// `/ogc/jobs`: the runs of processes that somebody asked for, each with its status and result.
struct OGCJobRoutes: Sendable {
  private static let standardLimit = 100
  private static let maximumLimit = 1_000

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/jobs", use: list)
    router.get("ogc/jobs/{jobId}", use: status)
    router.get("ogc/jobs/{jobId}/results", use: results)
    router.delete("ogc/jobs/{jobId}", use: dismiss)
  }

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asked = OGCAsked(request)
    let wish = try JobWish(asked)
    let limit = try asked.asked.limit(
      standard: Self.standardLimit, maximum: Self.maximumLimit)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[asked.asked.language]
    let now = portal.map.now
    let jobs = try await portal.map.processJobs(of: context.visitor.principal)
      .filter { wish.admits($0, at: now) }.prefix(limit)
      .map { OGCJob($0, address, words) }
    guard format == .html else {
      return .json(
        .object([
          "jobs": .array(jobs.map(\.json)),
          "links": .array(address.ownLinks(format).map(\.json)),
        ]))
    }
    var page = OGCPage(PageFrame(portal, request, context), heading: words.text("ogc_jobs"))
    page.crumbs = Self.crumbs(address, words)
    page.columns = ["ogc_process", "process_status", "process_created"].map { words.text($0) }
    page.rows = jobs.map { job in
      .init([
        .init(job.processTitle, job.place), .init(job.statusWords),
        .init(job.job.job.createdAt.description),
      ])
    }
    return .html(try portal.render(page, with: "ogc"))
  }

  private static func crumbs(
    _ address: OGCAddresses, _ words: MessageCatalogue
  ) -> [OGCPage.Link] {
    [
      OGCPage.Link(words.text("ogc_title"), address("")),
      OGCPage.Link(words.text("ogc_processes"), address("/processes")),
    ]
  }

  @Sendable
  func status(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[Asked(request).language]
    let found = try await portal.map.processJob(
      try context.parameters.require("jobId"), for: context.visitor.principal)
    let job = OGCJob(found, address, words)
    guard format == .html else { return .json(job.json(own: address.ownLinks(format))) }
    var page = OGCPage(
      PageFrame(portal, request, context), heading: job.processTitle, code: found.name)
    page.crumbs =
      Self.crumbs(address, words) + [OGCPage.Link(words.text("ogc_jobs"), address("/jobs"))]
    page.facts = [
      .init(words.text("process_status"), job.statusWords),
      .init(words.text("process_created"), found.job.createdAt.description),
    ]
    if let ended = found.job.endedAt {
      page.facts.append(.init(words.text("process_finished"), ended.description))
    }
    page.links =
      [OGCPage.Link("JSON", address.own(in: .json))]
      + job.links.map { OGCPage.Link($0.title, $0.address) }
    return .html(try portal.render(page, with: "ogc"))
  }

  @Sendable
  func results(_ request: Request, context: WebContext) async throws -> Response {
    let job = try await portal.map.processJob(
      try context.parameters.require("jobId"), for: context.visitor.principal)
    // What failed is answered as it would have been at once.
    if job.status == .failed, let problem = job.job.problem,
      let status = problem["status"]?.integer, (400...599).contains(status)
    {
      return .json(
        problem, HTTPResponse.Status(code: Int(status)), type: "application/problem+json")
    }
    let result = try await portal.map.result(of: job, in: context.visitor.scope)
    return OGCProcessRoutes.response(
      result, of: job.process, in: job.form, isReference: job.isReference,
      OGCAddresses(request, context))
  }

  @Sendable
  func dismiss(_ request: Request, context: WebContext) async throws -> Response {
    let job = try await portal.map.dismissProcess(
      try context.parameters.require("jobId"), by: context.visitor.principal)
    let words = portal.catalogues[Asked(request).language]
    return .json(OGCJob(job, OGCAddresses(request, context), words).json)
  }
}

/// Which jobs of a list are asked for.
struct JobWish {
  private let processes: [String]?
  private let statuses: [String]?
  private let types: [String]?
  private let time: OGCAsked.Time?
  private let shortest: Int64?
  private let longest: Int64?

  init(_ asked: OGCAsked) throws(WebError) {
    processes = asked.names("processID")
    statuses = asked.names("status")
    types = asked.names("type")
    time = try asked.time()
    shortest = try Self.seconds("minDuration", asked)
    longest = try Self.seconds("maxDuration", asked)
  }

  private static func seconds(
    _ name: String, _ asked: OGCAsked
  ) throws(WebError) -> Int64? {
    guard let text = asked.asked.text(name) else { return nil }
    guard let number = Int64(text), (0...Int64(Int32.max)).contains(number) else {
      throw .fieldInvalid(name: name)
    }
    return number
  }

  func admits(_ job: ProcessJob, at now: Timestamp) -> Bool {
    guard types?.contains("process") ?? true,
      processes?.contains(job.process.rawValue) ?? true,
      statuses?.contains(job.status.rawValue) ?? true
    else { return false }
    if let time {
      guard let day = job.job.createdAt.day(secondsEast: 8 * 3_600) else { return false }
      switch time {
      case .on(let asked): if day != asked { return false }
      case .during(let span):
        if let first = span.first, day < first { return false }
        if let last = span.last, day > last { return false }
      }
    }
    let end = job.job.endedAt ?? now
    let took = end.millisecondsSince1970 - job.job.createdAt.millisecondsSince1970
    if let shortest, took < shortest * 1_000 { return false }
    if let longest, took > longest * 1_000 { return false }
    return true
  }
}
