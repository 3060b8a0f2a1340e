import Foundation
import TestSupport
import Testing

/// The portal in a real Chromium; what is examined stands in `Tests/Browser/portal.py`.
@Suite(
  .enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"),
  .enabled(if: Validator.isInstalled, "no Python environment: run make setup"),
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
    "no Chromium: run make setup"))
struct BrowserTests {
  @Test func `an officer uploads, draws, reads, prints, and changes day and language`()
    async throws
  {
    let demo = try await DemoMap.shared.prepare()
    let sample = demo.synth.appending(path: "sample-boundary.txt").path
    let script = Places.repository.appending(path: "Tests/Browser/portal.py").path
    let served = try await ServedMap.serving(data: demo.data) { address, _ in
      var arguments = [script, address, sample, DemoMap.day]
      if let shots = ProcessInfo.processInfo.environment["KAREZ_SCREENSHOTS"] {
        arguments.append(shots)
      }
      return try Program.run(Validator.python.path, arguments)
    }
    let (outcome, log) = (served.result, served.log)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
    #expect(outcome.output.contains("22 passed, 0 failed"), "\(outcome.output)")
    #expect(log.firstMatch(of: /"level":"(warning|error|critical)"/) == nil, "\(log)")
  }
}
