import Foundation
import KarezCore
import TestSupport
import Testing

/// `karez serve` as a person starts it, on a free port.
enum ServedMap {
  /// Serves a data folder until the body ends; the body gets the address and the process id.
  ///
  /// The limits are the product's with fifteen times the patience, for a machine that has much else
  /// to do must not fail a test; what looks at a time of theirs sets it with `limits`. `home` holds
  /// packs and portal.
  static func serving<Result>(
    data: String, home: URL = Places.repository, limits: (String) -> String = { $0 },
    _ body: (String, Int32) async throws -> Result
  ) async throws -> Program.Served<Result> {
    try await Places.withTemporaryFolder { folder in
      let product = try String(
        contentsOf: Places.repository.appending(path: "Packs/web.yaml"), encoding: .utf8)
      let patient = product.replacing(/"(\d+) s"/) { "\"\((Int($0.1) ?? 0) * 15) s\"" }
      #expect(patient != product)
      let file = folder.appending(path: "limits.yaml")
      try Data(limits(patient).utf8).write(to: file)
      return try await Program.running(
        "karez", ["serve", "--data", data, "--port", "0", "--limits", file.path],
        until: "serving http", environment: ["KAREZ_HOME": home.path]
      ) { line, process in
        let address = try #require(line.split(separator: " ").last.map(String.init))
        return try await body(address, process)
      }
    }
  }
}
