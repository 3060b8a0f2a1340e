import Foundation
import KarezCore
import TestSupport
import Testing

/// The embedded store under a replicator that copies its journal while it is in use.
@Suite struct ReplicationTests {
  static let litestream = Places.repository.appending(path: ".venv/bin/litestream").path

  @discardableResult
  static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: litestream)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.environment = ["KAREZ_HOME": Places.repository.path, "PATH": "/usr/bin:/bin"]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: litestream)))
  func `what a replicator copied out of the journal is the map, entry by entry`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "map").path
      let file = folder.appending(path: "field.geojson")
      let replica = "file://" + folder.appending(path: "replica").path
      #expect(try karez("init", "--data", data).status == 0)
      for (day, width) in [("2024-01-01", 0.01), ("2025-01-01", 0.02)] {
        try OverlayTests.write(
          [([76.0, 39.0, 76.0 + width, 39.01], "\"name\": \"a\"")], to: file)
        let importing = [
          Program.path(of: "karez").path, "import", "polygons", file.path, "--data", data,
          "--valid-from", day, "--reason", "test",
        ]
        let status = try Self.run(
          ["replicate", "-exec", importing.joined(separator: " "), data + "/karez.gpkg", replica])
        #expect(status == 0)
      }
      #expect(try Self.run(["replicate", "-once", data + "/karez.gpkg", replica]) == 0)
      let back = folder.appending(path: "back")
      try FileManager.default.createDirectory(at: back, withIntermediateDirectories: true)
      for name in ["karez.json", "keys"] {
        try FileManager.default.copyItem(
          atPath: data + "/" + name, toPath: back.appending(path: name).path)
      }
      let restored = back.appending(path: "karez.gpkg").path
      #expect(try Self.run(["restore", "-integrity-check", "full", "-o", restored, replica]) == 0)
      let theirs = try karez("log", "show", "--json", "--data", back.path)
      let ours = try karez("log", "show", "--json", "--data", data)
      #expect(!ours.output.isEmpty)
      #expect(theirs.output == ours.output)
      let verified = try karez("log", "verify", "--data", back.path)
      #expect(verified.status == 0, "\(verified.problems)")
    }
  }
}
