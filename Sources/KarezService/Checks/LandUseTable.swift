import KarezCore
import KarezGeometry
import KarezPacks

/// The boundary's land use by class, summing to the boundary's own area.
struct LandUseTable {
  let survey: BoundarySurvey
  let packs: PackLibrary

  func lines() async throws(Problem) -> [LandUseLine] {
    guard let layer = try await survey.layer(.landPatches) else { return [] }
    var areas: [String: Double] = [:]
    for (feature, code) in zip(layer.features, try await layer.texts(of: "land_class")) {
      areas[code ?? "", default: 0] += feature.areaM2
    }
    let whole = survey.prepared.area.squareMetres
    // In a fixed order: sums of the same numbers in another differ in their last bits.
    let rest = whole - areas.keys.sorted().reduce(0) { $0 + (areas[$1] ?? 0) }
    // What no patch covers is a line of its own, so that the table closes without hiding it.
    if rest > 0.005 { areas[Self.uncovered, default: 0] += rest }
    let codes = areas.keys.sorted()
    let levelled = AreaLevelling.levelled(codes.map { areas[$0] ?? 0 }, to: whole)
    return zip(codes, levelled).map { code, area in
      LandUseLine(code: code, name: name(of: code), area: .squareMetres(area))
    }
  }

  static let uncovered = "-"

  private func name(of code: String) -> LocalizedText {
    if code == Self.uncovered {
      return LocalizedText(zh: "无图斑覆盖", en: "not covered by any patch")
    }
    return packs.codeTables["land-classes"]?.row(code, on: survey.asOf.validOn)?.name
      ?? LocalizedText(zh: code, en: code)
  }
}
