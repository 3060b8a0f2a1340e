import KarezCore
import KarezPacks
import KarezStore
import Synchronization

/// 服务渠道: by what a dataset was asked for.
public enum ServedChannel: String, CaseIterable, Hashable, Sendable {
  case page
  case features
  case tiles
  /// A map drawn as a picture.
  case image
  /// A file of many features.
  case download
  /// What a dataset is, without its features.
  case metadata
}

/// 访问计数: how often datasets were asked for since it was last written down.
///
/// - Shape: counts by month, agency, dataset and channel. Who asked is not among them, so nobody can
///   be told apart later, whatever is asked of the counts.
final class AccessTally: Sendable {
  /// One month of those who count together.
  struct Place: Hashable, Sendable {
    let month: String
    let party: AccessParty

    /// The key of the record.
    var key: String { month + "/" + party.text }
  }

  struct Item: Hashable, Sendable {
    let dataset: String
    let channel: ServedChannel
  }

  typealias Counts = [Place: [Item: Int]]

  private let counts = Mutex(Counts())

  func add(_ place: Place, _ item: Item) {
    counts.withLock { $0[place, default: [:]][item, default: 0] += 1 }
  }

  func take() -> Counts {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
  }

  /// Puts back what could not be written.
  func putBack(_ left: Counts) {
    counts.withLock { counts in
      for (place, items) in left {
        counts[place, default: [:]].merge(items) { $0 + $1 }
      }
    }
  }
}

/// Who counts together in statistics; never a person.
enum AccessParty: Hashable, Sendable {
  case agency(String)
  /// Accounts whose agency was not said.
  case unstated
  /// Whoever is at the machine of an installation without accounts.
  case machine
  /// Whoever has not signed in, where the zone has a public edition.
  case anybody

  init(_ principal: Principal) {
    if principal == .publicReader {
      self = .anybody
    } else if principal.name == nil {
      self = .machine
    } else {
      self = principal.agency.map(Self.agency) ?? .unstated
    }
  }

  init?(_ text: some StringProtocol) {
    switch text {
    case "unstated": self = .unstated
    case "machine": self = .machine
    case "anybody": self = .anybody
    default:
      guard text.hasPrefix("agency/") else { return nil }
      self = .agency(String(text.dropFirst(7)))
    }
  }

  var text: String {
    switch self {
    case .agency(let name): "agency/" + name
    case .unstated: "unstated"
    case .machine: "machine"
    case .anybody: "anybody"
    }
  }
}

extension OneMap {
  static let accessKind = RecordKind.transient("access")

  /// Counts one request for a dataset that was answered.
  public func countAccess(
    to dataset: String, by channel: ServedChannel, of principal: Principal
  ) {
    guard let month = Self.month(of: clock.now()) else { return }
    tally.add(
      AccessTally.Place(month: month, party: AccessParty(principal)),
      AccessTally.Item(dataset: dataset, channel: channel))
  }

  /// Whether the packs know a dataset of that name; whoever counts by what was asked must not count
  /// what a client makes up.
  public func isKnownDataset(_ name: String) -> Bool {
    packs.schemas.contains { $0.id.text == name }
  }

  /// The month in legal time, such as `2026-11`.
  static func month(of moment: Timestamp) -> String? {
    moment.day(secondsEast: Clock.secondsEast).map { String($0.description.prefix(7)) }
  }

  /// Writes what was counted; what cannot be written waits for the next time.
  func flushAccesses() async throws(Problem) {
    var left = tally.take()
    do throws(Problem) {
      for (place, items) in left.sorted(by: { $0.key.key < $1.key.key }) {
        try await add(items, at: place)
        left[place] = nil
      }
    } catch {
      tally.putBack(left)
      throw error
    }
  }

  private func add(
    _ items: [AccessTally.Item: Int], at place: AccessTally.Place
  ) async throws(Problem) {
    // Another server of the same map may write the same record in between.
    for _ in 0..<10 {
      do throws(StoreError) {
        let known = try await store.record(Self.accessKind, place.key)
        var counts = AccessCounts(known?.body)
        for (item, count) in items { counts.add(count, to: item) }
        let next =
          known?.next(state: "counted", due: nil, owner: nil, body: counts.json)
          ?? PlatformRecord(
            kind: Self.accessKind, key: place.key, state: "counted", body: counts.json)
        try await store.put(RecordBatch([.write(next)]), by: .operator)
        return
      } catch {
        guard case .recordConflict = error else { throw .store(error) }
      }
    }
    throw .store(
      .recordConflict(kind: Self.accessKind.name, key: place.key, expected: 0, found: 0))
  }
}

/// The body of a record of counts: dataset, channel, number.
struct AccessCounts {
  private(set) var byDataset: [String: [ServedChannel: Int]] = [:]

  init(_ body: JSONValue?) {
    guard case .object(let datasets)? = body else { return }
    for (dataset, channels) in datasets {
      guard case .object(let channels) = channels else { continue }
      for (name, count) in channels {
        guard let channel = ServedChannel(rawValue: name), let count = count.integer else {
          continue
        }
        add(Int(clamping: count), to: AccessTally.Item(dataset: dataset, channel: channel))
      }
    }
  }

  mutating func add(_ count: Int, to item: AccessTally.Item) {
    let known = byDataset[item.dataset]?[item.channel] ?? 0
    let (sum, isOver) = known.addingReportingOverflow(max(0, count))
    byDataset[item.dataset, default: [:]][item.channel] = isOver ? .max : sum
  }

  var json: JSONValue {
    .object(
      byDataset.mapValues { channels in
        .object(
          Dictionary(
            channels.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) }
          ) { first, _ in first })
      })
  }
}
