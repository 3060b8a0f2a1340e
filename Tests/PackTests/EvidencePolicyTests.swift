import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@Suite struct EvidencePolicyTests {
  static let text = """
    # 留痕
    version: "1.0.0"
    checkpoints:
      every: "2 min"
      writesStopAfter: "3 h"
      witnessRequiredIn: [ classified ]
    reads:
      gatheredFor: "5 min"
      mostGathered: "20 1"
      mostNamed: "3 1"
    statistics:
      fewestAccounts: "4 1"
      keptMonths: "12 1"

    """

  static func load(_ text: String) async throws -> EvidencePolicy {
    try await Places.withTemporaryFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: "evidence.yaml"))
      return try EvidencePolicy.load(from: folder.path)
    }
  }

  @Test func `the figures are read in seconds and counts`() async throws {
    let policy = try await Self.load(Self.text)
    #expect(
      policy
        == EvidencePolicy(
          checkpointSeconds: 120, stopSeconds: 10_800, witnessIn: [.classified],
          gatherSeconds: 300, mostGathered: 20, mostNamed: 3, fewestAccounts: 4, keptMonths: 12))
  }

  @Test(arguments: [
    ("every: \"2 min\"", "every: \"2\""), ("writesStopAfter: \"3 h\"", ""),
    ("mostGathered: \"20 1\"", "mostGathered: \"20 m\""), ("reads:", "reading:"),
    ("keptMonths: \"12 1\"", "keptMonths: \"0 1\""),
    ("witnessRequiredIn: [ classified ]", "witnessRequiredIn: [ secret ]"),
    ("  witnessRequiredIn: [ classified ]\n", ""), ("witnessRequiredIn", "witnessIn"),
  ])
  func `what is not a figure is refused`(was: String, becomes: String) async throws {
    await #expect(throws: RulePackError.self) {
      try await Self.load(Self.text.replacing(was, with: becomes))
    }
  }

  @Test func `the policy that comes with the product makes a checkpoint a minute`() throws {
    let policy = try EvidencePolicy.load(
      from: Places.repository.appending(path: "Packs").path)
    #expect(policy.checkpointSeconds <= 60 && policy.stopSeconds == 4 * 3_600)
    #expect(policy.witnessIn == [.internal, .classified])
  }
}
