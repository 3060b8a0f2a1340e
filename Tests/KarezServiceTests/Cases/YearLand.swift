import Foundation
import KarezAccounts
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// The land and the accounts of a simulated year: three counties, irrigated land in the west of
/// each and woods in the east, a plan quota that is issued by and by, and lots to compensate with.
final class YearLand {
  static let regions = ["653101", "653121", "653130"]
  /// A county is so many thousandths of a degree wide.
  private static let width = 60
  private static let columns = 100
  private static let lotSquareMetres = "20000000.00"
  /// About what ten cases need.
  private static let tranche = "9000.00"

  private let room: CaseTests.Room
  private var lots: [String: String] = [:]

  init(room: CaseTests.Room) { self.room = room }

  func region(of place: Int) -> String { Self.regions[place % Self.regions.count] }

  func record() async throws {
    let fixture = TimeFixture(on: room.map, in: room.folder)
    var counties: [Feature] = []
    var patches: [TimeFixture.Patch] = []
    for (index, code) in Self.regions.enumerated() {
      let (west, middle) = (index * Self.width, index * Self.width + Self.width / 2)
      let east = west + Self.width
      counties.append(
        Feature(
          id: code, geometry: .polygons(try SurveyFixture.Box(west, 0, east, 400).geometry),
          attributes: ["county_code": .text(code), "name": .text(code)]))
      let location = code + "001001"
      patches.append(
        TimeFixture.Patch(
          id: "W\(index)", box: .init(west, 0, middle, 400), landClass: "0102", region: location))
      patches.append(
        TimeFixture.Patch(
          id: "E\(index)", box: .init(middle, 0, east, 400), landClass: "0301", region: location))
    }
    let dataset = try #require(DatasetID("counties"))
    let receipt = try await fixture.record(
      counties, ending: [], .state, from: "2020-01-01", in: dataset)
    try await fixture.record(patches, .state, from: "2020-01-01")
    let commit = try #require(receipt.commit?.value)
    for code in Self.regions {
      let orders = """
        [{"act": "post", "key": "lot-\(code)", "day": "2025-01-02", "reason": "验收",
          "case": "补充耕地", "moves": [{"rule": "compensation-verified",
            "from": "compensation-made/\(code)/2025/9-dry",
            "to": "compensation-quota/\(code)/2025/9-dry", "amount": "\(Self.lotSquareMetres)",
            "made": {"dataset": "counties", "id": "\(code)", "commit": \(commit)}}]}]
        """
      let made = try await post(orders)
      lots[code] = "\(made).0"
      let day = try #require(LegalDate("2025-01-02"))
      try await issue(in: code, on: day, key: "plan-\(code)")
    }
  }

  @discardableResult
  private func post(_ text: String) async throws -> Int64 {
    let ledgers = try room.map.ledgers()
    let orders = try LedgerOrderReader(ledgers.chart).orders(JSONValue(parsing: text))
    return try #require(
      try await ledgers.post(orders, by: .operator, in: .all).first
    ).transaction.number
  }

  /// More of the plan, and of what compensates, in the accounts of the day's year.
  func issue(in region: String, on day: LegalDate, key: String) async throws {
    let county = String(region.prefix(6))
    try await post(
      """
      [{"act": "post", "key": "\(key)", "day": "\(day)", "reason": "下达",
        "moves": [{"rule": "plan-issued", "from": "annual-plan-issued/\(county)/\(day.year)/any",
          "to": "annual-plan-quota/\(county)/\(day.year)/any", "amount": "\(Self.tranche)"}]}]
      """)
    // What was left of the last year's lots goes over once it is needed.
    guard day.year > 2025 else { return }
    let name = try #require(AccountName("compensation-quota/\(county)/\(day.year - 1)/9-dry"))
    let left = try await room.map.ledgers().balances(
      LedgerAccountQuery(name: name), at: LedgerTime(validOn: day), in: .all)
    guard let account = left.first, account.available > 0, account.held == 0 else { return }
    try await post(
      """
      [{"act": "carry-over", "key": "carry-\(county)-\(day.year)-\(key)", "day": "\(day)",
        "reason": "结转", "account": "\(name)"}]
      """)
  }

  func compensation(in region: String) -> [FactID: FactValue] {
    [
      FactID("compensation_lot"): .text(lots[String(region.prefix(6))] ?? ""),
      FactID("occupied_part"): .text("9-dry"),
    ]
  }

  /// A document; a boundary is land no other case has.
  func attachment(_ document: String, at place: Int) throws -> Cases.Attachment {
    guard document == "boundary" else { return try room.attachment(document) }
    let county = place % Self.regions.count
    let cell = place / Self.regions.count
    // Between the middle lines of two cells, so that none touches another or the county's edge.
    let step = 0.000_5
    let west = 76 + Double(county * Self.width) / 1_000 + 0.005 + Double(cell % Self.columns) * step
    let south = 39 + 0.005 + Double(cell / Self.columns) * step
    let (east, north) = (west + 0.000_3, south + 0.000_3)
    let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
      .map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
    let text = """
      {"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
      "geometry":{"type":"Polygon","coordinates":[[\(corners)]]}}]}
      """
    let path = try room.file("boundary.geojson", text)
    return Cases.Attachment(document: document, path: path, name: "boundary.geojson")
  }

  /// Debits and credits are equal, and no account is below what its kind allows.
  func requireWholeBalances() async throws {
    let day = try #require(room.clock.now.day(secondsEast: Clock.secondsEast))
    let balance = try await room.map.ledgers().trialBalance(
      at: LedgerTime(validOn: day), in: .all)
    let low = balance.accounts.filter { !$0.account.mayBeNegative && $0.available < 0 }
    guard balance.isBalanced, low.isEmpty, balance.accounts.allSatisfy({ $0.held >= 0 }) else {
      throw BooksDoNotClose(day: "\(day)", accounts: low.map { "\($0.account.name)" })
    }
  }

  /// The accounts of a day are not whole.
  struct BooksDoNotClose: Error {
    let day: String
    let accounts: [String]
  }
}
