import Foundation
import KarezCore
import KarezStore
public import KarezWriting

/// Writes the file of a download under the scope of whoever asked for it.
struct DownloadHandler: JobHandler {
  let map: OneMap

  var name: String { Download.handler }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let order = ExportOrder(run.subject, path: ""), let format = order.format else {
      return JobEnd(by: run.actor)
    }
    let own = try await map.scope(of: run.actor, marked: run.subject["scope"]?.string)
    // Only an agreement of two people puts a release into a subject.
    let isReleased = run.subject["release"]?.string != nil
    let scope = isReleased ? own.released(in: order.region) : own
    let dataset = try OneMap.dataset(named: order.dataset)
    let total = try await map.asked { store throws(StoreError) in
      let asOf = AsOf(
        validOn: order.validOn ?? Clock.today, recorded: order.recorded ?? .none)
      return try await store.summary(of: dataset, asOf: asOf, in: scope).features
    }
    let outcome = try await map.results.keep(Download.place(of: run.job)) {
      (folder: URL) async throws(Problem) -> ExportOutcome in
      let path = folder.appending(path: Download.stored(as: format)).path
      guard let order = ExportOrder(run.subject, path: path) else {
        preconditionFailure("an order that was read once is read again")
      }
      let export = DatasetExport(order: order, map: map, actor: run.actor, scope: scope)
      return try await export.run(dataset) { run.report("export", $0, of: total) }
    }
    return JobEnd(
      result: outcome.answer, entry: RecordBatch.Entry(kind: "export", body: outcome.entryBody),
      by: run.actor)
  }
}

extension ExportOutcome {
  /// What the log keeps, member by member.
  var entryBody: [String: JSONValue] {
    guard case .object(let members) = json else { return [:] }
    return members
  }
}

extension OutputFormat {
  /// What the name of a file ends in.
  public var ending: String {
    switch self {
    case .shapefile: "shp.zip"
    case .fileGDB: "gdb.zip"
    default: rawValue
    }
  }
}
