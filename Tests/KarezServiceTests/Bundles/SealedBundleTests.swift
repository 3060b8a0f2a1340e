import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Sealing an answer and asking it again, of nothing but the bundle.
@Suite struct SealedBundleTests {
  static let key = PrivateKey()
  static let keys = [key.publicKey]

  /// A map in a folder, with packs of its own that a test may change.
  static func prepared(_ folder: URL) async throws -> TimeFixture {
    try FileManager.default.copyItem(
      at: Places.repository.appending(path: "Packs"), to: folder.appending(path: "Packs"))
    let map = try await OneMap.initialise(
      data: folder.appending(path: "karez-data"),
      installation: Installation(home: folder, programs: Program.folder), by: .operator)
    let fixture = TimeFixture(on: map, in: folder)
    try await fixture.record(
      [
        .init(id: "p1", box: .init(0, 0, 4, 4)),
        .init(id: "p2", box: .init(4, 0, 8, 4), landClass: "0301"),
        .init(id: "far", box: .init(400, 0, 404, 4)),
      ], .state, from: "2024-01-01")
    // What is recorded later is no part of the answer.
    try await fixture.record([.init(id: "p1", box: .init(0, 0, 4, 3))], from: "2025-06-01")
    return fixture
  }

  static func answered(_ fixture: TimeFixture) async throws -> ComplianceAnswer {
    let boundary = try ReadBoundary(drawn: [SurveyFixture.Box(2, 1, 6, 3).geometry])
    return try await fixture.map.check(
      CheckRequest(
        boundary: boundary, purpose: "transport/road", documents: [],
        validOn: try TimeFixture.day("2025-03-01")), by: .operator, in: .all)
  }

  /// The same bundle with one part as a test wants it, signed anew.
  static func resigned(
    _ bundle: SealedBundle, _ name: String, by signer: PrivateKey = SealedBundleTests.key,
    _ change: (String) -> String
  ) throws -> SealedBundle {
    var parts = bundle.parts
    let text = String(decoding: try #require(parts[name]), as: UTF8.self)
    parts[name] = Array(change(text).utf8)
    return try .sealed(bundle.head, parts, by: signer)
  }

  @Test func `a sealed answer comes out byte for byte, whatever the law is by then`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try await Self.prepared(folder)
      let answer = try await Self.answered(fixture)
      let bundle = try await fixture.map.seal(
        answer: answer.id, by: Self.key, actor: .operator)
      #expect(bundle.bytes() == bundle.bytes())
      let entry = try #require(try await fixture.map.logEntries(after: 0, limit: 1_000).last)
      #expect(entry.kind == "answer-sealed" && entry.body["answer"]?.string == answer.id)

      // The map is gone, and the rules have another version.
      let readme = folder.appending(path: "Packs/three-lines/README.zh.md")
      try Data((try String(contentsOf: readme, encoding: .utf8) + "\n改\n").utf8).write(to: readme)
      let data = folder.appending(path: "karez-data")
      let installation = Installation(home: folder, programs: Program.folder)
      _ = try await PackDesk.open(data: data, installation: installation)
        .propose(because: "改", by: .operator)
      let later = try await OneMap.open(data: data, installation: installation)
      // It is still sealed by the packs it was given under, which are kept; not without them.
      let again = try await later.seal(answer: answer.id, by: Self.key, actor: .operator)
      for name in bundle.parts.keys where name.hasPrefix("packs/") {
        #expect(again.parts[name] == bundle.parts[name], "\(name)")
      }
      try FileManager.default.removeItem(at: data.appending(path: "packs"))
      await #expect(throws: Problem.self) {
        try await later.seal(answer: answer.id, by: Self.key, actor: .operator)
      }
      try FileManager.default.removeItem(at: folder.appending(path: "karez-data"))
      try FileManager.default.removeItem(at: folder.appending(path: "Packs"))
      let outcome = try await BundleReplay.run(
        bundle.bytes(), trusting: Self.keys, named: "a.karez")
      #expect(outcome.differences == [] && outcome.answer == answer.id)
      #expect(outcome.isSameEngine && outcome.engine == Engine.version)
      // One that another engine made comes out with whose digits these are.
      let older = try SealedBundle.sealed(
        SealedBundle.Head(
          kind: "answer", subject: answer.id, sealedAt: bundle.head.sealedAt, engine: "karez/0"),
        bundle.parts, by: Self.key)
      let told = try await BundleReplay.run(
        older.bytes(), trusting: Self.keys, named: "a.karez")
      #expect(!told.isSameEngine && told.differences == [])
      #expect(told.json["engine"]?.string == "karez/0")
      #expect(told.json["engineHere"]?.string == Engine.version)
      #expect(told.json["sameEngine"] == .boolean(false))

      // Another number in the data, signed by the same key, is told of by name.
      let altered = try Self.resigned(bundle, "data/land-patches.json") {
        $0.replacing("\"0301\"", with: "\"0103\"")
      }
      let differing = try await BundleReplay.run(
        altered.bytes(), trusting: Self.keys, named: "a.karez")
      #expect(differing.differences.contains { $0.hasPrefix("landUse") }, "\(differing)")
    }
  }

  @Test func `a byte of any part is missed by nobody, and a stranger's seal is none`() async throws
  {
    let head = SealedBundle.Head(
      kind: "answer", subject: "a1", sealedAt: "2025-03-01T08:00:00.000Z", engine: "karez/1")
    let parts: [String: [UInt8]] = [
      "answer.json": Array("{\"a\":1}".utf8), "request.json": Array("{}".utf8),
      "data/land-patches.json": Array("{\"rows\":[]}".utf8),
      "packs/facts.yaml": Array("# 事实\n".utf8),
    ]
    let bundle = try SealedBundle.sealed(head, parts, by: Self.key)
    let file = bundle.bytes()
    #expect(try SealedBundle(reading: file, keys: Self.keys) == bundle)
    let archive = try BundleArchive(reading: file)
    for (index, part) in archive.parts.enumerated() {
      // A careful forger, who mends the check sum of the archive too.
      for place in part.bytes.indices {
        var forged = archive.parts
        var bytes = part.bytes
        bytes[place] ^= 1
        forged[index] = .init(name: part.name, bytes: bytes)
        do throws(SealedBundle.Fault) {
          _ = try SealedBundle(
            reading: BundleArchive(parts: forged).bytes(), keys: Self.keys)
          Issue.record("\(part.name) byte \(place) was believed")
        } catch {
          let isNamed = error == .altered(part: part.name)
          let isKey = part.name == "signature.json"
          #expect(isNamed || isKey, "\(part.name): \(error)")
        }
      }
      var dropped = archive.parts
      dropped.remove(at: index)
      #expect(throws: SealedBundle.Fault.self) {
        try SealedBundle(reading: BundleArchive(parts: dropped).bytes(), keys: Self.keys)
      }
    }
    let more = archive.parts + [.init(name: "data/more.json", bytes: [])]
    #expect(throws: SealedBundle.Fault.altered(part: "data/more.json")) {
      try SealedBundle(reading: BundleArchive(parts: more).bytes(), keys: Self.keys)
    }
    let stranger = PrivateKey()
    let theirs = try Self.resigned(bundle, "answer.json", by: stranger) { _ in "{\"a\":2}" }
    #expect(throws: SealedBundle.Fault.unknownSigner(key: stranger.publicKey.id)) {
      try SealedBundle(reading: theirs.bytes(), keys: Self.keys)
    }
  }
}
