import Foundation
import KarezCore
import TestSupport
import Testing

/// Boundaries cut from `truth.json`: every planted fact is found, with the area it was planted with.
///
/// The planted areas come from clipping convex shapes in the statutory plane, on other code than
/// the overlay of the check.
@Suite(.enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"))
struct TruthTests {
  @Test func `every planted fact is found with its area, every layer is listed, land use closes`()
    async throws
  {
    let demo = try await DemoMap.shared.prepare()
    let truth = try JSONValue(
      parsing: String(
        contentsOf: demo.synth.appending(path: "truth.json"), encoding: .utf8))
    let sites = try #require(truth["sites"]?.array)
    try #require(sites.count > 8, "too few sites planted")
    var compared = 0
    for site in sites {
      let name = try #require(site["id"]?.string)
      let answer = try check(site, named: name, in: demo)
      let layers = try #require(answer["layers"]?.array)
      // What was recorded long ago is told of as stale, and looked at all the same.
      #expect(layers.allSatisfy { $0["status"] != .string("unavailable") }, "\(name)")
      for planted in site["layers"]?.array ?? [] {
        let dataset = try #require(planted["dataset"]?.string)
        guard let found = layers.first(where: { $0["dataset"] == .string(dataset) }) else {
          // Layers no rule reads are planted too; those that one reads are all listed.
          #expect(["counties", "townships", "villages"].contains(dataset), "\(name): \(dataset)")
          continue
        }
        try expectSame(
          found["occupiedM2"]?.string, planted["areaM2"]?.string, "\(name): \(dataset)")
        let features = planted["features"]?.array?.count ?? 0
        #expect(found["features"] == .integer(Int64(features)), "\(name): \(dataset)")
      }
      let touched = Set((site["layers"]?.array ?? []).compactMap { $0["dataset"]?.string })
      for layer in layers where layer["features"] != .integer(0) {
        #expect(touched.contains(layer["dataset"]?.string ?? "-"), "\(name): not planted: \(layer)")
      }
      try expectLandUse(answer, site, name)
      compared += try expectAround(answer, site, name)
    }
    #expect(compared >= 2, "too little land near pipelines compared")
  }

  /// Counts within each planted distance, and the land a finding shows; how much was compared.
  private func expectAround(
    _ answer: JSONValue, _ site: JSONValue, _ name: String
  ) throws -> Int {
    let layers = try #require(answer["layers"]?.array)
    let dataset = "oil-gas-pipelines"
    let around = site["around"]?.array?.first { $0["dataset"]?.string == dataset }
    let distances = (around?["features"]?.array ?? []).compactMap {
      $0["distanceM"]?.string.flatMap(Double.init)
    }
    let near = layers.first { $0["dataset"]?.string == dataset }?["near"]?.array ?? []
    // Of the facts that look at every pipeline; others look at tunnels and crossings alone.
    let unfiltered = [
      "pipelines_in_strip", "pipelines_near_line_works", "pipelines_near_excavation",
    ]
    for fact in unfiltered {
      let entry = try #require(near.first { $0["fact"]?.string == fact }, "\(name): \(fact)")
      let within = try #require(entry["withinM"]?.string.flatMap(Double.init))
      let expected = distances.count { ($0 * 1_000).rounded() / 1_000 <= within }
      #expect(entry["features"] == .integer(Int64(expected)), "\(name): \(fact)")
    }
    var compared = 0
    let shown = [
      "pipeline-protection/strip/": "pipelines_in_strip",
      "pipeline-protection/works/line-works": "pipelines_near_line_works",
      "pipeline-protection/works/excavation": "pipelines_near_excavation",
    ]
    for finding in answer["findings"]?.array ?? [] {
      let rule = finding["rule"]?.string ?? ""
      guard let fact = shown.first(where: { rule.hasPrefix($0.key) })?.value else { continue }
      let within = near.first { $0["fact"]?.string == fact }?["withinM"]?.string
      let land = around?["land"]?.array?.first { $0["withinM"]?.string == within }
      guard let land else { continue }
      try expectSame(finding["areaM2"]?.string, land["areaM2"]?.string, "\(name): \(rule)")
      #expect(finding["geometry"]?["type"] != nil, "\(name): \(rule) shows no land")
      compared += 1
    }
    return compared
  }

  private func check(
    _ site: JSONValue, named name: String, in demo: DemoMap.Prepared
  ) throws -> JSONValue {
    let file = demo.folder.appending(path: "site-\(name).wkt")
    try #require(site["wkt"]?.string).write(to: file, atomically: true, encoding: .utf8)
    var arguments = ["check", file.path, "--data", demo.data, "--on", DemoMap.day, "--json"]
    if let purpose = site["purpose"]?.string { arguments += ["--purpose", purpose] }
    let outcome = try Program.run(
      "karez", arguments, environment: ["KAREZ_HOME": Places.repository.path])
    #expect(outcome.status == 0, "\(name): \(outcome.problems)")
    return try JSONValue(parsing: outcome.output)
  }

  private func expectLandUse(_ answer: JSONValue, _ site: JSONValue, _ name: String) throws {
    let found = try #require(answer["landUse"]?.array)
    let planted = try #require(site["landUse"]?.array)
    #expect(found.compactMap { $0["code"]?.string } == planted.compactMap { $0["code"]?.string })
    for (line, expected) in zip(found, planted) {
      try expectSame(line["areaM2"]?.string, expected["areaM2"]?.string, "\(name): \(line)")
    }
    let hundredths = found.compactMap { $0["areaM2"]?.string }
      .compactMap { text in Int(text.filter { $0 != "." }) }.reduce(0, +)
    let whole = answer["boundary"]?["statutoryAreaM2"]?.string ?? ""
    #expect(String(hundredths) == whole.filter { $0 != "." }, "\(name): land use does not close")
    try expectSame(whole, site["statutoryAreaM2"]?.string, "\(name): boundary")
  }

  /// Equal to a hundredth of a square metre, and the half that printing takes.
  private func expectSame(_ found: String?, _ planted: String?, _ what: String) throws {
    let left = try #require(found.flatMap(Double.init), "\(what)")
    let right = try #require(planted.flatMap(Double.init), "\(what)")
    #expect(abs(left - right) <= 0.0101, "\(what): \(left), planted \(right)")
  }
}
