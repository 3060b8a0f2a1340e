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

  @Test func `a demo never replaces a map somebody has worked in, nor on bad arguments`()
    async throws
  {
    let demo = try await DemoMap.shared.prepare()
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "karez-data")
      try FileManager.default.copyItem(at: URL(filePath: demo.data), to: data)
      let wrong = try karez("demo", "--data", data.path, "--out", folder.path, "--patches", "3")
      #expect(wrong.status == 2, "\(wrong.problems)")
      let again = try json(karez("log", "verify", "--data", data.path, "--json"))
      #expect(again["ok"] == .boolean(true))
      let square = folder.appending(path: "square.wkt")
      try "POLYGON ((76 39, 76.01 39, 76.01 39.01, 76 39.01, 76 39))"
        .write(to: square, atomically: true, encoding: .utf8)
      let work = try karez("import", "polygons", square.path, "--data", data.path)
      #expect(work.status == 0, "\(work.problems)\(work.output)")
      let refused = try karez(
        "demo", "--data", data.path, "--out", folder.path, "--patches", "2500")
      #expect(refused.status == 4, "\(refused.problems)")
      #expect(try karez("commits", "polygons", "--data", data.path).output.isEmpty == false)
    }
  }

  @Test func `a state that ended says nothing of a later day`() async throws {
    let demo = try await DemoMap.shared.prepare()
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "karez-data")
      try FileManager.default.copyItem(at: URL(filePath: demo.data), to: data)
      let reserve = demo.synth.appending(path: "farmland-reserve.gpkg").path
      let early = try karez(
        "import", "farmland-reserve", reserve, "--data", data.path, "--valid-from", "2024-01-01",
        "--valid-until", "2024-06-01")
      #expect(early.status == 0, "\(early.problems)")
      let sample = demo.synth.appending(path: "sample-boundary.txt").path
      for (day, status) in [("2024-03-01", "checked"), ("2024-07-01", "unavailable")] {
        let answer = try json(
          karez("check", sample, "--data", data.path, "--on", day, "--json"))
        let layer = answer["layers"]?.array?.first { $0["dataset"] == .string("farmland-reserve") }
        #expect(layer?["status"] == .string(status), "\(day): \(answer["layers"] ?? .null)")
      }
      let typo = try karez("check", sample, "--data", data.path, "--have", "no-such-document")
      #expect(typo.status == 2, "\(typo.problems)")
    }
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
