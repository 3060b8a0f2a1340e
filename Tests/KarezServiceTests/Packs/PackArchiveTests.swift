import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import TestSupport
import Testing

@testable import KarezService

/// 规则包档案: what was ever published can be asked again, and sealed.
@Suite struct PackArchiveTests {
  typealias Room = PackPublicationTests.Room

  private static func request(_ publication: Int? = nil) throws -> CheckRequest {
    CheckRequest(
      boundary: try ReadBoundary(drawn: [SurveyFixture.Box(0, 0, 5, 5).geometry]),
      purpose: "industrial", validOn: try TimeFixture.day("2025-03-01"), publication: publication)
  }

  /// Two publications: in the second, industry is called otherwise.
  private static func twice(_ room: Room) async throws -> (old: ComplianceAnswer, now: OneMap) {
    let first = try await room.initialise()
    let old = try await first.check(try request(), by: .operator, in: .all)
    try room.change("three-lines/pack.yaml") { $0 + "\n# 第二版\n" }
    guard case .published = try await room.desk().propose(because: "第二版", by: .operator) else {
      throw Waits()
    }
    return (old, try await room.open())
  }

  private struct Waits: Error {}

  @Test func `an answer can be asked for again under the packs of its time`() async throws {
    try await PackPublicationTests.with { room in
      let (old, now) = try await Self.twice(room)
      #expect(now.publication.number == 2)
      let present = try await now.answer(try Self.request(), in: .all)
      let again = try await now.answer(try Self.request(1), in: .all)
      #expect(again.digest == old.digest && again.publication == old.publication)
      #expect(present.digest != old.digest, "the packs are part of the answer")
      #expect(try await now.answer(try Self.request(2), in: .all).digest == present.digest)
      for number in [0, 3, -1] {
        let code = await PackPublicationTests.code {
          _ = try await now.answer(try Self.request(number), in: .all)
        }
        #expect(code == "publication-unknown")
      }
    }
  }

  @Test func `an answer of earlier packs is sealed, and replayed by them`() async throws {
    try await PackPublicationTests.with { room in
      let (old, now) = try await Self.twice(room)
      let key = PrivateKey()
      let bundle = try await now.seal(answer: old.id, by: key, actor: .operator)
      let outcome = try await BundleReplay.run(
        bundle.bytes(), trusting: [key.publicKey], named: "bundle")
      #expect(outcome.differences.isEmpty && outcome.answer == old.id)
      let pack = bundle.parts["packs/three-lines/pack.yaml"].map {
        String(decoding: $0, as: UTF8.self)
      }
      #expect(pack?.contains("第二版") == false)
    }
  }

  @Test func `what was altered is told, and what is gone`() async throws {
    try await PackPublicationTests.with { room in
      let (_, now) = try await Self.twice(room)
      let archive = room.data.appending(path: "packs")
      let kept = try FileManager.default.contentsOfDirectory(atPath: archive.path)
      #expect(kept.count == 2)
      let sm3 = try #require(try await room.desk().publications().last?.contents.sm3)
      let file = archive.appending(path: sm3 + ".zip")
      let whole = try Data(contentsOf: file)
      let bytes = Array(whole)
      let places = stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40))
      for place in places {
        var other = bytes
        other[place] ^= 1
        try Data(other).write(to: file)
        let code = await PackPublicationTests.code {
          _ = try await now.answer(try Self.request(1), in: .all)
        }
        #expect(code == "packs-altered", "byte \(place)")
      }
      // An archive whole in itself, of other packs.
      let present = archive.appending(path: now.publication.contents.sm3 + ".zip")
      try Data(contentsOf: present).write(to: file)
      let swapped = await PackPublicationTests.code {
        _ = try await now.answer(try Self.request(1), in: .all)
      }
      #expect(swapped == "packs-altered")
      try FileManager.default.removeItem(at: file)
      let missing = await PackPublicationTests.code {
        _ = try await now.answer(try Self.request(1), in: .all)
      }
      #expect(missing == "packs-not-kept-then")
      // What is in force still answers.
      _ = try await now.answer(try Self.request(), in: .all)
    }
  }

  @Test func `packs nobody agreed to are not kept`() async throws {
    try await PackPublicationTests.with { room in
      let map = try await room.initialise()
      _ = try await room.staff(map)
      try room.change("three-lines/pack.yaml") { $0 + "\n# 未同意\n" }
      _ = await PackPublicationTests.code { _ = try await room.initialise() }
      let kept = try FileManager.default.contentsOfDirectory(
        atPath: room.data.appending(path: "packs").path)
      #expect(kept == [map.publication.contents.sm3 + ".zip"])
    }
  }
}
