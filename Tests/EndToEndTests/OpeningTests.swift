import Foundation
import TestSupport
import Testing

/// Many programs on one map.
@Suite struct OpeningTests {
  @Test func `programs that open and close a map at the same moment all get in`() async throws {
    try await Places.withTemporaryFolder { folder in
      let map = folder.appending(path: "map").path
      let home = ["KAREZ_HOME": Places.repository.path]
      let made = try Program.run("karez", ["init", "--data", map], environment: home)
      try #require(made.status == 0, "\(made.problems)")
      let script = """
        for round in 1 2 3 4 5 6; do
          for number in 1 2 3 4 5 6; do "$0" commits --data "$1" && echo in & done
          wait
        done
        """
      let outcome = try Program.run(
        "/bin/sh", ["-c", script, Program.path(of: "karez").path, map], environment: home)
      #expect(outcome.problems == "")
      #expect(outcome.output.split(separator: "\n").count { $0 == "in" } == 36)
    }
  }

  @Test func `a map made by many programs at the same moment is made once and whole`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let map = folder.appending(path: "map")
      try FileManager.default.createDirectory(at: map, withIntermediateDirectories: true)
      // What a loss of power may leave of making it.
      try Data("half a page".utf8).write(to: map.appending(path: "karez.gpkg.unfinished"))
      let script = """
        for number in 1 2 3 4; do "$0" init --data "$1" >/dev/null && echo in & done
        wait
        """
      let outcome = try Program.run(
        "/bin/sh", ["-c", script, Program.path(of: "karez").path, map.path],
        environment: ["KAREZ_HOME": Places.repository.path])
      let left = try FileManager.default.contentsOfDirectory(atPath: map.path)
      #expect(!left.contains { $0.hasPrefix("karez.gpkg.unfinished") }, "\(left)")
      let made = outcome.output.split(separator: "\n").count { $0 == "in" }
      #expect(made == 4, "\(outcome.problems)")
      let verified = try Program.run(
        "karez", ["log", "verify", "--data", map.path],
        environment: ["KAREZ_HOME": Places.repository.path])
      #expect(verified.status == 0, "\(verified.problems)")
    }
  }
}
