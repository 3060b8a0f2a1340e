import Foundation
import KarezCore
import TestSupport
import Testing

/// Bundles on their way between two installations, the way their officers send them.
@Suite struct ExchangeVerbTests {
  @Test func `bundles travel, wait for one another, are answered for, and refuse what was touched`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "in.geojson")
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let (county, prefecture) = (path("a"), path("b"))
      func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.path(of: "karez").path, arguments + ["--lang", "en"])
      }
      func done(_ outcome: Program.Outcome, _ status: Int32 = 0) throws -> String {
        try #require(outcome.status == status, "\(outcome.problems)\(outcome.output)")
        return outcome.output + outcome.problems
      }
      for (data, key) in [(county, "a.pem"), (prefecture, "b.pem")] {
        _ = try done(try run("init", "--data", data))
        _ = try done(try run("log", "key", path(key)))
      }
      _ = try done(
        try run(
          "exchange", "partner", "add", "upstairs", "--zone", "internal", "--key",
          path("b.pem.pub"), "--data", county))
      _ = try done(
        try run(
          "exchange", "partner", "add", "county-a", "--zone", "internal", "--key",
          path("a.pem.pub"), "--data", prefecture))
      for (index, west) in [76.0, 76.05].enumerated() {
        try IncrementVerbTests.write([(west, "n\(index)")], to: file)
        _ = try done(
          try run(
            "import", "polygons", file.path, "--mode", "changes", "--data", county,
            "--valid-from", "2024-0\(index + 1)-01"))
        _ = try done(
          try run(
            "exchange", "seal", "--to", "upstairs", "--dataset", "polygons", "--signing-key",
            path("a.pem"), "--out", path("\(index + 1).karez"), "--data", county))
      }
      let early = try done(
        try run(
          "exchange", "receive", path("2.karez"), "--opening-key", path("b.pem"), "--data",
          prefecture), 4)
      #expect(early.contains("\theld\t"))
      let status = try done(try run("exchange", "status", "--data", prefecture), 4)
      #expect(status.contains("1 missing; have them sent again"))
      var bytes = try Data(contentsOf: URL(filePath: path("1.karez")))
      bytes[bytes.count - 3] ^= 4
      try bytes.write(to: URL(filePath: path("touched.karez")))
      let touched = try done(
        try run(
          "exchange", "receive", path("touched.karez"), "--opening-key", path("b.pem"), "--data",
          prefecture), 3)
      #expect(touched.contains("touched.karez: the bundle is cut short or was altered"))
      #expect(touched.split(separator: "\n").count == 1)
      let both = try done(
        try run(
          "exchange", "receive", path("1.karez"), "--opening-key", path("b.pem"), "--signing-key",
          path("b.pem"), "--receipts", folder.path, "--data", prefecture))
      #expect(both.split(separator: "\n").count { $0.contains("\tapplied\t") } == 2)
      #expect(
        try IncrementVerbTests.digest(county, in: folder)
          == IncrementVerbTests.digest(prefecture, in: folder))
      let confirmed = try done(
        try run("exchange", "confirm", path("county-a-1.receipt"), "--data", county))
      #expect(confirmed.contains("\tacknowledged\t"))
      let left = try done(try run("exchange", "status", "--data", county))
      #expect(left.contains("no receipt of 2"))
      let shown = try done(
        try run(
          "exchange", "open", path("1.karez"), "--opening-key", path("b.pem"), "--out",
          path("open"), "--data", prefecture))
      #expect(try JSONValue(parsing: shown)["sequence"] == .integer(1))
      #expect(FileManager.default.fileExists(atPath: path("open/polygons.jsonl")))
    }
  }
}
