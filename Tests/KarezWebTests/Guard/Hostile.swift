import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import Testing

@testable import KarezService

/// A map whose every text is an attack on whoever reads it.
enum Hostile {
  static let dataset = "hostile"
  static let payloads = [
    "<script>window.ran=1</script>", "<img src=x onerror=window.ran=1>",
    "\"><svg onload=window.ran=1>", "'><a href=javascript:window.ran=1>",
    "{{{t.title}}}<iframe srcdoc=\"<script>top.ran=1</script>\">",
  ]
  static let formulas = ["=HYPERLINK(\"http://x\")", "+CMD|x", "@SUM(A1)", "-CMD(1)", "\tCMD"]

  private static var all: String { payloads.joined(separator: " ") }

  static func prepare(_ map: OneMap) async throws {
    let text = LocalizedText(zh: all, en: all, ug: all)
    let names = (0..<formulas.count).map { "f\($0)" } + ["name"]
    func attribute(_ name: String) -> Attribute {
      Attribute(name: name, title: text, type: .text, codes: nil, classification: .public)
    }
    let schema = DatasetSchema(
      id: try #require(DatasetID(dataset)), title: text, steward: text, theme: "survey",
      classification: .public, geometry: .polygon, isCoverage: false, identifier: "number",
      region: "region", attributes: (["number", "region"] + names).map(attribute))
    try await map.store.define(schema, by: .operator, in: .all)
    for (step, day) in ["2024-01-01", "2025-01-01"].enumerated() {
      let from = try #require(LegalDate(day))
      let plan = DraftPlan(
        dataset: schema.id, mode: .state, validity: try #require(Validity(from: from)),
        lineage: Lineage(
          source: all, sourceSM3: String(repeating: "0", count: 64), reader: "test",
          crs: "EPSG:4490"))
      let draft = try await map.store.openDraft(plan, by: .operator, in: .all)
      try await map.store.append(try rows(step), to: draft)
      _ = try await map.store.commit(
        draft, CommitOrder(reason: all, idempotencyKey: "hostile\(step)"), by: .operator,
        in: .all)
    }
    var order = SubmissionOrder(
      dataset: dataset, path: "", name: all + ".shp",
      validFrom: try #require(LegalDate("2025-01-01")), reason: all)
    order.mode = .changes
    let made = Submission(
      order, id: "20250101-0001",
      source: BlobFolder.Kept(sm3: String(repeating: "0", count: 64), file: "x"), by: .operator,
      at: map.clock.now())
    try await map.store.put(
      RecordBatch([made.change], entry: .init(kind: "test", body: [:])), by: .operator)
  }

  private static func rows(_ step: Int) throws -> [DraftRow] {
    try payloads.enumerated().map { place, payload in
      let x = 100 + Double(place) * 0.01
      let ring = [(x, 30.0), (x + 0.01, 30), (x + 0.01, 30.01), (x, 30.01), (x, 30)]
      var values: [String: AttributeValue] = [
        "number": .text(id(place)), "region": .text("653101"), "name": .text(payload + "\(step)"),
      ]
      for (number, formula) in formulas.enumerated() { values["f\(number)"] = .text(formula) }
      let shell = try Ring(ring.map { Position(x: $0.0, y: $0.1) })
      return DraftRow(
        row: Int64(place + 1),
        feature: Feature(
          id: id(place), geometry: .polygons(MultiPolygon([Polygon(shell: shell)])),
          attributes: values))
    }
  }

  private static func id(_ place: Int) -> String { "x\(place)" + payloads[place] }

  /// Every page that shows something of it.
  static func pages(_ client: WebServerTests.Client) async throws -> [String] {
    let features = payloads.indices.map { place in
      "/catalogue/\(dataset)/features/"
        + (id(place).addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }
    return [
      "/catalogue?lang=en", "/catalogue/\(dataset)?lang=en", "/desk?lang=en", "/log?lang=en",
      "/submissions/20250101-0001?lang=en",
      "/differences?lang=en&dataset=\(dataset)&from=2024-06-01&to=2025-06-01",
      "/submissions/new?lang=en&dataset=\(dataset)", "/?lang=en", "/?lang=ug",
    ] + features.map { $0 + "?lang=en&validOn=2025-06-01" }
      + features.prefix(2).map { $0 + "?lang=en&tab=history" }
      + features.prefix(2).map { $0 + "?lang=en&tab=edit&validOn=2025-06-01" }
  }
}
