import Foundation
import KarezCore
import TestSupport
import Testing

/// A package on its way from one installation to another, the way a user sends it.
@Suite struct IncrementVerbTests {
  static func write(_ fields: [(Double, String)], to file: URL) throws {
    try OverlayTests.write(
      fields.map { west, name in
        ([west, 39.0, west + 0.01, 39.01], "\"identifier\": \"\(name)\", \"kind\": \"\(name)\"")
      }, to: file)
  }

  static func digest(_ data: String, in folder: URL) throws -> String? {
    let outcome = try karez(
      "increment", "polygons", folder.appending(path: "all.jsonl").path, "--since", "0", "--data",
      data, "--json")
    try #require(outcome.status == 0, "\(outcome.problems)")
    return try JSONValue(parsing: outcome.output)["result"]?["sm3"]?.string
  }

  @Test func `a package applies whole, comes twice for nothing, and conflicts with exit status 4`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "in.geojson")
      let package = folder.appending(path: "changes.jsonl").path
      func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.path(of: "karez").path, arguments)
      }
      let maps = ["county", "prefecture"].map { folder.appending(path: $0).path }
      try Self.write([(76, "a"), (76.01, "b"), (76.05, "c")], to: file)
      for data in maps {
        #expect(try run("init", "--data", data).status == 0)
        let outcome = try run(
          "import", "polygons", file.path, "--data", data, "--valid-from", "2024-01-01")
        try #require(outcome.status == 0, "\(outcome.problems)\(outcome.output)")
      }
      try Self.write([(76.011, "b"), (76.1, "d")], to: file)
      let changed = try run(
        "import", "polygons", file.path, "--mode", "changes", "--data", maps[0], "--valid-from",
        "2025-01-01")
      try #require(changed.status == 0, "\(changed.problems)\(changed.output)")
      let ended = try run(
        "end", "polygons", "c", "--on", "2025-02-01", "--reason", "test", "--data", maps[0])
      try #require(ended.status == 0, "\(ended.problems)")
      let made = try run(
        "increment", "polygons", package, "--since", "1", "--data", maps[0], "--json")
      try #require(made.status == 0, "\(made.problems)")
      #expect(try JSONValue(parsing: made.output)["features"] == .integer(3))
      let applied = try run(
        "import", "polygons", package, "--mode", "increment", "--data", maps[1], "--json")
      try #require(applied.status == 0, "\(applied.problems)\(applied.output)")
      #expect(try JSONValue(parsing: applied.output)["commit"] == .integer(2))
      #expect(try Self.digest(maps[0], in: folder) == Self.digest(maps[1], in: folder))
      let again = try run(
        "import", "polygons", package, "--mode", "increment", "--data", maps[1], "--json")
      #expect(try JSONValue(parsing: again.output)["commit"] == .null)
      // Somebody else changes b; a package made on the state before is in conflict.
      let end = try run(
        "end", "polygons", "b", "--on", "2026-01-01", "--reason", "test", "--data", maps[1])
      #expect(end.status == 0)
      let late = try run(
        "import", "polygons", package, "--mode", "increment", "--data", maps[1], "--lang", "en")
      #expect(late.status == 4 && late.output.contains("base-changed"), "\(late.output)")
      #expect(late.output.contains("commit 3"))
      let reverted = try run(
        "revert", "polygons", "2", "--reason", "test", "--data", maps[1])
      #expect(reverted.status == 4, "b was changed since")
      #expect(try run("log", "verify", "--data", maps[1]).status == 0)
    }
  }
}
