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
    let sample = try await DemoMap.shared.prepare().synth.appending(path: "sample-boundary.txt")
    try await drive("portal.py", [sample.path, DemoMap.day], passing: 22)
  }

  @Test func `an officer reads statistics that add up, draws an area, and prints a map sheet`()
    async throws
  {
    try await drive("plates.py", [DemoMap.day, "653101"], passing: 6)
  }

  @Test func `an applicant registers, applies and answers, and an officer accepts`() async throws {
    let sample = try await DemoMap.shared.prepare().synth.appending(path: "sample-boundary.txt")
    try await Places.withTemporaryFolder { folder in
      // Its packs open the zone to applicants, which ours do on the internet only.
      let home = folder.appending(path: "home")
      try Self.copy(to: home)
      let file = home.appending(path: "Packs/offices.yaml")
      let offices = try String(contentsOf: file, encoding: .utf8)
      try offices.replacing("oneSession: true", with: "oneSession: true\n    registration: true")
        .write(to: file, atomically: true, encoding: .utf8)
      let data = folder.appending(path: "karez-data").path
      for words in [
        ["init", "--data", data],
        ["user", "add", "clerk", "--name", "王", "--role", "submitter", "--data", data],
      ] {
        let made = try Program.run("karez", words, environment: ["KAREZ_HOME": home.path])
        try #require(made.status == 0, "\(made.problems)")
        guard words[0] == "user" else { continue }
        let secret = try #require(made.output.firstMatch(of: /[0-9a-z]{4}(?:-[0-9a-z]{4}){3}/)).0
        try await drive(
          "applicant.py", [data, sample.path, String(secret)], passing: 10, data: data,
          home: home)
      }
    }
  }

  @Test func `pictures of other servers lie beneath the map, and are turned on and off`()
    async throws
  {
    try await Places.withTemporaryFolder { home in
      try Self.copy(to: home, bases: [("blue", "Blue"), ("red", "Red")])
      // A map keeps to the packs it was made with, so that this one is made with these.
      let data = home.appending(path: "karez-data").path
      let made = try Program.run(
        "karez", ["init", "--data", data], environment: ["KAREZ_HOME": home.path])
      try #require(made.status == 0, "\(made.problems)")
      try await drive("bases.py", [DemoMap.day], passing: 4, data: data, home: home)
    }
  }

  /// A folder of the program's own files, whose packs are a copy.
  private static func copy(to home: URL) throws {
    let files = FileManager.default
    try files.createDirectory(at: home, withIntermediateDirectories: true)
    for name in ["Portal", "Print", ".venv"] {
      try files.createSymbolicLink(
        at: home.appending(path: name),
        withDestinationURL: Places.repository.appending(path: name))
    }
    try files.copyItem(
      at: Places.repository.appending(path: "Packs"), to: home.appending(path: "Packs"))
  }

  /// As `copy`, and the packs name base maps.
  private static func copy(to home: URL, bases: [(id: String, title: String)]) throws {
    try copy(to: home)
    let packs = home.appending(path: "Packs")
    let layers = bases.map { base in
      """
        - id: "\(base.id)"
          title: { zh: "\(base.title)", en: "\(base.title)", ug: "\(base.title)" }
          kind: "xyz"
          url: "http://tiles.example/\(base.id)/{z}/{x}/{y}.png"
          attribution: "\(base.title)"
      """
    }
    let text = "# 外部底图\nversion: \"1.0.0\"\nlayers:\n" + layers.joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: packs.appending(path: "base-layers.yaml"))
  }

  /// Runs a script of `Tests/Browser` against a map, as it stands the demo prefecture; it ends by
  /// how much passed.
  private func drive(
    _ name: String, _ words: [String], passing count: Int, data: String? = nil,
    home: URL = Places.repository
  ) async throws {
    let served: String
    if let data { served = data } else { served = try await DemoMap.shared.prepare().data }
    let script = Places.repository.appending(path: "Tests/Browser/" + name).path
    let driven = try await ServedMap.serving(data: served, home: home) { address, _ in
      var arguments = [script, address] + words
      if let shots = ProcessInfo.processInfo.environment["KAREZ_SCREENSHOTS"] {
        arguments.append(shots)
      }
      return try Program.run(Validator.python.path, arguments)
    }
    let (outcome, log) = (driven.result, driven.log)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
    #expect(outcome.output.contains("\(count) passed, 0 failed"), "\(outcome.output)")
    #expect(log.firstMatch(of: /"level":"(warning|error|critical)"/) == nil, "\(log)")
  }
}
