import Foundation
import KarezCore
import TestSupport
import Testing

/// A validator of JSON Schema, as set-up installs it.
enum Validator {
  static let python = Places.repository.appending(path: ".venv/bin/python")
  static let isInstalled = FileManager.default.isExecutableFile(atPath: python.path)
}

/// What programs rely on: the JSON of each verb against the schema committed for it.
@Suite(
  .enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"),
  .enabled(if: Validator.isInstalled, "no validator: run make setup"))
struct SchemaTests {
  @Test func `what the verbs print is what their schemas say`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let sample = demo.synth.appending(path: "sample-boundary.txt").path
    let mines = demo.synth.appending(path: "mining-rights.gpkg").path
    let data = demo.data
    let runs: [(schema: String, arguments: [String])] = [
      ("area", ["area", sample, "--json"]),
      ("answer", ["check", sample, "--data", data, "--on", DemoMap.day, "--json"]),
      ("answer", ["check", sample, "--data", data, "--on", "2025-09-30", "--json"]),
      (
        "import",
        [
          "import", "mining-rights", mines, "--data", data, "--valid-from", "2025-01-01",
          "--dry-run", "--json",
        ]
      ),
      (
        "import",
        [
          "gate", mines, "--dataset", "mining-rights", "--data", data, "--valid-from",
          "2025-01-01", "--json",
        ]
      ),
      ("adjust", ["adjust", "land-patches", "--data", data, "--on", DemoMap.day, "--json"]),
      ("coverage", ["coverage", mines, "--json"]),
      ("datasets", ["datasets", "--data", data, "--json"]),
      ("commits", ["commits", "land-patches", "--data", data, "--json"]),
      ("rules-check", ["rules", "check", "--json"]),
      ("log-verify", ["log", "verify", "--data", data, "--json"]),
      ("bench", ["bench", "check", "--count", "3", "--data", data]),
    ]
    for run in runs {
      let outcome = try Program.run(
        "karez", run.arguments, environment: ["KAREZ_HOME": Places.repository.path])
      #expect(outcome.status == 0, "\(run.arguments): \(outcome.problems)")
      try validate(outcome.output, against: run.schema)
    }
    let refused = try karez("area", "/none/such.shp", "--json")
    try validate(refused.problems, against: "problem")
    let truth = try String(contentsOf: demo.synth.appending(path: "truth.json"), encoding: .utf8)
    try validate(truth, against: "truth")
  }

  private func validate(_ document: String, against schema: String) throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "karez-schema-\(UUID().uuidString).json")
    try Data(document.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = """
      import json, sys, jsonschema
      schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
      jsonschema.Draft202012Validator.check_schema(schema)
      jsonschema.Draft202012Validator(schema).validate(document)
      """
    let path = Places.repository.appending(path: "docs/schemas/\(schema).schema.json").path
    let outcome = try Program.run(Validator.python.path, ["-c", script, path, file.path])
    #expect(outcome.status == 0, "\(schema): \(outcome.problems.suffix(800))")
  }
}
