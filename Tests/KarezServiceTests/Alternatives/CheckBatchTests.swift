import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import KarezWriting
import TestSupport
import Testing

@testable import KarezService

/// Many parcels checked by a job.
@Suite struct CheckBatchTests {
  typealias Box = SurveyFixture.Box

  static let boxes = [Box(2, 1, 6, 3), Box(0, 1, 3, 3), Box(5, 1, 6, 2)]

  static func order() throws -> CheckBatch.Order {
    CheckBatch.Order(
      title: "三块", purpose: "residential/rural", validOn: try #require(LegalDate("2025-11-01")))
  }

  static func parcels(_ fixture: AlternativesFixture) throws -> [BatchParcel] {
    let read = try ReadBoundary(drawn: try boxes.map { try $0.geometry })
    return try fixture.map.batchParcels(of: [("a.txt", read)], within: fixture.limits)
  }

  @Test func `each parcel has the answer it has alone, and the list closes`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let map = fixture.map
      let name = try await map.orderBatch(
        Self.parcels(fixture), Self.order(), within: fixture.limits, by: .operator)
      #expect(try await map.checkBatch(name, for: .operator).rows == nil)
      try await Workers(map: map) { _, _ in }.runDue()
      let batch = try await map.checkBatch(name, for: .operator)
      let rows = try #require(batch.rows)
      #expect(rows.map(\.number) == [1, 2, 3] && rows.map(\.parcel) == ["1", "2", "3"])
      for (row, box) in zip(rows, Self.boxes) {
        let alone = try await fixture.check(box)
        let own = try await map.answer(id: try #require(row.answer), in: .all)
        #expect(own.digest == alone.digest)
        #expect(row.verdict == alone.verdict && row.area == alone.boundary.statutoryArea)
      }
      #expect(rows.map(\.verdict)[0] == .prohibited && rows[0].lead != nil)
      #expect(rows.map { BatchRow($0.json) } == rows)
      #expect(try await map.outlines(of: batch, in: .all).compactMap { $0 }.count == 3)
      #expect(try await map.checkBatches(of: .operator, limit: 5).map(\.name) == [name])
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a job that was cut off begins anew and keeps every answer once`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let map = fixture.map
      let name = try await map.orderBatch(
        Self.parcels(fixture), Self.order(), within: fixture.limits, by: .operator)
      let batch = try await map.checkBatch(name, for: .operator)
      let first = try #require(map.keptParcels(of: batch)?.first)
      let row = try await map.batchRow(
        1, first, batch.order, as: batch.answerID(0), by: .operator, in: .all)
      try await Workers(map: map) { _, _ in }.runDue()
      let rows = try #require(try await map.checkBatch(name, for: .operator).rows)
      #expect(rows[0] == row && Set(rows.compactMap(\.answer)).count == 3)
      let answers = try await map.logEntries(after: 0, limit: 10_000).filter { $0.kind == "answer" }
      #expect(answers.count == 3)
    }
  }

  @Test func `it is written as a table and as a layer`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let map = fixture.map
      let parcels = try Self.parcels(fixture)
      var rows: [BatchRow] = []
      for (index, parcel) in parcels.enumerated() {
        rows.append(
          try await map.batchRow(
            index + 1, parcel, Self.order(), by: .operator, in: .all))
      }
      let outlines = parcels.map { $0.boundary.parcels.first?.geometry }
      try await Places.withTemporaryFolder { folder in
        for format in OneMap.batchFormats {
          let path = folder.appending(path: "checks." + format.ending).path
          try await map.write(
            rows, outlines: outlines, titled: LocalizedText(zh: "审查", en: "checks"), to: path,
            as: format)
          #expect(FileManager.default.fileExists(atPath: path), "\(format)")
        }
        let csv = try String(
          contentsOf: folder.appending(path: "checks.csv"), encoding: .utf8)
        #expect(csv.split(separator: "\n").count == 4 && csv.contains("prohibited"))
        let package = folder.appending(path: "checks.gpkg").path
        let read = try await map.readBoundary(file: FileArgument(package), crs: nil)
        #expect(read.parcels.count == 3)
        await #expect(throws: Problem.self) {
          try await map.write(
            rows, outlines: [], titled: LocalizedText(zh: "x", en: "x"),
            to: folder.appending(path: "x.kml").path, as: .kml)
        }
      }
    }
  }

  @Test func `a batch is its owner's, is bounded, and can be taken away`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let map = fixture.map
      let read = try ReadBoundary(drawn: try Self.boxes.map { try $0.geometry })
      for (name, set) in [
        ("files", \WebLimits.Checks.mostFiles), ("parcels", \.mostParcels),
        ("vertices", \.mostVertices),
      ] {
        var limits = fixture.limits
        limits[keyPath: set] = 1
        #expect(throws: Problem.self, "\(name)") {
          try map.batchParcels(of: [("a", read), ("b", read)], within: limits)
        }
      }
      var limits = fixture.limits
      limits.mostOpenBatches = 1
      let parcels = try Self.parcels(fixture)
      let name = try await map.orderBatch(parcels, Self.order(), within: limits, by: .operator)
      await #expect(throws: Problem.self) {
        try await map.orderBatch(parcels, Self.order(), within: limits, by: .operator)
      }
      let other = Principal(
        actor: Actor(id: "other"), name: "other", roles: [], permissions: [.view], scope: .all)
      await #expect(throws: Problem.self) { try await map.checkBatch(name, for: other) }
      for bad in ["../x", "", String(repeating: "a", count: 65)] {
        await #expect(throws: Problem.self) { try await map.checkBatch(bad, for: .operator) }
      }
      try await map.removeBatch(name, by: .operator)
      #expect(try await map.checkBatches(of: .operator, limit: 5).isEmpty)
      try await Workers(map: map) { _, _ in }.runDue()
      var order = try Self.order()
      order.purpose = "no/such"
      let wrong = order
      await #expect(throws: Problem.self) {
        try await map.orderBatch(parcels, wrong, within: limits, by: .operator)
      }
    }
  }
}
