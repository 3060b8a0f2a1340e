import Foundation
import KarezCore
import TestSupport
import Testing

/// Copies of the whole map and their way back, as an operator makes them.
@Suite struct BackupTests {
  /// A map with two commits in one dataset.
  static func makeMap(in folder: URL) throws -> String {
    let data = folder.appending(path: "map").path
    let file = folder.appending(path: "fields.geojson")
    #expect(try karez("init", "--data", data).status == 0)
    for (day, width) in [("2024-01-01", 0.01), ("2025-01-01", 0.02)] {
      try OverlayTests.write(
        [
          ([76.0, 39.0, 76.0 + width, 39.01], "\"name\": \"a\""),
          ([76.1, 39.0, 76.11, 39.01], "\"name\": \"b\""),
        ], to: file)
      let outcome = try karez(
        "import", "polygons", file.path, "--data", data, "--valid-from", day, "--reason", "test")
      #expect(outcome.status == 0, "\(outcome.problems)")
    }
    return data
  }

  static func files(below folder: URL) throws -> [String] {
    let all = FileManager.default.enumerator(atPath: folder.path)
    return (all?.allObjects as? [String] ?? []).filter { path in
      var isFolder: ObjCBool = false
      let whole = folder.appending(path: path).path
      let isThere = FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder)
      return isThere && !isFolder.boolValue
    }.sorted()
  }

  @Test func `what is restored is what was backed up, digest by digest`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let backup = folder.appending(path: "backups/monday").path
      let made = try json(karez("backup", backup, "--data", data, "--json"))
      #expect(made["commit"] == .integer(2))
      let digest = try #require(made["manifestSM3"]?.string)
      let restored = folder.appending(path: "restored").path
      let back = try karez(
        "restore", backup, "--data", restored, "--manifest", digest, "--json")
      #expect(back.status == 0, "\(back.problems)")
      #expect(try json(back) == made)
      for verb in [["commits", "polygons"], ["datasets"], ["log", "verify"]] {
        let ours = try karez(words: verb + ["--data", data, "--json"])
        let theirs = try karez(words: verb + ["--data", restored, "--json"])
        // The log of the original goes on with the entry that tells of the backup.
        if verb.first != "log" { #expect(ours.output == theirs.output) }
        #expect(theirs.status == 0, "\(theirs.problems)")
      }
      #expect(try karez("log", "show", "--data", data).output.contains("backup"))
    }
  }

  @Test func `nothing is overwritten, neither a backup nor a map`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let backup = folder.appending(path: "backup").path
      #expect(try karez("backup", backup, "--data", data).status == 0)
      #expect(try karez("backup", backup, "--data", data).status == 4)
      let again = try karez("restore", backup, "--data", data, "--lang", "en")
      #expect(again.status == 4)
      #expect(again.problems.contains("overwrites nothing"))
      #expect(try karez("restore", data, "--data", folder.appending(path: "x").path).status == 3)
    }
  }

  @Test func `a backup in which anything differs from its manifest is refused`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let whole = folder.appending(path: "backup")
      #expect(try karez("backup", whole.path, "--data", data).status == 0)
      let files = try Self.files(below: whole)
      #expect(files.contains("karez.gpkg") && files.contains("manifest.json"))
      var tried = 0
      for file in files {
        for damage in Damage.allCases {
          let spoiled = folder.appending(path: "spoiled-\(tried)")
          try FileManager.default.copyItem(at: whole, to: spoiled)
          try damage.spoil(spoiled.appending(path: file))
          let target = folder.appending(path: "target-\(tried)")
          let outcome = try karez("restore", spoiled.path, "--data", target.path)
          #expect(outcome.status == 3, "\(file) \(damage): \(outcome.problems)")
          #expect(!FileManager.default.fileExists(atPath: target.path))
          tried += 1
        }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains { $0.hasSuffix(".part") })
      #expect(tried == files.count * Damage.allCases.count && tried >= 9)
    }
  }

  @Test func `a manifest written anew for an altered map is refused by the digest kept`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let backup = folder.appending(path: "backup")
      let made = try json(karez("backup", backup.path, "--data", data, "--json"))
      let digest = try #require(made["manifestSM3"]?.string)
      let manifest = backup.appending(path: "manifest.json")
      let text = try String(contentsOf: manifest, encoding: .utf8)
      try text.replacing("\"madeAt\":\"2", with: "\"madeAt\":\"3")
        .write(to: manifest, atomically: true, encoding: .utf8)
      let target = folder.appending(path: "target").path
      #expect(
        try karez("restore", backup.path, "--data", target, "--manifest", digest).status == 3)
      #expect(try karez("restore", backup.path, "--data", target).status == 0)
    }
  }

  @Test func `a backup is held against checkpoints kept elsewhere`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let path = { (name: String) in folder.appending(path: name).path }
      for name in ["witness", "other"] {
        try FileManager.default.createDirectory(
          atPath: path(name), withIntermediateDirectories: true)
        #expect(try karez("log", "key", path(name + ".pem")).status == 0)
      }
      #expect(try karez("backup", path("early"), "--data", data).status == 0)
      func checkpoint(_ name: String) throws {
        let signed = try karez(
          "log", "checkpoint", "--witness", path(name), "--signing-key", path(name + ".pem"),
          "--data", data)
        #expect(signed.status == 0, "\(signed.problems)")
      }
      try checkpoint("witness")
      #expect(try karez("backup", path("late"), "--data", data).status == 0)
      // Checkpoints that are newer than the backup say nothing against it.
      try checkpoint("witness")
      func restore(_ backup: String, _ name: String, _ witness: String) throws -> Int32 {
        try karez(
          "restore", path(backup), "--data", path(name), "--checkpoints", path(witness), "--key",
          path(witness + ".pem.pub")
        ).status
      }
      #expect(try restore("late", "a", "witness") == 0)
      #expect(try restore("early", "b", "witness") == 3, "nothing is as old as it")
      #expect(try restore("late", "c", "other") == 3, "an empty folder vouches for nothing")
      // Another map's log is whole by itself, and is not the one that was vouched for.
      let stranger = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: stranger, withIntermediateDirectories: true)
      let foreign = try Self.makeMap(in: stranger)
      #expect(try karez("backup", path("foreign"), "--data", foreign).status == 0)
      #expect(try karez("restore", path("foreign"), "--data", path("d")).status == 0)
      #expect(try restore("foreign", "e", "witness") == 3)
      #expect(!FileManager.default.fileExists(atPath: path("e")))
    }
  }

  @Test func `a backup may leave the keys to be kept by other means`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      let keys = try Self.files(below: URL(filePath: data)).filter { $0.hasPrefix("keys/") }
      #expect(!keys.isEmpty)
      let backup = folder.appending(path: "backup")
      let made = try karez("backup", backup.path, "--without-keys", "--data", data)
      #expect(made.status == 0, "\(made.problems)")
      let files = try Self.files(below: backup)
      #expect(!files.contains { $0.hasPrefix("keys/") } && files.contains("karez.gpkg"))
      let restored = folder.appending(path: "restored")
      #expect(try karez("restore", backup.path, "--data", restored.path).status == 0)
      #expect(
        try karez("log", "verify", "--data", restored.path).status != 0, "its keys are missing")
      try FileManager.default.copyItem(
        at: URL(filePath: data).appending(path: "keys"), to: restored.appending(path: "keys"))
      let verified = try karez("log", "verify", "--data", restored.path)
      #expect(verified.status == 0, "\(verified.problems)")
    }
  }

  /// What can happen to a file of a backup.
  enum Damage: CaseIterable {
    case flipped
    case cut
    case gone
    case joinedByAnother

    func spoil(_ file: URL) throws {
      var bytes = try Data(contentsOf: file)
      switch self {
      case .flipped:
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
      case .cut: try bytes.dropLast(1).write(to: file)
      case .gone: try FileManager.default.removeItem(at: file)
      case .joinedByAnother:
        let stray = file.deletingLastPathComponent().appending(path: "stray")
        try Data("x".utf8).write(to: stray)
      }
    }
  }
}
