public import KarezCore
import KarezIndicators
import KarezPacks
import KarezStore

extension Indicators {
  static let computedEntry = "indicators-computed"
  static let lockEntry = "indicators-locked"

  /// Computes all figures of a year, for the prefecture and its counties, and keeps them.
  ///
  /// Only who may see everything computes; who sees less would keep sums of less.
  ///
  /// - Errors: conflict for a year that is locked, refused for a scope that is not whole.
  @discardableResult
  public func compute(
    year: Int, on day: LegalDate? = nil, by actor: Actor, in scope: Scope,
    _ progress: (String) -> Void = { _ in }
  ) async throws(Problem) -> [KeptFigures] {
    guard scope.regionPrefixes == nil, scope.withheld.isEmpty, !regions.isEmpty else {
      throw Wording(
        "indicators-scope", "指标须在全域范围内计算", "indicators are computed over the whole region",
        do: "由可见全域数据的账号计算", "let an account compute them that sees all of it"
      ).problem(.refused, at: "indicators")
    }
    let last = try await lastKept(year)
    if let lock = last.values.lazy.compactMap({ KeptFigures($0.body)?.lock }).first {
      throw locked(year, lock)
    }
    let today = try await map.today()
    let end = LegalDate("\(year)-12-31") ?? today.validOn
    let validOn = day ?? min(end, today.validOn)
    let run = IndicatorRun(
      map: map,
      plan: .init(series: plan.book.series, prefecture: regions[0], regions: regions),
      year: year, day: validOn, recorded: today.recorded, scope: scope)
    let readings = try await run.readings(progress)
    let at = map.clock.now().description
    var all: [KeptFigures] = []
    for region in regions {
      let own = readings[region] ?? [:]
      var kept = KeptFigures(
        region: region, year: year, validOn: validOn, recorded: today.recorded, computedAt: at,
        figures: plan.book.figures(region: region, year: year, on: validOn) { own[$0.name] },
        levels: [:], lock: nil)
      kept.levels = levels(of: kept, before: last[region].flatMap { KeptFigures($0.body) })
      all.append(kept)
    }
    try await keep(all, over: last, by: actor)
    return all
  }

  private func lastKept(_ year: Int) async throws(Problem) -> [String: PlatformRecord] {
    var found: [String: PlatformRecord] = [:]
    for record in try await records(KeptFigures.kind, prefix: "\(year)/") {
      if let kept = KeptFigures(record.body) { found[kept.region] = record }
    }
    return found
  }

  private func keep(
    _ all: [KeptFigures], over last: [String: PlatformRecord], by actor: Actor
  ) async throws(Problem) {
    var changes = all.map { kept in
      Self.change(
        last[kept.region], KeptFigures.kind, KeptFigures.key(kept.year, kept.region),
        state: "open", kept.json)
    }
    changes += try await warnings(for: all)
    let year = all.first?.year ?? 0
    let computed = all.reduce(0) { $0 + $1.figures.count { $0.value != nil } }
    try await put(
      RecordBatch(
        changes,
        entry: .init(
          kind: Self.computedEntry,
          body: [
            "year": .integer(Int64(year)), "regions": .integer(Int64(all.count)),
            "figures": .integer(Int64(computed)),
            "recorded": .integer(Int64(all.first?.recorded.value ?? 0)),
          ])), by: actor)
  }

  /// The level each figure stands at, coming from where it stood.
  private func levels(of kept: KeptFigures, before: KeptFigures?) -> [String: WarningLevel] {
    guard let scale = plan.scale else { return [:] }
    var levels: [String: WarningLevel] = [:]
    for figure in kept.figures {
      guard let value = figure.value,
        let target = plan.target(of: figure.indicator, region: kept.region),
        let deviation = target.deviation(of: value)
      else { continue }
      let last = before?.levels[figure.indicator] ?? .none
      levels[figure.indicator] = scale.level(of: deviation, from: last)
    }
    return levels
  }

  // MARK: Locks

  /// 锁定与解锁: a year that was reported stands as it was; opening it again needs a reason too.
  ///
  /// - Errors: not found for a year without figures, refused without a reason.
  public func setLock(
    _ isLocked: Bool, year: Int, because reason: String, by actor: Actor
  ) async throws(Problem) {
    guard !reason.isEmpty, reason.count <= 400, !reason.contains("\0") else {
      throw Wording(
        "indicators-reason", "须写明理由，至多 400 字", "a reason is needed, of at most 400 characters",
        do: "补写理由", "give one"
      ).problem(at: "reason")
    }
    let last = try await lastKept(year)
    guard !last.isEmpty else {
      throw Wording(
        "indicators-year", "\(year) 年没有指标值", "there are no figures of \(year)", do: "先计算",
        "compute them first"
      ).problem(.notFound, at: String(year))
    }
    let lock = KeptFigures.Lock(reason: reason, by: actor.id, at: map.clock.now().description)
    let changes = last.sorted { $0.key < $1.key }.compactMap { _, record -> RecordChange? in
      guard var kept = KeptFigures(record.body) else { return nil }
      kept.lock = isLocked ? lock : nil
      return Self.change(
        record, KeptFigures.kind, record.key, state: isLocked ? "locked" : "open", kept.json)
    }
    try await put(
      RecordBatch(
        changes,
        entry: .init(
          kind: Self.lockEntry,
          body: [
            "year": .integer(Int64(year)), "locked": .boolean(isLocked),
            "reason": .string(reason),
          ])), by: actor)
  }

  private func locked(_ year: Int, _ lock: KeptFigures.Lock) -> Problem {
    Wording(
      "indicators-locked", "\(year) 年已锁定：\(lock.reason)", "\(year) is locked: \(lock.reason)",
      do: "写明理由解锁后再计算", "unlock it with a reason first"
    ).problem(.conflict, at: String(year))
  }
}
