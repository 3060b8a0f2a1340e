import Foundation
import KarezCore
import TestSupport
import Testing

/// Checkpoints, exports and their verification, by the verbs an operator types.
@Suite struct EvidenceVerbTests {
  private static func karez(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    let whole = ["KAREZ_HOME": Places.repository.path].merging(environment) { $1 }
    return try Program.run("karez", arguments + ["--lang", "en"], environment: whole)
  }

  @Test func `a log cut at its end is found by whoever has the checkpoints`() async throws {
    try await Places.withTemporaryFolder { folder in
      let path = { (name: String) in folder.appending(path: name).path }
      try FileManager.default.createDirectory(
        atPath: path("witness"), withIntermediateDirectories: true)
      let phrase = ["KAREZ_KEY_PASSPHRASE": "salt and water"]
      let data = ["--data", path("map")]
      let made = try Self.karez(["log", "key", path("key.pem")], environment: phrase)
      #expect(made.status == 0, "\(made.problems)")
      #expect(try Self.karez(["init"] + data).status == 0)
      let signing =
        ["log", "checkpoint", "--witness", path("witness"), "--signing-key", path("key.pem")]
        + data
      #expect(try Self.karez(signing).status == 4, "no pass phrase was given")
      let signed = try Self.karez(signing + ["--json"], environment: phrase)
      #expect(signed.status == 0, "\(signed.problems)")
      let size = try #require(try JSONValue(parsing: signed.output)["size"]?.integer)
      let exported = try Self.karez(["log", "export", path("export")] + data)
      #expect(exported.status == 0, "\(exported.problems)")
      try FileManager.default.removeItem(atPath: path("map"))
      let verifying = [
        "log", "verify", "--export", path("export"), "--checkpoints", path("witness"), "--key",
        path("key.pem.pub"), "--json",
      ]
      let whole = try Self.karez(verifying)
      #expect(whole.status == 0, "\(whole.output) \(whole.problems)")
      let found = try JSONValue(parsing: whole.output)
      #expect(found["entries"]?.integer == size && found["checkpoints"]?.integer == 1)
      // An attacker who leaves nothing behind that the log itself could contradict.
      let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        db.execute("DROP TRIGGER karez_log_is_not_cut")
        last, = db.execute("SELECT max(number) FROM karez_log").fetchone()
        body, = db.execute("SELECT body FROM karez_log WHERE number = ?", (last,)).fetchone()
        import json
        db.execute("DELETE FROM karez_dataset WHERE id = ?", (json.loads(body)["dataset"],))
        db.execute("DELETE FROM karez_log WHERE number = ?", (last,))
        db.commit()
        """
      let cut = try Program.run(
        "/usr/bin/python3", ["-c", script, path("export/evidence.gpkg")])
      #expect(cut.status == 0, "\(cut.problems)")
      let alone = try Self.karez(["log", "verify", "--export", path("export")])
      #expect(alone.status == 0, "the log alone cannot know: \(alone.output)")
      let caught = try Self.karez(verifying)
      #expect(caught.status == 4)
      let fault = try JSONValue(parsing: caught.output)["faults"]?.array?.first
      #expect(fault?["entry"]?.integer == size && fault?["kind"]?.string == "missing")
    }
  }

  @Test func `a server makes checkpoints by itself`() async throws {
    try await Places.withTemporaryFolder { folder in
      let path = { (name: String) in folder.appending(path: name).path }
      try FileManager.default.createDirectory(
        atPath: path("witness"), withIntermediateDirectories: true)
      #expect(try Self.karez(["log", "key", path("key.pem")]).status == 0)
      #expect(try Self.karez(["init", "--data", path("map")]).status == 0)
      let (names, log) = try await Program.serving(
        "karez",
        [
          "serve", "--data", path("map"), "--port", "0", "--workers", "0", "--witness",
          path("witness"), "--signing-key", path("key.pem"),
        ], until: "serving", environment: ["KAREZ_HOME": Places.repository.path]
      ) { _ in
        var names: [String] = []
        while names.isEmpty {
          await Task.yield()
          names = try FileManager.default.contentsOfDirectory(atPath: path("witness"))
            .filter { $0.hasPrefix("checkpoint-") }
        }
        return names
      }
      #expect(names.count == 1 && !log.contains("error"), "\(log)")
    }
  }

  @Test(.enabled(if: DemoMap.hasOutlines))
  func `an answer of the demo is sealed, and replayed where there is nothing else`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let sample = demo.synth.appending(path: "sample-boundary.txt").path
    let checked = try Self.karez([
      "check", sample, "--data", demo.data, "--on", DemoMap.day, "--purpose", "transport/road",
      "--json",
    ])
    let answer = try #require(try json(checked)["id"]?.string, "\(checked.problems)")
    try await Places.withTemporaryFolder { folder in
      let key = folder.appending(path: "key.pem").path
      let file = folder.appending(path: "answer.karez")
      #expect(try Self.karez(["log", "key", key]).status == 0)
      let sealed = try Self.karez([
        "seal", answer, "--out", file.path, "--data", demo.data, "--signing-key", key,
      ])
      #expect(sealed.status == 0, "\(sealed.problems)")
      let empty = folder.appending(path: "empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      let replaying = ["replay", file.path, "--key", key + ".pub", "--json", "--lang", "en"]
      let replayed = try Program.run("karez", replaying, in: empty)
      #expect(replayed.status == 0, "\(replayed.output) \(replayed.problems)")
      #expect(try json(replayed)["identical"] == .boolean(true))
      #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path) == [])
      var bytes = Array(try Data(contentsOf: file))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: file)
      let refused = try Program.run("karez", replaying, in: empty)
      #expect(refused.status == 3 && refused.problems.contains("bundle-altered"))
    }
  }
}
