import Foundation
import KarezCore
import TestSupport
import Testing

/// A case from receipt to certificate by the command line, on the map of the demo.
@Suite(.enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"))
struct CaseVerbTests {
  static func karez(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run("karez", arguments, environment: ["KAREZ_HOME": Places.repository.path])
  }

  struct Desk {
    let folder: URL
    let data: String

    func path(_ name: String) -> String { folder.appending(path: name).path }

    @discardableResult
    func run(_ words: String..., status: Int32 = 0) throws -> Program.Outcome {
      let outcome = try CaseVerbTests.karez(words + ["--data", data])
      #expect(outcome.status == status, "\(words): \(outcome.output)\(outcome.problems)")
      return outcome
    }

    func effects(_ number: String) throws -> [String: JSONValue] {
      let view = try json(run("case", "show", number, "--json"))
      let effects = try #require(view["effects"]?.array)
      return Dictionary(
        effects.map { ($0["effect"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    }
  }

  @Test func `temporary land goes from receipt to certificate, and is sealed and replayed`()
    async throws
  {
    let demo = try await DemoMap.shared.prepare()
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "karez-data")
      try FileManager.default.copyItem(at: URL(filePath: demo.data), to: data)
      let desk = Desk(folder: folder, data: data.path)
      let paper = desk.path("paper.pdf")
      try "%PDF-1.7 paper".write(toFile: paper, atomically: true, encoding: .utf8)
      let sample = demo.synth.appending(path: "sample-boundary.txt").path
      let opened = try json(
        desk.run(
          "case", "open", "administrative-procedure/temporary-land", "--region", "653101",
          "--applicant", "a-1", "--document", "application=\(paper)", "--document",
          "boundary=\(sample)", "--document", "land-contract=\(paper)", "--document",
          "reclamation-plan=\(paper)", "--json"))
      let number = try #require(opened["number"]?.string)
      let area = try #require(opened["boundary"]?["areaM2"]?.string)
      let refused = try desk.run("case", "attach", number, "boundary=\(paper)", status: 3)
      #expect(refused.problems.split(separator: "\n").count == 1, "\(refused.problems)")

      try desk.run("case", "act", number, "accept")
      try desk.run("jobs", "run", "--once")
      let check = try #require(try desk.effects(number)["compliance-check"])
      #expect(check["standing"] == .string("done"), "\(check)")
      try desk.run("case", "act", number, "review", "--fact", "conforms=true")
      for name in ["letter.docx", "letter.pdf", "letter.txt"] {
        try desk.run("case", "draft", number, "--step", "grant", "--out", desk.path(name))
      }
      let text = try String(contentsOfFile: desk.path("letter.txt"), encoding: .utf8)
      #expect(text.contains(area) && text.contains(number))
      try text.replacing("a-1", with: "某某公司")
        .write(toFile: desk.path("edited.txt"), atomically: true, encoding: .utf8)
      let revised = try desk.run("case", "revise", number, desk.path("edited.txt"))
      #expect(revised.output.contains("[-a-1-]{+某某公司+}"))
      try desk.run("case", "sign-off", number)
      try desk.run("case", "act", number, "grant")
      try desk.run("jobs", "run", "--once")
      try desk.run("case", "act", number, "issue")
      try desk.run("jobs", "run", "--once")
      let effects = try desk.effects(number)
      #expect(effects["dataset-change"]?["result"]?["id"]?.string == number)
      let certificate = effects["certificate"]?["result"]?["number"]?.string
      #expect(certificate?.hasPrefix("LSZ653101") == true, "\(effects)")
      let verified = try json(desk.run("log", "verify", "--json"))
      #expect(verified["ok"] == .boolean(true))

      let (key, file) = (desk.path("key.pem"), desk.path("case.karez"))
      #expect(try Self.karez(["log", "key", key]).status == 0)
      try desk.run("case", "bundle", number, "--out", file, "--signing-key", key)
      let replayed = try Program.run(
        "karez", ["replay", file, "--key", key + ".pub", "--json"], in: folder)
      #expect(replayed.status == 0, "\(replayed.output) \(replayed.problems)")
      #expect(try json(replayed)["identical"] == .boolean(true))
    }
  }
}
