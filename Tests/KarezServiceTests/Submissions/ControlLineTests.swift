import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A control line, which nobody moves alone once there is somebody to agree.
@Suite(.serialized) struct ControlLineTests {
  typealias Room = SubmissionTests.Room

  static let line = "ecological-red-line"

  /// A file of one square of the line.
  static func file(_ room: Room, _ identifier: String, x: Double) throws -> String {
    let ring = [[x, 30], [x + 0.01, 30], [x + 0.01, 30.01], [x, 30.01], [x, 30]]
    let feature = JSONValue.object([
      "type": .string("Feature"),
      "properties": .object([
        "identifier": .string(identifier), "county_code": .string("653101"),
      ]),
      "geometry": .object([
        "type": .string("Polygon"),
        "coordinates": .array([.array(ring.map { .array($0.map(JSONValue.number)) })]),
      ]),
    ])
    let path = room.folder.appending(path: identifier + ".geojson").path
    let collection = JSONValue.object([
      "type": .string("FeatureCollection"), "features": .array([feature]),
    ])
    try Data(collection.canonicalText.utf8).write(to: URL(filePath: path))
    return path
  }

  static func importing(_ room: Room, _ path: String, isDryRun: Bool = false) async throws
    -> ImportOutcome
  {
    var order = ImportOrder(
      dataset: line, file: FileArgument(path), validFrom: try #require(LegalDate("2025-01-01")))
    order.mode = .changes
    order.isDryRun = isDryRun
    return try await room.map.importFile(order, by: .operator, in: .all) { _ in }
  }

  @Test func `a line is imported alone until somebody could agree, and submitted from then on`()
    async throws
  {
    try await SubmissionTests.withRoom { room in
      let first = try await Self.importing(room, try Self.file(room, "one", x: 100))
      #expect(first.receipt.commit != nil, "\(first.counts)")
      let li = try await room.member("li", "submitter", "approver")
      let wang = try await room.member("wang", "approver")
      let path = try Self.file(room, "two", x: 101)
      #expect(
        await SubmissionTests.code { _ = try await Self.importing(room, path) }
          == "second-person-needed")
      _ = try await Self.importing(room, path, isDryRun: true)
      let order = SubmissionOrder(
        dataset: Self.line, path: path, name: "two.geojson",
        validFrom: try #require(LegalDate("2025-02-01")), reason: "调整")
      let handed = try await room.submissions.submit(order, by: li)
      try await room.work()
      #expect(
        await SubmissionTests.code {
          _ = try await room.submissions.sign(handed.id, report: nil, by: li)
        } == "second-person")
      _ = try await room.submissions.sign(handed.id, report: nil, by: wang)
      try await room.work()
      #expect(try await room.state(handed.id) == .committed)
      let dataset = try #require(DatasetID(Self.line))
      let alone = await SubmissionTests.code {
        try await room.map.twoPersons.refuseAlone(.controlLine, on: dataset.text)
      }
      #expect(alone == "second-person-needed")
      #expect(
        await SubmissionTests.code {
          try await room.map.twoPersons.refuseAlone(.controlLine, on: "townships")
        } == nil)
    }
  }
}
