public import KarezCore
import KarezPacks
import KarezStore

/// 访问统计: how often agencies asked for datasets, by channel and month.
public struct AccessStatistics: Hashable, Sendable {
  /// Who counts together.
  public enum Group: Hashable, Sendable {
    case agency(String)
    /// All agencies of so few accounts that one of them could be a person.
    case small
    case unstated
    case machine
    /// Whoever has not signed in.
    case anybody
  }

  public struct Row: Hashable, Sendable {
    /// Such as `2026-11`.
    public let month: String
    public let group: Group
    public let dataset: String
    public let channel: ServedChannel
    public let count: Int
  }

  /// By month, group, dataset and channel.
  public let rows: [Row]
  /// An agency of fewer accounts is not told apart.
  public let fewestAccounts: Int
  /// How often those asked who are too few even together.
  public let withheld: Int
}

extension OneMap {
  /// The counts of some months, for whoever may read the log; of datasets in their scope.
  ///
  /// - Errors: `Problem` of kind forbidden for whoever may not read the log; usage where the
  ///   months are more than are kept.
  public func accessStatistics(
    from first: LegalDate, through last: LegalDate, by principal: Principal
  ) async throws(Problem) -> AccessStatistics {
    try principal.require(.readLog)
    let policy = try evidencePolicy()
    let months = Self.months(from: first, through: last)
    guard months.count <= policy.keptMonths else { throw Self.tooManyMonths(policy.keptMonths) }
    let known = Set(try await schemas(in: principal.scope).map(\.id.text))
    let grouping = AccessGrouping(try await accounts.all(), fewest: policy.fewestAccounts)
    var counted: [AccessStatistics.Row: Int] = [:]
    var withheld = 0
    for month in months {
      for (party, counts) in try await accesses(of: month) {
        let group = grouping.group(of: party)
        for (dataset, channels) in counts.byDataset where known.contains(dataset) {
          for (channel, count) in channels {
            guard let group else {
              withheld = Self.sum(withheld, count)
              continue
            }
            let row = AccessStatistics.Row(
              month: month, group: group, dataset: dataset, channel: channel, count: 0)
            counted[row] = Self.sum(counted[row] ?? 0, count)
          }
        }
      }
    }
    let rows = counted.map { row, count in
      AccessStatistics.Row(
        month: row.month, group: row.group, dataset: row.dataset, channel: row.channel,
        count: count)
    }
    return AccessStatistics(
      rows: rows.sorted { Self.order($0).lexicographicallyPrecedes(Self.order($1)) },
      fewestAccounts: policy.fewestAccounts, withheld: withheld)
  }

  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, isOver) = left.addingReportingOverflow(right)
    return isOver ? .max : sum
  }

  private static func order(_ row: AccessStatistics.Row) -> [String] {
    let group =
      switch row.group {
      case .agency(let name): "0" + name
      case .small: "1"
      case .unstated: "2"
      case .machine: "3"
      case .anybody: "4"
      }
    return [row.month, group, row.dataset, row.channel.rawValue]
  }

  private func accesses(
    of month: String
  ) async throws(Problem) -> [(AccessParty, AccessCounts)] {
    let records = try await accessRecords(beginning: month + "/")
    return records.compactMap { record in
      AccessParty(record.key.dropFirst(month.count + 1)).map { ($0, AccessCounts(record.body)) }
    }
  }

  private func accessRecords(
    beginning prefix: String?
  ) async throws(Problem) -> [PlatformRecord] {
    try await asked { store throws(StoreError) in
      var records: [PlatformRecord] = []
      var last: PlatformRecord?
      repeat {
        let query = RecordQuery(Self.accessKind, keyPrefix: prefix)
        let page = try await store.records(query, after: last, limit: 500)
        records += page.records
        last = page.next
      } while last != nil
      return records
    }
  }

  /// Removes counts that are older than they are kept.
  func sweepAccesses() async throws(Problem) {
    let kept = try evidencePolicy().keptMonths
    guard let today = clock.now().day(secondsEast: Clock.secondsEast) else { return }
    let number = today.year * 12 + today.month - 1 - kept
    let oldest = Self.month(number)
    let over = try await accessRecords(beginning: nil).filter { $0.key.prefix(7) < oldest }
    for record in over {
      try await asked { store throws(StoreError) in
        try await store.put(RecordBatch([.remove(record)]), by: .operator)
      }
    }
  }

  private static func months(from first: LegalDate, through last: LegalDate) -> [String] {
    let begin = first.year * 12 + first.month - 1
    let end = last.year * 12 + last.month - 1
    guard begin <= end else { return [] }
    return (begin...end).map(month)
  }

  private static func month(_ number: Int) -> String {
    let (year, month) = (String(number / 12), String(number % 12 + 1))
    return String(repeating: "0", count: max(0, 4 - year.count)) + year + "-"
      + (month.count < 2 ? "0" : "") + month
  }

  private static func tooManyMonths(_ kept: Int) -> Problem {
    Wording(
      "months-too-many", "一次至多查看 \(kept) 个月", "at most \(kept) months are shown at once",
      do: "缩短期间", "ask for fewer"
    ).problem(.usage, at: "")
  }
}

/// Which accounts are enough to be told apart.
private struct AccessGrouping {
  private let agencies: [String: Int]
  private let fewest: Int
  private let unstated: Int
  private let isPoolEnough: Bool

  init(_ accounts: [Account], fewest: Int) {
    // Whoever left is counted too: what they asked for is in the counts.
    let byAgency = accounts.reduce(into: [String: Int]()) { counts, account in
      if let agency = account.agency { counts[agency, default: 0] += 1 }
    }
    let unstated = accounts.count { $0.agency == nil }
    let pooled =
      byAgency.values.filter { $0 < fewest }.reduce(0, +) + (unstated < fewest ? unstated : 0)
    agencies = byAgency
    self.fewest = fewest
    self.unstated = unstated
    isPoolEnough = pooled >= fewest
  }

  /// Nil for those who are too few even together.
  func group(of party: AccessParty) -> AccessStatistics.Group? {
    switch party {
    case .machine: return .machine
    case .anybody: return .anybody
    case .agency(let name) where agencies[name] ?? 0 >= fewest: return .agency(name)
    case .unstated where unstated >= fewest: return .unstated
    case .agency, .unstated: return isPoolEnough ? .small : nil
    }
  }
}
