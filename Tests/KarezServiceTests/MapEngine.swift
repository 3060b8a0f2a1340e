import TestSupport
import Testing

/// What a One Map of a test is kept in.
enum MapEngine: String, CaseIterable, CustomTestStringConvertible {
  case folder = "SQLite"
  case server = "PostgreSQL"

  /// The engines this machine has.
  static let installed = allCases.filter { $0 == .folder || PostgreSQLServer.isInstalled }

  var testDescription: String { rawValue }

  /// Runs the body with the address of an empty database; with none for a data folder.
  func withServer(_ body: (String?) async throws -> Void) async throws {
    guard self == .server else { return try await body(nil) }
    let server = try PostgreSQLServer.shared()
    try await server.withDatabase { database in try await body(server.address(of: database)) }
  }
}
