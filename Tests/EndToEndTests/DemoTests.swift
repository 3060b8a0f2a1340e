import Foundation
import KarezCore
import TestSupport
import Testing

@Suite(.enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"))
struct DemoTests {
  @Test func `the demo imports, checks, prints in Chinese and writes three views`() async throws {
    let demo = try await DemoMap.shared.prepare()
    try #require(demo.outcome.status == 0, "\(demo.outcome.problems)")
    #expect(demo.outcome.output.contains("结论"))
    let out = demo.folder.appending(path: "out")
    let answer = try JSONValue(
      parsing: String(contentsOf: out.appending(path: "answer.json"), encoding: .utf8))
    let digest = try #require(answer["digest"]?.string)
    let page = try String(contentsOf: out.appending(path: "answer.html"), encoding: .utf8)
    #expect(page.contains(digest) && page.contains("<svg"))
    let sheet = try Data(contentsOf: out.appending(path: "answer.pdf"))
    #expect(sheet.starts(with: Array("%PDF-".utf8)))
  }

  @Test func `the same question has the same digest, and land use closes`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let boundary = demo.synth.appending(path: "sample-boundary.txt").path
    let arguments = ["check", boundary, "--data", demo.data, "--on", DemoMap.day, "--json"]
    let first = try json(Program.run("karez", arguments, environment: home))
    let second = try json(Program.run("karez", arguments, environment: home))
    #expect(first["digest"] == second["digest"])
    #expect(first["id"] != second["id"])
    let lines = try #require(first["landUse"]?.array)
    try #require(!lines.isEmpty)
    let sum = lines.compactMap { $0["areaM2"]?.string }.compactMap(hundredths).reduce(0, +)
    #expect(sum == first["boundary"]?["statutoryAreaM2"]?.string.flatMap(hundredths))
  }

  @Test func `the log of the demo verifies, and every dataset has a commit`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let found = try json(karez("log", "verify", "--data", demo.data, "--json"))
    #expect(found["ok"] == .boolean(true), "\(found)")
    #expect((found["entries"]?.integer ?? 0) > 10)
    let datasets = try #require(json(karez("datasets", "--data", demo.data, "--json")).array)
    let filled = datasets.filter { ($0["features"]?.integer ?? 0) > 0 }
    #expect(filled.count >= 14, "\(filled.compactMap { $0["id"]?.string })")
  }

  @Test func `ogrinfo reads the current-state views`() async throws {
    let demo = try await DemoMap.shared.prepare()
    let tool = "/usr/bin/ogrinfo"
    try #require(FileManager.default.fileExists(atPath: tool), "gdal-bin is part of set-up")
    let outcome = try Program.run(
      tool, ["-ro", "-so", "\(demo.data)/karez.gpkg", "land_patches"])
    #expect(outcome.status == 0, "\(outcome.problems)")
    #expect(outcome.output.contains("Feature Count: 3"), "\(outcome.output)")
    #expect(outcome.output.contains("CGCS2000"))
  }

  private var home: [String: String] { ["KAREZ_HOME": Places.repository.path] }

  private func hundredths(_ text: String) -> Int? { Int(text.filter { $0 != "." }) }
}
