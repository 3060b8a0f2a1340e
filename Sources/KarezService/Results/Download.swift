public import Foundation
public import KarezCore
import KarezCrypto
import KarezReading
import KarezStore
public import KarezWriting

/// 下载件: one state of a dataset, written to a file by a job for whoever asked for it.
public struct Download: Sendable {
  static let handler = "export"
  /// So many of one person may wait or be under way.
  static let mostOpen = 3

  /// What addresses call it.
  public let name: String
  public let job: Job
  public let dataset: String
  public let format: OutputFormat
  public let validOn: String
  public let recorded: Int
  /// Nil while it is not made, and again once its time is over.
  public let file: URL?
  public let bytes: Int?
  public let keptUntil: Timestamp?

  public var features: Int? { job.result?["features"]?.integer.map { Int(clamping: $0) } }
  public var sm3: String? { job.result?["sm3"]?.string }
  public var fileName: String { "\(dataset)-\(validOn).\(format.ending)" }

  /// Nil for a job of another sort.
  init?(_ job: Job, on shelf: ResultShelf) {
    guard job.handler == Self.handler, let dataset = job.subject["dataset"]?.string,
      let format = job.subject["format"]?.string.flatMap(OutputFormat.init),
      let validOn = job.subject["validOn"]?.string,
      let recorded = job.subject["recorded"]?.integer
    else { return nil }
    self.job = job
    self.dataset = dataset
    self.format = format
    self.validOn = validOn
    self.recorded = Int(clamping: recorded)
    name = String(job.id.dropFirst(Self.handler.count + 1))
    let place = Self.place(of: job)
    file = job.state == .done ? shelf.file(Self.stored(as: format), of: place) : nil
    bytes = try? file?.resourceValues(forKeys: [.fileSizeKey]).fileSize
    keptUntil =
      file == nil
      ? nil
      : shelf.made(place).map {
        Timestamp(millisecondsSince1970: Int64($0.timeIntervalSince1970 * 1_000))
          .adding(seconds: ResultShelf.keptSeconds)
      }
  }

  /// Whether somebody to whom these are shown may still know all it was made of.
  func isShown(by schemas: [DatasetSchema]) -> Bool {
    guard let schema = schemas.first(where: { $0.id.text == dataset }),
      let names = job.subject["attributes"]?.texts
    else { return false }
    return Set(names).isSubset(of: schema.attributes.map(\.name))
  }

  static func place(of job: Job) -> String { job.id.replacing("/", with: "-") }
  static func stored(as format: OutputFormat) -> String { "export." + format.ending }
}

extension OneMap {
  /// Has a file made by a job; what is returned is the download's name.
  ///
  /// The same state asked for again by the same person is the same download while it is kept.
  public func orderDownload(
    _ order: ExportOrder, by principal: Principal
  ) async throws(Problem) -> String {
    let schema = try await schema(of: order.dataset, in: principal.scope)
    _ = try principal.scope.narrowed(to: order.region.map { [$0] } ?? [], of: schema)
    if let crs = order.crs { _ = try DeclaredCRS.parse(crs, in: "crs") }
    let subject = order.subject(of: schema, at: try await today(), in: principal.scope)
    let actor = principal.actor
    let name = String(SM3.digest(actor.id + "\n" + subject.canonicalText).description.prefix(32))
    let last = try await jobs.last(Download.handler, of: name)
    if let last, let known = Download(last, on: results), !last.state.isOver || known.file != nil {
      return known.name
    }
    let open = try await jobs.list([.queued, .running], limit: 500).count {
      $0.handler == Download.handler && $0.requestedBy == actor.id
    }
    guard open < Download.mostOpen else {
      throw Wording(
        "downloads-open", "您已有 \(Download.mostOpen) 个下载正在生成",
        "\(Download.mostOpen) downloads of yours are being made already",
        do: "等其完成或取消后再申请", "wait for one to end, or cancel it"
      ).problem(.unavailable, at: order.dataset)
    }
    let job = try await jobs.repeated(
      Download.handler, of: name, after: last, subject: subject, by: actor)
    return String(job.id.dropFirst(Download.handler.count + 1))
  }

  /// A download of somebody's own, as long as they may reach what they could when they asked.
  public func download(
    _ name: String, for principal: Principal
  ) async throws(Problem) -> Download {
    let schemas = try await schemas(in: principal.scope)
    guard let job = try await jobs.job("\(Download.handler)/\(name)"),
      job.requestedBy == principal.actor.id, job.subject["scope"]?.string == principal.scope.mark,
      let download = Download(job, on: results), download.isShown(by: schemas)
    else {
      throw Wording(
        "download-unknown", "没有这个下载件，或您的可见范围已改变",
        "there is no such download, or what you may reach has changed",
        do: "在数据集页面重新申请", "ask for it again on the dataset's page"
      ).problem(.notFound, at: "")
    }
    return download
  }

  /// Somebody's own that are being made or still kept, the last asked for first.
  public func downloads(of principal: Principal) async throws(Problem) -> [Download] {
    let mark = principal.scope.mark
    let schemas = try await schemas(in: principal.scope)
    return try await jobs.list([.queued, .running, .done], limit: 1_000).filter {
      $0.requestedBy == principal.actor.id && $0.subject["scope"]?.string == mark
    }.compactMap { Download($0, on: results) }
      .filter { (!$0.job.state.isOver || $0.file != nil) && $0.isShown(by: schemas) }
      .sorted { $1.job.createdAt < $0.job.createdAt }
  }
}

extension ExportOrder {
  /// What a job is told of it: the state is fixed when it is asked for.
  func subject(of schema: DatasetSchema, at today: AsOf, in scope: Scope) -> JSONValue {
    .object([
      "attributes": .texts(schema.attributes.map(\.name)),
      "dataset": .string(dataset), "format": .optional(format?.rawValue),
      "validOn": .string((validOn ?? today.validOn).description),
      "recorded": .integer(Int64(min(recorded ?? today.recorded, today.recorded).value)),
      "crs": .optional(crs), "region": .optional(region),
      "encoding": .string(encoding.rawValue), "scope": .string(scope.mark),
    ])
  }

  /// Nil for another job's subject.
  init?(_ subject: JSONValue, path: String) {
    guard let dataset = subject["dataset"]?.string else { return nil }
    self.init(dataset: dataset, path: path)
    format = subject["format"]?.string.flatMap(OutputFormat.init)
    validOn = subject["validOn"]?.string.flatMap { LegalDate($0) }
    recorded = subject["recorded"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    crs = subject["crs"]?.string
    region = subject["region"]?.string
    encoding =
      subject["encoding"]?.string.flatMap(WritingOptions.Encoding.init) ?? .utf8
  }
}
