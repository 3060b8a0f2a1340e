import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezStore

/// The page on which an official map is composed.
struct PlateView {
  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  struct LayerChoice {
    let layerID: String
    let layerTitle: String
    let layerSecrecy: String
    let isChosen: Bool
  }

  struct Field {
    let fieldName: String
    let fieldValue: String
  }

  /// The map as it would be printed now.
  struct Shown {
    let previewAddress: String
    let sheetAddress: String
    let scaleWords: String
    let groundWords: String
    let paperWords: String
    let markingWords: String
    let tone: String
    let northAddress: String
    let southAddress: String
    let eastAddress: String
    let westAddress: String
    /// The frame as shares of the sheet, and the degrees it covers, for a click on the picture.
    let frameShares: String
    let middle: String
    let span: String
    let isRegion: Bool
    let regionAddress: String
  }

  let frame: PageFrame
  let titleWords: String
  let unitWords: String
  let sourceWords: String
  let approvalWords: String
  let layers: [LayerChoice]
  let hasLayers: Bool
  let regions: [Choice]
  let hasRegions: Bool
  let scales: [Choice]
  let papers: [Choice]
  let layouts: [Choice]
  let grids: [Choice]
  let kept: [Field]
  let shown: Shown?
  let problem: String?
  let problemRemedy: String?

  private static let shownAtFirst = ["counties", "land-patches"]

  init(
    _ frame: PageFrame, _ form: PlateForm, _ making: PlateMaking?, problem: Problem?,
    _ catalogue: [DatasetSummary], _ words: CatalogueWords, counties: [Region.County]
  ) {
    self.frame = frame
    let (order, messages) = (form.order, words.messages)
    titleWords = order.title
    unitWords = order.unit
    sourceWords = order.source
    approvalWords = order.approval
    let chosen = Set(order.layers.isEmpty ? Self.shownAtFirst : order.layers)
    layers = LayerLegend.order(catalogue.map(\.schema)).reversed().map {
      LayerChoice(
        layerID: $0.id.text, layerTitle: $0.title[words.language],
        layerSecrecy: words.classification($0.classification), isChosen: chosen.contains($0.id.text)
      )
    }
    hasLayers = !layers.isEmpty
    regions = counties.map {
      Choice(
        code: $0.code, label: "\($0.code) \($0.name[words.language])",
        isChosen: $0.code == order.region)
    }
    hasRegions = !regions.isEmpty
    scales = PlateOrder.scales.map {
      Choice(
        code: String($0), label: "1:" + FigureText.count($0), isChosen: $0 == order.scale)
    }
    papers = PlatePaper.allCases.map {
      Choice(
        code: $0.rawValue, label: $0.rawValue.uppercased(), isChosen: $0 == order.paper)
    }
    layouts = [("landscape", true), ("portrait", false)].map {
      Choice(
        code: $0.0, label: messages.text("plate_" + $0.0), isChosen: $0.1 == order.isLandscape)
    }
    grids = PlateOrder.Grid.allCases.map {
      Choice(
        code: $0.rawValue, label: messages.text("plate_grid_" + $0.rawValue),
        isChosen: $0 == order.grid)
    }
    kept = form.fields.filter { ["validOn", "recorded", "centre", "lang"].contains($0.name) }.map {
      Field(fieldName: $0.name, fieldValue: $0.value)
    }
    shown = making.map { Self.shown($0, form, words) }
    self.problem = problem?.what[words.language]
    problemRemedy = problem?.remedy[words.language]
  }

  private static func shown(
    _ making: PlateMaking, _ form: PlateForm, _ words: CatalogueWords
  ) -> Shown {
    let messages = words.messages
    let ground = making.groundMetres
    let sheet = making.millimetres
    let span = making.spanDegrees
    func place(_ x: Double, _ y: Double) -> String {
      DecimalText.fixed(x, decimals: 6) + "," + DecimalText.fixed(y, decimals: 6)
    }
    func moved(_ east: Double, _ north: Double) -> String {
      form.address(
        "/print",
        [
          "centre": place(
            making.centre.x + east * span.east / 2, making.centre.y + north * span.north / 2),
          "scale": String(making.scale),
        ])
    }
    func kilometres(_ metres: Double) -> String {
      FigureText.grouped(DecimalText.fixed(metres / 1_000, decimals: metres < 10_000 ? 3 : 1))
    }
    let box = sheet.frame
    let shares = [
      box.x / sheet.width, box.y / sheet.height, box.width / sheet.width,
      box.height / sheet.height,
    ]
    return Shown(
      previewAddress: form.address("/print/preview.png"),
      sheetAddress: form.address("/print/sheet.pdf"),
      scaleWords: "1:" + FigureText.count(making.scale),
      groundWords: messages.text(
        "plate_ground", ["east": kilometres(ground.east), "north": kilometres(ground.north)]),
      paperWords: form.order.paper.rawValue.uppercased()
        + " \(Int(sheet.width)) × \(Int(sheet.height)) mm",
      markingWords: words.classification(making.marking),
      tone: making.marking > .internal ? "stop" : making.marking == .public ? "order" : "inform",
      northAddress: moved(0, 1), southAddress: moved(0, -1), eastAddress: moved(1, 0),
      westAddress: moved(-1, 0),
      frameShares: shares.map { DecimalText.fixed($0, decimals: 5) }.joined(separator: ","),
      middle: place(making.centre.x, making.centre.y), span: place(span.east, span.north),
      isRegion: form.order.centre != nil,
      regionAddress: form.address("/print", ["centre": nil, "scale": nil]))
  }
}
