import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// The panel that shows an answer.
struct PanelView {
  let answer: AnswerView
  let formKey: String
  let mayBundle: Bool
  /// Why there is no bundle to be had; empty where there is.
  let bundleWords: String

  /// The answer with what its reader may go on to do with it.
  init(
    _ answer: ComplianceAnswer, _ portal: Portal, _ language: Language, for visitor: Visitor
  ) async throws {
    self.answer = try AnswerViews(answer: answer, map: portal.map, language: language).panel()
    formKey = visitor.formKey
    let isOpen = try await portal.map.mayTakeBundle(of: answer, visitor.principal)
    mayBundle = isOpen && portal.bundles != nil
    let messages = portal.catalogues[language]
    bundleWords =
      mayBundle ? "" : messages.text(isOpen ? "bundle_no_key" : "bundle_not_permitted")
  }
}

/// The portal page as its template reads it: final texts and plain values.
struct PortalView {
  struct Option {
    let code: String
    let label: String
  }

  struct Swatch {
    let swatchTitle: String
    let fill: String
    let fillOpacity: String
    let line: String
    let isDashed: Bool
  }

  /// A stripe of the small sign a layer of many classes has beside its title.
  struct Stripe {
    let x: Int
    let stripeFill: String
  }

  struct LayerRow {
    let dataset: String
    let layerTitle: String
    let kind: String
    let features: Int
    let extent: String
    let minimumZoom: String
    /// Style layers of the pack, as JSON; empty where it has none.
    let style: String
    let isShown: Bool
    let isEmpty: Bool
    let isNamed: Bool
    let countWords: String
    let swatches: [Swatch]
    /// A legend of one line stands beside the title.
    let single: Swatch?
    let hasClasses: Bool
    let stripes: [Stripe]
    let isPoint: Bool
  }

  struct Theme {
    let themeTitle: String
    let rows: [LayerRow]
  }

  struct Base {
    let baseID: String
    let baseTitle: String
  }

  let frame: PageFrame
  let words: String
  /// Pictures of other servers, as JSON.
  let baseLayers: String
  let bases: [Base]
  let hasBases: Bool
  let extent: String
  let validOn: String
  let recorded: Int
  let today: String
  /// The commit that is "now".
  let last: Int
  let purposes: [Option]
  let themes: [Theme]
  let hasLayers: Bool
  let uploadLimitMB: Int
  let panel: PanelView?

  init(
    _ frame: PageFrame, portal: Portal, language: Language, asOf: AsOf, today: AsOf,
    answer: PanelView?, in scope: Scope
  ) async throws {
    self.frame = frame
    let messages = portal.catalogues[language]
    // The whole catalogue would weigh more than the page itself.
    words =
      JSONValue.object(
        messages.texts.filter { portal.assets.names.contains($0.key[...]) }
          .mapValues(JSONValue.string)
      ).canonicalText
    baseLayers = Self.json(portal.baseLayers, language)
    bases = portal.baseLayers.layers.map {
      Base(baseID: $0.id, baseTitle: $0.title[language])
    }
    hasBases = !bases.isEmpty
    validOn = asOf.validOn.description
    recorded = asOf.recorded.value
    self.today = today.validOn.description
    last = today.recorded.value
    purposes = (portal.map.packs.purposes?.rows ?? []).map {
      Option(code: $0.code, label: $0.name[language])
    }
    let catalogue = try await portal.map.catalogue(asOf: asOf, in: scope)
    extent = Self.extent(of: portal.map.region?.extent, catalogue)
    themes = Self.themes(
      catalogue.filter { $0.commit != .none }, of: portal.map.packs,
      legend: LayerLegend(portal.map), messages)
    hasLayers = !themes.isEmpty
    uploadLimitMB = Upload.maximumBytes >> 20
    panel = answer
  }

  static func json(_ bases: BaseLayers, _ language: Language) -> String {
    JSONValue.array(
      bases.layers.map { base in
        .object([
          "id": .string(base.id), "title": .string(base.title[language]),
          "url": .string(base.template), "attribution": .string(base.attribution),
          "maxZoom": .integer(Int64(base.maxZoom)),
        ])
      }
    ).canonicalText
  }

  /// The region's box, or the box around everything recorded.
  static func extent(of region: [Double]?, _ catalogue: [DatasetSummary]) -> String {
    if let region, region.count == 4 { return region.map { "\($0)" }.joined(separator: ",") }
    let boxes = catalogue.compactMap(\.extent)
    guard let first = boxes.first else { return "70,30,130,50" }
    let whole = boxes.dropFirst().reduce(first) { $0.union($1) }
    return "\(whole.minX),\(whole.minY),\(whole.maxX),\(whole.maxY)"
  }

  private static let shownAtFirst = [
    "counties", "land-patches", "permanent-basic-farmland", "ecological-red-line",
    "urban-development-boundary",
  ]

  /// What a check is about comes first; the rest follows the catalogue's tree.
  private static let firstThemes = ["control-lines", "survey", "boundaries", "use-control"]

  /// The datasets anything was ever recorded in, by theme; all others are in the catalogue only.
  private static func themes(
    _ catalogue: [DatasetSummary], of packs: PackLibrary, legend: LayerLegend,
    _ messages: MessageCatalogue
  ) -> [Theme] {
    let byDataset = Dictionary(catalogue.map { ($0.schema.id, $0) }) { first, _ in first }
    var names: [String] = []
    var rows: [String: [LayerRow]] = [:]
    // Within a theme the list reads from the top of the map down.
    for schema in LayerLegend.order(catalogue.map(\.schema)).reversed() {
      guard schema.geometry != .none, let summary = byDataset[schema.id] else { continue }
      if rows[schema.theme] == nil { names.append(schema.theme) }
      rows[schema.theme, default: []].append(row(summary, legend, messages))
    }
    let known = firstThemes + packs.themes.flatMap(\.all).map(\.id)
    names.sort {
      (known.firstIndex(of: $0) ?? known.count) < (known.firstIndex(of: $1) ?? known.count)
    }
    return names.map { name in
      let title = packs.theme(name)?.title[messages.language] ?? name
      return Theme(themeTitle: title, rows: rows[name] ?? [])
    }
  }

  private static func row(
    _ summary: DatasetSummary, _ legend: LayerLegend, _ messages: MessageCatalogue
  ) -> LayerRow {
    let schema = summary.schema
    let swatches = legend.entries(for: schema).map {
      Swatch(
        swatchTitle: $0.title[messages.language], fill: $0.paint.fill ?? "none",
        fillOpacity: DecimalText.fixed($0.paint.fillOpacity, decimals: 2),
        line: $0.paint.line ?? "none", isDashed: $0.paint.isDashed)
    }
    let box = summary.extent
    let style = legend.style(of: schema.id)
    return LayerRow(
      dataset: schema.id.text, layerTitle: schema.title[messages.language],
      kind: schema.geometry.rawValue, features: summary.features,
      extent: box.map { "\($0.minX),\($0.minY),\($0.maxX),\($0.maxY)" } ?? "",
      minimumZoom: DecimalText.fixed(style?.minimumZoom ?? 0, decimals: 1),
      style: style?.text ?? "",
      isShown: shownAtFirst.contains(schema.id.text) && summary.features > 0,
      isEmpty: summary.features == 0,
      isNamed: schema.theme == "boundaries",
      countWords: messages.text("layer_features", count: summary.features),
      swatches: swatches, single: swatches.count == 1 ? swatches.first : nil,
      hasClasses: swatches.count > 1,
      stripes: swatches.prefix(4).enumerated().map {
        Stripe(x: 1 + $0.offset * 14 / 4, stripeFill: $0.element.fill)
      },
      isPoint: schema.geometry == .point)
  }
}
