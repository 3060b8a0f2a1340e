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
}
