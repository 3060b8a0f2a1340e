import Foundation
import TestSupport
import Testing

/// Power cuts and failing disks, against the real program; `make durability` has the long forms.
@Suite(.serialized) struct DurabilityTests {
  private static func run(_ script: String, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(
      "/usr/bin/python3",
      [Places.repository.appending(path: "Tests/Durability").appending(path: script).path]
        + ["--karez", Program.path(of: "karez").path] + arguments,
      environment: ["PYTHONDONTWRITEBYTECODE": "1"])
  }

  @Test func `no power cut takes what was acknowledged, and without syncing many do`() throws {
    let outcome = try Self.run("power_cuts.py", ["--short", "--points", "120", "--asked", "3"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
    #expect(outcome.output.contains("120 in "), "no point was cut")
  }

  @Test func `a write that fails is said to have failed, and leaves the map as it was`() throws {
    let outcome = try Self.run("io_faults.py", ["--every", "70"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
  }
}
