import Foundation
import KarezCore
import TestSupport
import Testing

/// One demo prefecture for all tests that only read: made once, removed when the tests end.
actor DemoMap {
  static let shared = DemoMap()
  static let day = "2026-06-01"

  /// Whether the outlines the demo needs were fetched at set-up.
  static let hasOutlines = {
    let regions = Places.repository.appending(path: "Packs/regions")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: regions.path)) ?? []
    return names.contains { name in
      FileManager.default.fileExists(atPath: regions.appending(path: "\(name)/outlines").path)
    }
  }()

  struct Prepared: Sendable {
    let folder: URL
    var data: String { folder.appending(path: "karez-data").path }
    var synth: URL { folder.appending(path: "out/synth") }
    let outcome: Program.Outcome
  }

  private var prepared: Prepared?
  private nonisolated(unsafe) static var folderToRemove: URL?

  func prepare() throws -> Prepared {
    if let prepared { return prepared }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-e2e-\(ProcessInfo.processInfo.processIdentifier)")
    Self.folderToRemove = folder
    atexit { DemoMap.removeFolder() }
    let outcome = try Program.run(
      "karez",
      [
        "demo", "--data", folder.appending(path: "karez-data").path, "--out",
        folder.appending(path: "out").path, "--patches", "3000", "--on", Self.day,
      ], environment: ["KAREZ_HOME": Places.repository.path])
    let made = Prepared(folder: folder, outcome: outcome)
    prepared = made
    return made
  }

  private static func removeFolder() {
    if let folderToRemove { try? FileManager.default.removeItem(at: folderToRemove) }
  }
}

/// `karez` in the repository's installation.
func karez(_ arguments: String..., in directory: URL? = nil) throws -> Program.Outcome {
  try karez(words: arguments, in: directory)
}

func karez(words arguments: [String], in directory: URL? = nil) throws -> Program.Outcome {
  try Program.run(
    "karez", arguments, in: directory, environment: ["KAREZ_HOME": Places.repository.path])
}

/// The output of a verb as JSON.
func json(_ outcome: Program.Outcome) throws -> JSONValue {
  try JSONValue(parsing: outcome.output)
}
