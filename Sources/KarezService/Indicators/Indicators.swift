public import KarezCore
public import KarezIndicators
public import KarezPacks
import KarezStore

/// 指标监督: indicators of the packs over one map: what was computed, brought, locked and warned of.
public struct Indicators: Sendable {
  public let plan: PlanSupervision
  let map: OneMap

  /// Figures of a year, by region; those of regions and of datasets the reader may not see are left
  /// out.
  public func kept(year: Int, in scope: Scope) async throws(Problem) -> [KeptFigures] {
    var found: [KeptFigures] = []
    for record in try await records(KeptFigures.kind, prefix: "\(year)/") {
      guard let kept = KeptFigures(record.body), scope.shows(region: kept.region) else { continue }
      found.append(try await kept.seen(by: scope, of: map))
    }
    return found
  }

  /// The years that figures were computed for, the latest first.
  public func years() async throws(Problem) -> [Int] {
    let keys = try await records(KeptFigures.kind, prefix: nil).map(\.key)
    return Set(keys.compactMap { $0.split(separator: "/").first.flatMap { Int($0) } })
      .sorted(by: >)
  }

  /// Where a figure leads by the line through the years that are kept; nil with fewer than two.
  public func forecast(
    of indicator: String, region: String, to year: Int, in scope: Scope
  ) async throws(Problem) -> Forecast? {
    guard let definition = plan.book.definition(indicator) else { return nil }
    var figures: [Int: Double] = [:]
    for own in try await years() {
      let kept = try await kept(year: own, in: scope).first { $0.region == region }
      if let value = kept?.figure(indicator)?.value,
        let number = definition.unit.number(of: value)
      {
        figures[own] = number
      }
    }
    return Forecast(figures, to: year)
  }

  /// The regions that figures are computed for: the prefecture, then its counties.
  public var regions: [String] {
    guard let region = map.region else { return [] }
    return [region.adcode] + region.counties.map(\.code)
  }

  /// Those of them the reader may see whole.
  public func regions(in scope: Scope) -> [String] {
    regions.filter { scope.shows(region: $0) }
  }

  public func name(of region: String, in language: Language) -> String {
    guard let own = map.region else { return region }
    if region == own.adcode { return own.title[language] }
    return own.counties.first { $0.code == region }?.name[language] ?? region
  }

  /// Whether upper targets equal what was handed on.
  public var closures: [TargetClosure] {
    plan.book.closures(of: plan.targets, regions: regions)
  }

  // MARK: Records

  func records(
    _ kind: RecordKind, prefix: String?
  ) async throws(Problem) -> [PlatformRecord] {
    var all: [PlatformRecord] = []
    var last: PlatformRecord?
    repeat {
      let after = last
      let page = try await map.asked { store throws(StoreError) in
        try await store.records(
          RecordQuery(kind, keyPrefix: prefix), after: after, limit: 500)
      }
      all += page.records
      last = page.next == nil ? nil : page.records.last
    } while last != nil
    return all
  }

  func record(_ kind: RecordKind, _ key: String) async throws(Problem) -> PlatformRecord? {
    try await map.asked { store throws(StoreError) in try await store.record(kind, key) }
  }

  func put(_ batch: RecordBatch, by actor: Actor) async throws(Problem) {
    do throws(StoreError) {
      try await map.store.put(batch, by: actor)
    } catch {
      throw .store(error)
    }
  }

  /// The record with a new body, written over the one there is.
  static func change(
    _ last: PlatformRecord?, _ kind: RecordKind, _ key: String, state: String, _ body: JSONValue
  ) -> RecordChange {
    .write(
      last?.next(state: state, due: nil, owner: nil, body: body)
        ?? PlatformRecord(kind: kind, key: key, state: state, body: body))
  }
}

extension Scope {
  /// Whether figures of a whole region may be told: all of it must be within reach.
  func shows(region: String) -> Bool {
    let code = region.hasSuffix("00") ? region.prefix(4) : region[...]
    return regionPrefixes?.contains { code.hasPrefix($0) } ?? true
  }
}

extension OneMap {
  /// - Errors: not found where the packs have no indicators.
  public func indicators() throws(Problem) -> Indicators {
    guard let plan = packs.supervision else {
      throw Wording(
        "indicators-none", "规则包中没有指标", "the packs have no indicators", do: "安装含 indicators 的规则包",
        "install a pack that has some"
      ).problem(.notFound, at: "indicators")
    }
    return Indicators(plan: plan, map: self)
  }
}
