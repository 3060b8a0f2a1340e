import KarezCore
import KarezGeometry
import KarezPacks

/// Everything planted, as `truth.json` lists it.
struct TruthFile {
  let plan: SynthPlan
  let totals: [SynthLayer: LayerFiles.Total]
  let counties: [SynthFeature]
  let book: TruthBook
  let sampleBoundary: String?

  private func text(_ squareMetres: Double) -> JSONValue {
    .string(DecimalText.fixed(squareMetres, decimals: 4))
  }

  var json: JSONValue {
    .object([
      "counties": .array(counties.map(county)),
      "crs": .string("EPSG:4490"),
      "datasets": .array(SynthLayer.allCases.map(dataset)),
      "landUse": landUse(totals[.landPatches]?.byClass ?? [:]),
      "patches": .integer(Int64(plan.patches)),
      "region": .string(plan.region.adcode),
      "sampleBoundary": .optional(sampleBoundary),
      "seed": .string(String(plan.seed)),
      "sites": .array(book.sites.indices.map(site)),
    ])
  }

  private func county(_ feature: SynthFeature) -> JSONValue {
    var area = 0.0
    if case .polygons(let multi) = feature.geometry { area = multi.statutoryArea().squareMetres }
    return .object([
      "code": .string(feature.id), "name": .optional(feature.text("name")),
      "statutoryAreaM2": text(area),
    ])
  }

  private func dataset(_ layer: SynthLayer) -> JSONValue {
    let total = totals[layer] ?? LayerFiles.Total()
    return .object([
      "dataset": .string(layer.rawValue), "features": .integer(Int64(total.features)),
      "file": .string(LayerFiles.name(of: layer)), "statutoryAreaM2": text(total.squareMetres),
    ])
  }

  private func landUse(_ areas: [String: Double]) -> JSONValue {
    .array(
      areas.sorted { $0.key < $1.key }.map {
        .object(["areaM2": text($0.value), "code": .string($0.key)])
      })
  }

  private func around(_ index: Int) -> [JSONValue] {
    SynthLayer.allCases.compactMap { layer in
      guard let found = book.around[index][layer] else { return nil }
      return .object([
        "dataset": .string(layer.rawValue),
        "features": .array(
          found.features.sorted { $0.id < $1.id }.map {
            .object([
              "distanceM": .string(DecimalText.fixed($0.metres, decimals: 4)),
              "id": .string($0.id),
            ])
          }),
        "land": .array(
          found.land.sorted { $0.key < $1.key }.map {
            .object([
              "areaM2": text($0.value),
              "withinM": .string(DecimalText.fixed($0.key, decimals: 3)),
            ])
          }),
      ])
    }
  }

  private func site(_ index: Int) -> JSONValue {
    let site = book.sites[index]
    let layers = SynthLayer.allCases.compactMap { layer -> JSONValue? in
      guard let touch = book.touches[index][layer] else { return nil }
      return .object([
        "areaM2": text(touch.squareMetres), "dataset": .string(layer.rawValue),
        "features": .array(
          touch.features.sorted { $0.id < $1.id }.map {
            .object(["areaM2": text($0.squareMetres), "id": .string($0.id)])
          }),
      ])
    }
    return .object([
      "around": .array(around(index)), "id": .string(site.id),
      "landUse": landUse(book.landUse[index]), "layers": .array(layers),
      "purpose": .string(site.purpose),
      "statutoryAreaM2": text(site.window.boundary.area.squareMetres),
      "title": .object(["en": .string(site.en), "zh": .string(site.zh)]),
      "wkt": .string(site.window.boundary.multi.wkt),
    ])
  }
}
