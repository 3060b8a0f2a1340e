import KarezAccounts
import KarezCore
import KarezIndicators
import KarezRules
import KarezStore

/// Reads what series ask for, one pass over a dataset for all of them and all regions.
struct IndicatorRun {
  let map: OneMap
  let plan: PlanSupervisionSeries
  let year: Int
  let day: LegalDate
  let recorded: CommitNumber
  let scope: Scope

  /// The series of a book; what a run needs to know of the packs.
  struct PlanSupervisionSeries {
    let series: [SeriesDefinition]
    let prefecture: String
    let regions: [String]
  }

  /// One pass: a dataset, the attribute its features are told apart by, and a day.
  private struct Pass: Hashable {
    let dataset: DatasetID
    let attribute: String?
    let day: LegalDate
  }

  /// What every series says of every region; a series that says nothing is not in it.
  func readings(
    _ progress: (String) -> Void
  ) async throws(Problem) -> [String: [FactID: SeriesReading]] {
    var readings: [String: [FactID: SeriesReading]] = [:]
    var tables: [Pass: StatisticsTable] = [:]
    for pass in passes {
      progress(pass.dataset.text)
      tables[pass] = try await table(of: pass)
    }
    let outside = try await external()
    for one in plan.series {
      switch one.source {
      case .map(let tally):
        guard let table = tables[pass(of: tally, one)] else { continue }
        for region in plan.regions {
          readings[region, default: [:]][one.name] = reading(tally, region, table)
        }
      case .ledger(let kind):
        for (region, value) in try await ledger(kind, in: one) {
          readings[region, default: [:]][one.name] = value
        }
      case .external:
        for region in plan.regions {
          let key = SeriesValue.key(one.name.text, region, one.year ?? year)
          guard let value = outside[key], let reading = value.reading else { continue }
          readings[region, default: [:]][one.name] = reading
        }
      }
    }
    return readings
  }

  private func day(of series: SeriesDefinition) -> LegalDate {
    series.year.flatMap { LegalDate("\($0)-12-31") } ?? day
  }

  /// Series that take all features share the pass of one that tells them apart.
  private func pass(of tally: MapTally, _ series: SeriesDefinition) -> Pass {
    let day = day(of: series)
    var attribute = tally.attribute
    for other in plan.series where attribute == nil {
      guard case .map(let own) = other.source, own.dataset == tally.dataset,
        self.day(of: other) == day
      else { continue }
      attribute = own.attribute
    }
    return Pass(dataset: tally.dataset, attribute: attribute, day: day)
  }

  private var passes: [Pass] {
    var passes: [Pass] = []
    for one in plan.series {
      guard case .map(let tally) = one.source else { continue }
      let pass = pass(of: tally, one)
      if !passes.contains(pass) { passes.append(pass) }
    }
    return passes
  }

  /// Nil where nothing of the dataset is in force on the day.
  private func table(of pass: Pass) async throws(Problem) -> StatisticsTable? {
    var order = StatisticsOrder(dataset: pass.dataset.text)
    order.attribute = pass.attribute
    order.validOn = pass.day
    order.recorded = recorded
    do throws(Problem) {
      let table = try await StatisticsJob(map: map, order: order, scope: scope).table()
      return table.total.count == 0 ? nil : table
    } catch {
      // A dataset nothing was ever recorded of leaves its figures missing, and the rest whole.
      guard error.kind == .notFound else { throw error }
      return nil
    }
  }

  private func reading(
    _ tally: MapTally, _ region: String, _ table: StatisticsTable
  ) -> SeriesReading {
    let lines = table.lines.filter { line in
      (region == plan.prefecture || line.region == region)
        && (tally.attribute == nil || tally.admits(line.className))
    }
    let features = lines.reduce(0) { $0 + $1.count }
    let units = lines.reduce(Int64(0)) { $0 + $1.units }
    let value =
      tally.measure == .count
      ? Quantity(Double(features), .one)
      : Quantity(LedgerUnits.squareMetres(units), .squareMetre)
    let codes = tally.prefixes.isEmpty ? [] : Set(lines.map(\.className)).sorted()
    return SeriesReading(
      value,
      from: .map(
        tally, validOn: table.asOf.validOn, recorded: table.asOf.recorded, features: features,
        codes: codes))
  }

  private func ledger(
    _ kind: String, in series: SeriesDefinition
  ) async throws(Problem) -> [String: SeriesReading] {
    let own = day(of: series)
    let balances = try await map.ledgers().reckoned(
      LedgerAccountQuery(kind: kind), at: LedgerTime(validOn: own, recorded: nil), in: scope)
    var found: [String: SeriesReading] = [:]
    for region in plan.regions {
      let mine = balances.filter { balance in
        region == plan.prefecture
          ? balance.account.name.region.hasPrefix(region.prefix(4))
          : balance.account.name.region == region
      }
      guard let measure = mine.first?.account.measure,
        mine.allSatisfy({ $0.account.measure == measure })
      else { continue }
      let value = mine.reduce(0.0) { $0 + (Double($1.text($1.balance)) ?? 0) }
      found[region] = SeriesReading(
        Quantity(value, measure.unit), from: .ledger(kind: kind, validOn: own))
    }
    return found
  }

  private func external() async throws(Problem) -> [String: SeriesValue] {
    let records = try await map.indicators().records(SeriesValue.kind, prefix: nil)
    var found: [String: SeriesValue] = [:]
    for record in records { found[record.key] = SeriesValue(record.body) }
    return found
  }
}
