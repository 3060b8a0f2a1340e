import Foundation
import KarezCore
import KarezGeometry
import KarezReport
import KarezRules
import KarezTiles
import TestSupport
import Testing

@testable import KarezService

/// An answer with one of everything a view must show, on land that does not exist.
enum SampleAnswer {
  static func square(_ west: Double, _ south: Double, _ size: Double) throws -> MultiPolygon {
    let corners = [(0.0, 0.0), (1, 0), (1, 1), (0, 1), (0, 0)].map {
      Position(x: west + $0.0 * size, y: south + $0.1 * size)
    }
    return MultiPolygon([Polygon(shell: try Ring(corners))])
  }

  static func make(verdict: Verdict = .prohibited) throws -> ComplianceAnswer {
    ComplianceAnswer(
      id: "a-0001",
      asOf: AsOf(
        validOn: try #require(LegalDate("2025-11-01")), recorded: try #require(CommitNumber(42))),
      answeredAt: "2025-11-03T02:15:00Z", purpose: "transport/road", boundary: try boundary(),
      verdict: verdict, layers: try layers(),
      landUse: [
        LandUseLine(
          code: "0103", name: LocalizedText(zh: "旱地", en: "Dry land"), area: .squareMetres(900_000)),
        LandUseLine(
          code: "1006", name: LocalizedText(zh: "农村道路", en: "Rural road"),
          area: .squareMetres(123_456.78)),
      ],
      findings: try findings(),
      packs: [
        PackVersion(id: "three-lines", version: "1.0.0", sm3: String(repeating: "ab", count: 32))
      ],
      digest: "sm3:" + String(repeating: "0f", count: 32))
  }

  static func boundary() throws -> AnsweredBoundary {
    AnsweredBoundary(
      statutoryArea: .squareMetres(1_023_456.78), parcels: 2, crs: "EPSG:4513",
      crsReason: LocalizedText(zh: "文件头写明带号 25", en: "the header states zone 25"),
      warnings: [
        BoundaryWarning(
          code: "axis-order-swapped",
          message: LocalizedText(
            zh: "坐标按“北、东”顺序 <读取> & 转换", en: "read as north, east <swapped> & converted"))
      ],
      geometry: try square(10.02, 20.02, 0.01))
  }

  static func layers() throws -> [CheckedLayer] {
    [
      CheckedLayer(
        dataset: try #require(DatasetID("permanent-basic-farmland")),
        title: LocalizedText(zh: "永久基本农田", en: "Permanent basic farmland"), status: .checked,
        currentTo: LegalDate("2025-10-31"), occupied: .squareMetres(250_000), sharePercent: "24.43",
        features: 3),
      CheckedLayer(
        dataset: try #require(DatasetID("mining-rights")),
        title: LocalizedText(zh: "矿业权", en: "Mining rights"), status: .checked,
        currentTo: LegalDate("2025-10-31"), occupied: .squareMetres(0.48), sharePercent: "0.00",
        features: 1, noise: Noise(areaM2: 0.48, features: 1)),
      CheckedLayer(
        dataset: try #require(DatasetID("oil-gas-pipelines")),
        title: LocalizedText(zh: "油气管道", en: "Oil and gas pipelines"), status: .checked,
        currentTo: LegalDate("2025-10-31"), occupied: .zero, sharePercent: "0.00", features: 0,
        near: [
          NearFeatures(
            fact: "pipelines_in_strip",
            title: LocalizedText(zh: "带内的管段", en: "Sections in the strip"),
            withinMetres: 5, features: 1),
          NearFeatures(
            fact: "pipelines_beside", title: LocalizedText(zh: "旁边的管段", en: "Sections beside it"),
            withinMetres: 50, features: 2),
          NearFeatures(
            fact: "tunnels", title: LocalizedText(zh: "隧道", en: "Tunnels"), withinMetres: 1_000,
            features: 0),
        ]),
      CheckedLayer(
        dataset: try #require(DatasetID("pipeline-facilities")),
        title: LocalizedText(zh: "管道附属设施", en: "Pipeline facilities"), status: .checked,
        currentTo: LegalDate("2025-10-31"), occupied: .zero, sharePercent: "0.00", features: 0,
        near: [
          NearFeatures(
            fact: "facilities", title: LocalizedText(zh: "附近设施", en: "Facilities near"),
            withinMetres: 1_500, features: 0)
        ]),
      CheckedLayer(
        dataset: try #require(DatasetID("hazard-zones")),
        title: LocalizedText(zh: "地质灾害风险区", en: "Hazard zones"), status: .unavailable,
        currentTo: nil, occupied: .zero, sharePercent: "0.00", features: 0),
    ]
  }

  static func findings() throws -> [AnsweredFinding] {
    let law = LocalizedText(zh: "样例法", en: "Sample Act")
    let quoted = Citation(
      law: "cn/sample/2019", title: law, article: "46(1)(1)", quote: "样例条文的原话", summary: nil)
    let summarised = Citation(
      law: "cn/sample/2019", title: law, article: "35", quote: nil,
      summary: LocalizedText(zh: "须经论证", en: "needs a demonstration"))
    return [
      AnsweredFinding(
        finding: Finding(
          rule: "sample/prohibited", outcome: "prohibited", severity: .prohibits,
          certainty: .certain,
          message: LocalizedText(zh: "占用永久基本农田", en: "Occupies permanent basic farmland"),
          citation: quoted,
          trace: [
            TraceStep(
              fact: "occupied", title: LocalizedText(zh: "占用面积", en: "Occupied area"),
              value: "250000.00 m2")
          ]),
        area: .squareMetres(250_000), geometry: try square(10.02, 20.02, 0.005)),
      AnsweredFinding(
        finding: Finding(
          rule: "sample/approval", outcome: "approval-required", severity: .requires,
          certainty: .unconfirmed,
          message: LocalizedText(zh: "须报批", en: "Needs approval"), citation: summarised,
          missingDocuments: ["demonstration-opinion"], approver: "state-council"),
        area: .squareMetres(350_000.01), geometry: try square(10.024, 20.024, 0.004)),
      AnsweredFinding(
        finding: Finding(
          rule: "sample/informs", outcome: "informs", severity: .informs, certainty: .certain,
          message: LocalizedText(zh: "位于开发边界外", en: "Outside the urban boundary"),
          citation: quoted),
        area: nil, geometry: nil),
      AnsweredFinding(
        finding: Finding(
          rule: "sample/undecided", outcome: "needs-determination", severity: .requires,
          certainty: .unconfirmed,
          message: LocalizedText(zh: "无法判断：缺少图层", en: "Cannot decide: a layer is missing"),
          citation: summarised),
        area: nil, geometry: nil),
    ].reversed()
  }

  static func setting() throws -> AnswerSetting {
    let field = MapPaint(fill: "#f5e3a0", line: "#b9a45c", lineWidth: 0.5)
    let entry = MapLayer.LegendEntry(
      title: LocalizedText(zh: "旱地", en: "Dry land"), paint: field)
    return AnswerSetting(
      region: LocalizedText(zh: "样例地区", en: "Sample Prefecture"),
      titles: [
        "transport/road": LocalizedText(zh: "公路", en: "Road"),
        "state-council": LocalizedText(zh: "国务院", en: "State Council"),
        "demonstration-opinion": LocalizedText(zh: "论证意见", en: "Demonstration opinion"),
      ],
      layers: [
        MapLayer(
          title: LocalizedText(zh: "地类图斑", en: "Land patches"),
          shapes: [
            MapLayer.Shape(geometry: .polygons(try square(10.015, 20.015, 0.012)), paint: field)
          ],
          legend: [entry])
      ])
  }

  static func catalogues() throws -> MessageCatalogues {
    try MessageCatalogues(folder: Places.repository.appending(path: "Portal/messages").path)
  }

  static func view(in language: Language) throws -> AnswerView {
    AnswerView(try make(), in: try setting(), messages: try catalogues()[language])
  }
}
