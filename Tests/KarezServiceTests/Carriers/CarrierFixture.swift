import Foundation
import KarezCore
import TestSupport

@testable import KarezService

/// The servers of `Tests/Carriers/receivers.py`, and what they took.
struct Receivers: Sendable {
  static let python = Places.repository.appending(path: ".venv/bin/python").path
  static let isInstalled = (try? Program.run(python, ["-c", "import aiosmtpd"]).status) == 0

  let folder: URL
  private let ports: JSONValue

  /// Runs them as long as the body does.
  static func running(_ body: (Receivers) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let program = Places.repository.appending(path: "Tests/Carriers/receivers.py").path
      _ = try await Program.serving(python, [program, folder.path], until: "ready") { line in
        let text = line.drop { $0 != "{" }
        try await body(Receivers(folder: folder, ports: try JSONValue(parsing: String(text))))
      }
    }
  }

  func port(_ name: String) -> Int64 { ports[name]?.integer ?? 0 }

  /// What arrived, oldest first.
  func arrived(_ kind: String) throws -> [JSONValue] {
    var found: [JSONValue] = []
    while let data = FileManager.default.contents(
      atPath: folder.appending(path: "\(kind)-\(found.count + 1).json").path)
    {
      found.append(try JSONValue(parsing: Array(data)))
    }
    return found
  }

  func mail(_ server: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
    .object(
      [
        "host": .string("127.0.0.1"), "port": .integer(port(server)), "security": .string("none"),
        "from": .string("karez@land.example.cn"), "seconds": .integer(10),
      ].merging(more) { $1 })
  }

  func webhook(_ path: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
    .object(
      [
        "address": .string("http://127.0.0.1:\(port("web"))\(path)"),
        "secret": .string(Self.secret), "seconds": .integer(10),
      ].merging(more) { $1 })
  }

  static let secret = "of this run only, thirty-two bytes and more"

  /// States the carriers of a map, readable by its owner only.
  static func state(_ settings: [String: JSONValue], in map: OneMap) throws {
    let file = map.data.appending(path: CarrierSettings.file)
    try JSONValue.object(settings).canonicalText.write(
      to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }
}
