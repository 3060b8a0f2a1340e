import Foundation
import TestSupport
import Testing

/// Every seed, and mutations of each, through its target; `make fuzz` is the same with libFuzzer.
@Suite struct CorpusTests {
  static let corpus = Places.repository.appending(path: "Fuzz/Corpus")
  static let names = FuzzTargets.all.map { $0.name }
  /// How many mutations a target is fed, beside its seeds.
  static let mutations = 2_000

  static func seeds(of name: String) throws -> [[UInt8]] {
    let folder = corpus.appending(path: name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { Array(try Data(contentsOf: folder.appending(path: $0))) }
  }

  @Test func `every target has seeds, and every folder of seeds a target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
    #expect(folders.sorted() == Self.names.sorted())
    #expect(Set(Self.names).count == Self.names.count)
    for name in Self.names { #expect(try !Self.seeds(of: name).isEmpty, "\(name)") }
  }

  @Test(arguments: names)
  func `no parser traps on its seeds, nor on what becomes of them`(name: String) async {
    // In a process of its own, so that a trap is one failure and not the end of the suite.
    await #expect(processExitsWith: .success) { [name] in
      let target = try #require(FuzzTargets.named(name))
      let seeds = try CorpusTests.seeds(of: name)
      for seed in seeds { target.feed(seed) }
      var random = SplitMix64(seed: 20_261_129)
      for _ in 0..<CorpusTests.mutations {
        target.feed(Mutation.of(seeds, using: &random))
      }
    }
  }
}

/// A few changes of the kinds that break parsers.
enum Mutation {
  private static let telling: [UInt8] = [
    0, 1, 0x0A, 0x20, 0x22, 0x2C, 0x2D, 0x2E, 0x30, 0x39, 0x5B, 0x7B, 0x7F, 0x80, 0xFE, 0xFF,
  ]

  static func of(_ seeds: [[UInt8]], using random: inout SplitMix64) -> [UInt8] {
    var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    for _ in 0...Int.random(in: 0..<4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let length = min(Int.random(in: 0..<24, using: &random), bytes.count - place)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.removeSubrange(place..<(place + length))
      case 1: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
      case 2: bytes.removeSubrange(place...)
      case 3:
        let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        bytes = Array(bytes[..<place]) + other.suffix(Int.random(in: 0...64, using: &random))
      case 4: bytes.insert(telling[Int.random(in: 0..<telling.count, using: &random)], at: place)
      default:
        guard place < bytes.count else { continue }
        bytes[place] =
          Bool.random(using: &random)
          ? bytes[place] ^ (1 << UInt8.random(in: 0..<8, using: &random))
          : telling[Int.random(in: 0..<telling.count, using: &random)]
      }
    }
    return bytes
  }
}
