import Foundation
public import KarezCore
import KarezStore

extension OneMap {
  static let statisticsHandler = "statistics"
  private static let statisticsFile = "statistics.json"

  /// Where statistics that were asked for stand.
  public enum StatisticsState: Sendable {
    case kept(StatisticsTable)
    /// A job is at it, or has given it up.
    case job(Job)
  }

  /// States of more features than these are added up by a job.
  public static let mostCountedAtOnce = 200_000

  /// Statistics of a state: kept, made at once where it is small, or by a job.
  ///
  /// What a job could not do is asked of another one only where `isAgain`.
  public func statistics(
    _ order: StatisticsOrder, isAgain: Bool, by principal: Principal
  ) async throws(Problem) -> StatisticsState {
    let scope = principal.scope
    let order = try await pinned(order, in: scope)
    let name = order.name(in: scope)
    if let kept = keptStatistics(name) {
      try await noteSums(kept, in: scope)
      return .kept(kept)
    }
    guard principal != .publicReader else { return try await ownStatistics(order, as: name) }
    let last = try await jobs.last(Self.statisticsHandler, of: name)
    if let last, !last.state.isOver { return .job(last) }
    if let last, [.failed, .cancelled].contains(last.state), !isAgain { return .job(last) }
    guard try await isLarge(order, in: scope) else {
      let made = try await keepStatistics(order, as: name, in: scope)
      try await noteSums(made, in: scope)
      return .kept(made)
    }
    return .job(
      try await jobs.repeated(
        Self.statisticsHandler, of: name, after: last, subject: order.subject(in: scope),
        by: principal.actor))
  }

  /// Takes note that figures of a dataset are shown, which name its classes and none of its features.
  private func noteSums(_ table: StatisticsTable, in scope: Scope) async throws(Problem) {
    let schema = try await schema(of: table.dataset, in: scope)
    guard schema.isRestricted, table.total.count > 0 else { return }
    try await reads.note(.dataset(schema.id), [], count: table.total.count)
  }

  /// Statistics for people who have not signed in: no job is theirs, and of a state they make up
  /// nothing is kept.
  private func ownStatistics(
    _ order: StatisticsOrder, as name: String
  ) async throws(Problem) -> StatisticsState {
    let scope = Principal.publicReader.scope
    guard try await !isLarge(order, in: scope) else {
      throw Wording(
        "statistics-large", "此数据集较大，汇总须登录后办理",
        "this dataset is large; its statistics are made for accounts",
        do: "登录后再统计，或选一个较小的数据集", "sign in, or choose a smaller dataset"
      ).problem(.refused, at: order.dataset)
    }
    let today = try await today()
    guard order.validOn == today.validOn, order.recorded == today.recorded else {
      return .kept(try await StatisticsJob(map: self, order: order, scope: scope).table())
    }
    return .kept(try await keepStatistics(order, as: name, in: scope))
  }

  /// The features behind a figure, after an id.
  ///
  /// - Errors: not found for a dataset out of scope, usage for an attribute it does not have.
  public func statisticsRows(
    _ order: StatisticsOrder, of cell: StatisticsCell, after last: String?, limit: Int,
    in scope: Scope
  ) async throws(Problem) -> StatisticsRows {
    let order = try await pinned(order, in: scope)
    let rows = try await StatisticsJob(map: self, order: order, scope: scope)
      .rows(of: cell, after: last, limit: limit)
    try await noteRead(
      of: Self.dataset(named: order.dataset), features: rows.rows.map(\.id), in: scope)
    return rows
  }

  /// The order with its state said, so that it means the same tomorrow.
  private func pinned(
    _ order: StatisticsOrder, in scope: Scope
  ) async throws(Problem) -> StatisticsOrder {
    _ = try await schema(of: order.dataset, in: scope)
    if let area = order.area { _ = try self.area(area, in: scope) }
    let today = try await today()
    var order = order
    order.validOn = order.validOn ?? today.validOn
    order.recorded = min(order.recorded ?? today.recorded, today.recorded)
    return order
  }

  private func isLarge(
    _ order: StatisticsOrder, in scope: Scope
  ) async throws(Problem) -> Bool {
    // What lies in an area is found without a pass over the rest.
    guard order.area == nil else { return false }
    let dataset = try Self.dataset(named: order.dataset)
    let state = AsOf(validOn: order.validOn ?? Clock.today, recorded: order.recorded ?? .none)
    let summary = try await asked { store throws(StoreError) in
      try await store.summary(of: dataset, asOf: state, in: scope)
    }
    return summary.features > Self.mostCountedAtOnce
  }

  private func keptStatistics(_ name: String) -> StatisticsTable? {
    results.text(Self.statisticsFile, of: Self.statisticsHandler + "-" + name).flatMap {
      try? JSONValue(parsing: $0)
    }.flatMap { StatisticsTable($0) }
  }

  @discardableResult
  func keepStatistics(
    _ order: StatisticsOrder, as name: String, in scope: Scope
  ) async throws(Problem) -> StatisticsTable {
    let table = try await StatisticsJob(map: self, order: order, scope: scope).table()
    let text = table.json.canonicalText
    try await results.keep(Self.statisticsHandler + "-" + name) {
      (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: Self.statisticsFile).path)
    }
    return table
  }
}

/// Adds up a large state and keeps its table.
struct StatisticsHandler: JobHandler {
  let map: OneMap

  var name: String { OneMap.statisticsHandler }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let order = StatisticsOrder(run.subject) else { return JobEnd(by: run.actor) }
    let scope = try await map.scope(of: run.actor, marked: run.subject["scope"]?.string)
    run.report("statistics", 0)
    try await map.keepStatistics(order, as: order.name(in: scope), in: scope)
    return JobEnd(by: run.actor)
  }
}
