import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Counts and areas by class and region: what is added up is the kernel's own, and it closes.
@Suite struct StatisticsTests {
  typealias Patch = TimeFixture.Patch
  typealias Box = SurveyFixture.Box

  /// Two counties and three classes.
  static let land = [
    Patch(id: "a", box: Box(0, 0, 2, 2)), Patch(id: "b", box: Box(2, 0, 4, 2)),
    Patch(id: "c", box: Box(4, 0, 6, 2), landClass: "0301"),
    Patch(id: "d", box: Box(6, 0, 8, 2), region: "653121001001"),
    Patch(id: "e", box: Box(8, 0, 9, 1), landClass: "0702", region: "653121001001"),
  ]

  static func order(_ change: (inout StatisticsOrder) -> Void = { _ in }) -> StatisticsOrder {
    var order = StatisticsOrder(dataset: TimeFixture.patches.text)
    order.validOn = LegalDate("2025-01-01")
    change(&order)
    return order
  }

  static func table(
    _ map: OneMap, _ order: StatisticsOrder, in scope: Scope = .all
  ) async throws -> StatisticsTable {
    try await StatisticsJob(map: map, order: order, scope: scope).table()
  }

  static func squareMetres(_ box: Box) throws -> Double {
    try box.geometry.statutoryArea().squareMetres
  }

  /// Records an area by four corners in thousandths of a degree, and answers its name.
  static func area(_ map: OneMap, _ box: Box, in scope: Scope = .all) async throws -> String {
    let boundary = try map.readBoundary(geoJSON: try box.geometry.geoJSON)
    return try await map.keepArea(boundary, in: scope).name
  }

  @Test func `sums by class, by region and of everything are the features' own areas`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      let table = try await Self.table(fixture.map, Self.order())
      let whole = try Self.land.reduce(0) { try $0 + Self.squareMetres($1.box) }
      #expect(table.attribute == "land_class" && table.regionsBy == .code && table.isMeasured)
      #expect(table.total.count == 5)
      #expect(abs(table.total.areaM2 - whole) < 0.01)
      for sums in [table.classes, table.regions, table.lines] {
        #expect(sums.reduce(0) { $0 + $1.units } == table.total.units)
        #expect(sums.reduce(0) { $0 + $1.count } == 5)
      }
      let classes = Dictionary(
        uniqueKeysWithValues: table.classes.map { ($0.className, $0.areaM2) })
      let dry = try Self.land.filter { $0.landClass == "0103" }
        .reduce(0) { try $0 + Self.squareMetres($1.box) }
      #expect(abs((classes["0103"] ?? 0) - dry) < 0.01)
      #expect(table.regions.map(\.region) == ["653101", "653121"])
      #expect(table.regions.map(\.count) == [3, 2])
    }
  }

  @Test func `within an area the sums are the kernel's overlaps, exact at its edge`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      // Cuts "a" and "d" in half, leaves "e" out, and reaches beyond all land to the south.
      let window = Box(1, -1, 7, 2)
      let name = try await Self.area(fixture.map, window)
      let table = try await Self.table(fixture.map, Self.order { $0.area = name })
      let measure = OverlapMeasure(plane: .statutory)
      let pieces = try Self.land.map {
        try measure.common($0.box.geometry, window.geometry).area
      }
      #expect(pieces.count { $0 > 0 } == 4 && table.total.count == 4)
      #expect(abs(table.total.areaM2 - pieces.reduce(0, +)) < 0.01)
      #expect(table.classes.reduce(0) { $0 + $1.units } == table.total.units)
      #expect(table.regions.reduce(0) { $0 + $1.units } == table.total.units)
      let half = try Self.squareMetres(Box(1, 0, 2, 2))
      let rows = try await StatisticsJob(
        map: fixture.map, order: Self.order { $0.area = name }, scope: .all
      ).rows(of: StatisticsCell(region: "653101", className: "0103"), after: nil, limit: 10)
      #expect(rows.rows.map(\.id) == ["a", "b"] && rows.isLast && rows.count == 2)
      #expect(abs(Double(rows.rows[0].areaText).map { $0 - half } ?? 1) < 0.01)
      #expect(rows.areaText == table.lines.first { $0.className == "0103" }?.areaText)
    }
  }

  @Test func `any day and commit can be asked about`() async throws {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      var changed = Self.land[0]
      changed.landClass = "0301"
      try await fixture.record([changed], from: "2024-07-01")
      func counts(_ day: String, _ commit: Int?) async throws -> [String: Int] {
        let order = Self.order {
          $0.validOn = LegalDate(day)
          $0.recorded = commit.flatMap { CommitNumber($0) }
        }
        let table = try await Self.table(fixture.map, order)
        return Dictionary(uniqueKeysWithValues: table.classes.map { ($0.className, $0.count) })
      }
      #expect(try await counts("2024-03-01", nil) == ["0103": 3, "0301": 1, "0702": 1])
      #expect(try await counts("2025-01-01", nil) == ["0103": 2, "0301": 2, "0702": 1])
      #expect(try await counts("2025-01-01", 1) == ["0103": 3, "0301": 1, "0702": 1])
      #expect(try await counts("2023-01-01", nil) == [:])
    }
  }

  @Test func `regions have the borders of the day, and a feature belongs to one of them`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      func town(_ id: String, _ box: Box) throws -> Feature {
        Feature(
          id: id, geometry: .polygons(try box.geometry),
          attributes: [
            "township_code": .text(id), "name": .text("镇" + id), "county_code": .text("653101"),
          ])
      }
      let towns = try #require(DatasetID("townships"))
      try await fixture.record(
        [try town("653101001", Box(0, 0, 5, 3)), try town("653101002", Box(5, 0, 9, 3))],
        ending: [], .state, from: "2024-01-01", in: towns)
      // Later the border moves west, and "c", of which it left the larger part, changes sides.
      try await fixture.record(
        [try town("653101001", Box(0, 0, 4, 3)), try town("653101002", Box(4, 0, 9, 3))],
        ending: [], .state, from: "2024-09-01", in: towns)
      func counted(_ day: String) async throws -> [String: Int] {
        let order = Self.order {
          $0.level = .township
          $0.validOn = LegalDate(day)
        }
        let table = try await Self.table(fixture.map, order)
        #expect(table.regionsBy == .borders && table.names["653101001"] == "镇653101001")
        #expect(table.lines.reduce(0) { $0 + $1.units } == table.total.units)
        return Dictionary(uniqueKeysWithValues: table.regions.map { ($0.region, $0.count) })
      }
      #expect(try await counted("2025-01-01") == ["653101001": 2, "653101002": 3])
      let before = try await counted("2024-03-01")
      #expect(before.values.reduce(0, +) == 5 && before["653101001"] != nil)
    }
  }

  @Test func `who sees one county adds up that county, and finds no other reader's area`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      let near = Scope(ceiling: .internal, regionPrefixes: ["653121"])
      let table = try await Self.table(fixture.map, Self.order(), in: near)
      #expect(table.regions.map(\.region) == ["653121"] && table.total.count == 2)
      let name = try await Self.area(fixture.map, Box(0, 0, 9, 2))
      do throws(Problem) {
        _ = try fixture.map.area(name, in: near)
        Issue.record("an area of another scope was found")
      } catch {
        #expect(error.kind == .notFound)
      }
      #expect(try fixture.map.area(name, in: .all).geometry != nil)
    }
  }

  @Test func `points are counted, not measured, where they lie`() async throws {
    try await TimeFixture.with { fixture in
      let sites = try #require(DatasetID("hazard-sites"))
      let places = [("p1", 1.0, 1.0), ("p2", 3.0, 1.0), ("p3", 30.0, 1.0)]
      let features = places.map { id, x, y in
        Feature(
          id: id, geometry: .points([Position(x: 76 + x / 1000, y: 39 + y / 1000)]),
          attributes: ["county_code": .text("653101")])
      }
      try await fixture.record(features, ending: [], .state, from: "2024-01-01", in: sites)
      var order = StatisticsOrder(dataset: "hazard-sites")
      order.validOn = LegalDate("2025-01-01")
      let all = try await Self.table(fixture.map, order)
      #expect(all.total.count == 3 && !all.isMeasured && all.total.units == 0)
      order.area = try await Self.area(fixture.map, Box(0, 0, 5, 2))
      #expect(try await Self.table(fixture.map, order).total.count == 2)
    }
  }

  @Test func `rows come page by page in the order of their ids, and sum to the figure`()
    async throws
  {
    try await TimeFixture.with { fixture in
      let many = (0..<70).map { number in
        Patch(id: "p\(100 + number)", box: Box(number * 2, 0, number * 2 + 1, 1))
      }
      try await fixture.record(many.shuffled(), .state, from: "2024-01-01")
      let job = StatisticsJob(map: fixture.map, order: Self.order(), scope: .all)
      var seen: [String] = []
      var after: String?
      repeat {
        let page = try await job.rows(of: StatisticsCell(), after: after, limit: 3)
        #expect(page.count == 70)
        seen += page.rows.map(\.id)
        after = page.isLast ? nil : page.rows.last?.id
      } while after != nil
      #expect(seen == many.map(\.id).sorted())
    }
  }

  @Test func `what is printed in a coarser unit sums to the printed whole`() {
    let lines = (0..<7).map { number in
      StatisticsTable.Line(region: "", className: "\(number)", count: 1, units: 3_333_333)
    }
    let whole = StatisticsTable.Line(region: "", className: "", units: 7 * 3_333_333)
    for unit in [StatisticsTable.Unit.squareMetres, .hectares, .mu] {
      let parts = StatisticsTable.levelled(lines, to: unit).compactMap { Decimal(string: $0) }
      let sum = StatisticsTable.levelled([whole], to: unit).compactMap { Decimal(string: $0) }
      #expect(parts.reduce(0, +) == sum[0] && parts.count == 7)
    }
    #expect(StatisticsTable.levelled([whole], to: .squareMetres) == ["2333.33"])
    #expect(StatisticsTable.levelled([whole], to: .hectares) == ["0.2333"])
    #expect(StatisticsTable.levelled([whole], to: .mu) == ["3.50"])
  }

  @Test func `a table that was kept is read as it was, and an unknown attribute is refused`()
    async throws
  {
    try await TimeFixture.with { fixture in
      try await fixture.record(Self.land, .state, from: "2024-01-01")
      let order = Self.order()
      let principal = Principal.operator
      guard
        case .kept(let first) = try await fixture.map.statistics(
          order, isAgain: false, by: principal),
        case .kept(let again) = try await fixture.map.statistics(
          order, isAgain: false, by: principal)
      else {
        Issue.record("a small state is added up at once")
        return
      }
      #expect(first == again)
      let file = fixture.folder.appending(path: "out.csv").path
      try await fixture.map.write(first, in: .all, to: file)
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 1 + first.lines.count && lines[0].contains("area_ha"))
      await #expect(throws: Problem.self) {
        _ = try await Self.table(fixture.map, Self.order { $0.attribute = "nothing" })
      }
    }
  }
}
