import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Whatever happens to layer files while a check runs, its areas stay those of the state asked for.
@Suite struct SurveyBadInputTests {
  typealias Box = SurveyFixture.Box

  static let policies = [
    SnapshotPolicy(mostRows: 0, share: 0, mostBytes: 0, isMadeInBackground: false),
    SnapshotPolicy(mostRows: 10, share: 0, isMadeInBackground: false), SnapshotPolicy(),
  ]

  /// A grid of patches over the boundary, 20 by 20.
  static func grid(_ shift: Int = 0) -> [(id: String, box: Box, landClass: String)] {
    (0..<400).map { number in
      let (x, y) = (number % 20 * 3, number / 20 * 3)
      return ("f\(number)", Box(x, y, x + 3, y + 3), "0\((number + shift) % 4)")
    }
  }

  static let boundary = Box(4, 4, 41, 50)

  static func measured(_ survey: BoundarySurvey) async throws -> [String: Double] {
    let layer = try #require(try await survey.layer(SurveyFixture.patches))
    var areas: [String: Double] = [:]
    for (feature, code) in zip(layer.features, try await layer.texts(of: "land_class")) {
      areas[code ?? "", default: 0] += feature.areaM2
    }
    return areas
  }

  @Test func `files, what differs from them and rows give the same areas to the last bit`()
    async throws
  {
    var answers: [[[String: Double]]] = []
    for policy in Self.policies {
      try await Places.withTemporaryFolder { folder in
        let fixture = try SurveyFixture(folder, policy)
        try await fixture.define(SurveyFixture.patches)
        try await fixture.record(Self.grid(), in: SurveyFixture.patches, key: "1")
        try await fixture.record(
          Array(Self.grid(1)[40..<47]), in: SurveyFixture.patches, key: "2", .changes)
        try await fixture.record(
          Array(Self.grid(2).prefix(250)), in: SurveyFixture.patches, key: "3", .changes)
        var found: [[String: Double]] = []
        for commit in 1...3 {
          let asOf = AsOf(validOn: fixture.day, recorded: try #require(CommitNumber(commit)))
          found.append(try await Self.measured(try await fixture.survey(Self.boundary, asOf: asOf)))
        }
        answers.append(found)
        let whole = PlaneShape(try Self.boundary.geometry, in: .statutory).area
        for areas in found {
          #expect(abs(areas.values.reduce(0, +) - whole) < 1e-6)
          #expect(areas.count == 4)
        }
      }
    }
    #expect(answers.allSatisfy { $0 == answers[0] })
    #expect(answers[0][0] != answers[0][1] && answers[0][1] != answers[0][2])
  }

  @Test(arguments: policies)
  func `a commit while a check runs does not change what it sees`(
    policy: SnapshotPolicy
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder, policy)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(Self.grid(), in: SurveyFixture.patches, key: "1")
      let asked = try await fixture.asOf()
      let before = try await Self.measured(try await fixture.survey(Self.boundary, asOf: asked))
      let opened = try await fixture.survey(Self.boundary, asOf: asked)
      try await opened.open([SurveyFixture.patches])
      let unopened = try await fixture.survey(Self.boundary, asOf: asked)
      try await fixture.record(Self.grid(1), in: SurveyFixture.patches, key: "2")
      #expect(try await Self.measured(opened) == before)
      #expect(try await Self.measured(unopened) == before)
      let after = try await Self.measured(try await fixture.survey(Self.boundary))
      #expect(after["00"] == before["03"])
    }
  }

  @Test func `a folder of layer files that goes while a check runs is not needed`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder, Self.policies[0])
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(Self.grid(), in: SurveyFixture.patches, key: "1")
      let before = try await Self.measured(try await fixture.survey(Self.boundary))
      let opened = try await fixture.survey(Self.boundary)
      try await opened.open([SurveyFixture.patches])
      try FileManager.default.removeItem(at: folder.appending(path: "snapshots"))
      #expect(try await Self.measured(opened) == before)
      #expect(try await Self.measured(try await fixture.survey(Self.boundary)) == before)
      let other = try SQLiteStore(
        folder: folder, clock: { "2025-03-01T08:00:00Z" }, snapshots: Self.policies[0])
      #expect(
        try await Self.measured(try await fixture.survey(Self.boundary, store: other)) == before)
    }
  }

  @Test(arguments: [40, 48, 56, 64, 96, 160, 400, 1600, 6400])
  func `a file damaged under an honest seal gives an error inside and the right areas outside`(
    place: Int
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder, Self.policies[0])
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(Self.grid(), in: SurveyFixture.patches, key: "1")
      let before = try await Self.measured(try await fixture.survey(Self.boundary))
      let file = folder.appending(path: "snapshots/land-patches/1.layer")
      let layer = try Layer(at: file.path)
      let sealed = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
      // Offsets of rings, each pointing far away.
      let start = layer.offset(of: place)
      let handle = try FileHandle(forUpdating: file)
      try handle.seek(toOffset: UInt64(start))
      try handle.write(contentsOf: [UInt8](repeating: 0xEE, count: 8))
      try handle.close()
      try FileManager.default.setAttributes(
        [.modificationDate: try #require(sealed)], ofItemAtPath: file.path)
      let other = try SQLiteStore(
        folder: folder, clock: { "2025-03-01T08:00:00Z" }, snapshots: Self.policies[0])
      let survey = try await fixture.survey(Self.boundary, store: other)
      #expect(try await Self.measured(survey) == before)
    }
  }
}

extension Layer {
  /// A byte of the ring offsets, which stand after the boxes and the tree.
  fileprivate func offset(of place: Int) -> Int {
    var nodes = count
    var boxes = count
    while nodes > 1 {
      nodes = (nodes + 15) / 16
      boxes += nodes
    }
    let aligned = (count * 16 + 63) / 64 * 64 + ((boxes - count) * 16 + 63) / 64 * 64
    return 512 + aligned + min(place, count * 4 - 8) / 4 * 4
  }
}
