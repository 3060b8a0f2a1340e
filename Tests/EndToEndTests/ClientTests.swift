import Foundation
import TestSupport
import Testing

/// The programs people use, driven against the real server; what is examined stands in `Tests/Clients`.
///
/// Here the short ones; MapLibre and QGIS, which have to be fetched first, are `make clients`.
@Suite(
  .enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"),
  .enabled(if: Validator.isInstalled, "no Python environment: run make setup"))
struct ClientTests {
  private func drive(_ script: String, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(
      Validator.python.path,
      [Places.repository.appending(path: "Tests/Clients/\(script)").path] + arguments,
      environment: ["KAREZ_HOME": Places.repository.path, "PYTHONDONTWRITEBYTECODE": "1"])
  }

  private func served(
    _ script: String, _ arguments: (DemoMap.Prepared) throws -> [String]
  ) async throws {
    let demo = try await DemoMap.shared.prepare()
    let more = try arguments(demo)
    let served = try await ServedMap.serving(data: demo.data) { address, _ in
      try drive(script, [address] + more)
    }
    let outcome = served.result
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
    #expect(outcome.output.contains(" passed, 0 failed"), "\(outcome.output)")
    #expect(served.log.firstMatch(of: /"level":"(warning|error|critical)"/) == nil)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ogr2ogr")))
  func `GDAL pages, filters, looks back, and reads tiles and archives`() async throws {
    try await served("gdal.py") { demo in
      [Program.path(of: "karez").path, demo.data]
    }
  }

  @Test func `OWSLib finds collections, items, days and pages`() async throws {
    try await served("owslib_features.py") { _ in [] }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")))
  func `OpenLayers draws tiles and features on a page of somebody else's`() async throws {
    try await served("browser_maps.py") { _ in
      [Places.repository.appending(path: "Portal/vendor").path]
    }
  }
}
