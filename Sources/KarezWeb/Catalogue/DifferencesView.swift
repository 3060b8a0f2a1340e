import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The page of differences: the form, the counts, the area ledger, the features.
struct DifferencesView {
  /// More features than these are in the JSON only.
  static let mostShown = KeptDifference.mostDrawn

  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  struct KindCount {
    let kindWords: String
    let kindCount: String
  }

  struct LedgerRow {
    let region: String
    let regionName: String?
    let className: String
    let fromM2: String
    let gainM2: String
    let lossM2: String
    let toM2: String
    let isSum: Bool
    /// Nothing came and nothing went.
    let isStill: Bool
  }

  struct PatchRow {
    let patchID: String
    let patchAddress: String
    let patchKind: String
    let kindWords: String
    let place: String
    let became: String?
    let classWords: String
    let patchArea: String?
  }

  let frame: PageFrame
  let datasets: [Choice]
  let from: String
  let to: String
  let recordedFrom: String
  let recordedTo: String
  let isByCommit: Bool
  let isAsked: Bool
  let isNothing: Bool
  let stateWords: String
  let kinds: [KindCount]
  let ledger: [LedgerRow]
  let hasLedger: Bool
  let closureWords: String
  let patches: [PatchRow]
  let hasPatches: Bool
  let cutWords: String?
  let hasMap: Bool
  let shapesAddress: String
  let jsonAddress: String
  let progress: ProgressView?
  let problem: String?
  let againAddress: String?

  init(
    _ frame: PageFrame, _ form: DifferenceForm, _ outcome: DifferenceOutcome,
    _ catalogue: [DatasetSummary], _ words: CatalogueWords, counties: [Region.County]
  ) {
    self.frame = frame
    let report = outcome.kept
    datasets = catalogue.map {
      Choice(
        code: $0.schema.id.text, label: $0.schema.title[words.language],
        isChosen: $0.schema.id.text == form.dataset)
    }
    from = form.from?.description ?? ""
    to = form.to?.description ?? ""
    recordedFrom = form.recorded?.description ?? ""
    recordedTo = form.recordedTo?.description ?? ""
    isByCommit = form.recorded != nil || form.recordedTo != nil
    isAsked = report != nil
    let messages = words.messages
    let isOver = outcome.job?.state.isOver ?? false
    progress =
      isOver
      ? nil
      : outcome.job.map {
        ProgressView(of: $0, at: form.address("/differences/progress"), messages)
      }
    problem =
      isOver
      ? outcome.job.map { job in
        let row = JobRow(job, messages, sender: nil, mayCancel: false)
        return row.problem ?? row.stateWords
      } : nil
    againAddress = isOver ? form.address("/differences", [("again", "true")]) : nil
    let changes = report?.changes ?? []
    let total = report?.total ?? 0
    isNothing = total == 0
    stateWords = report.map { Self.states($0, words) } ?? ""
    kinds = (report?.counts ?? []).filter { $0.count > 0 }.map {
      KindCount(kindWords: Self.kind($0.kind, words), kindCount: FigureText.count($0.count))
    }
    let naming = LedgerNames(report, words, counties)
    ledger = report.map { Self.ledger($0, naming, messages) } ?? []
    hasLedger = !ledger.isEmpty
    closureWords = report.map { Self.closure($0.ledger.total, messages) } ?? ""
    let address = CatalogueAddress()
    patches = changes.prefix(Self.mostShown).map { Self.row($0, report, naming, words, address) }
    hasPatches = !patches.isEmpty
    cutWords =
      total > Self.mostShown
      ? messages.text(
        "differences_cut",
        ["shown": String(Self.mostShown), "count": FigureText.count(total)]) : nil
    hasMap = hasPatches && report?.schema.geometry == .polygon
    let api = "/api/v1/datasets/\(form.dataset ?? "")/diff"
    jsonAddress = form.address(api, [("limit", "10000")])
    shapesAddress = form.address("/differences/shapes")
  }

  private static func states(_ report: KeptDifference, _ words: CatalogueWords) -> String {
    words.messages.text(
      "differences_states",
      [
        "dataset": report.schema.title[words.language],
        "from": report.from.validOn.description, "fromCommit": report.from.recorded.description,
        "to": report.to.validOn.description, "toCommit": report.to.recorded.description,
      ])
  }

  private static func kind(_ kind: PatchChange.Kind, _ words: CatalogueWords) -> String {
    words.messages.texts["change_" + kind.rawValue] ?? kind.title[words.language]
  }

  /// The lines of each region, its sum, and the sum of all.
  private static func ledger(
    _ report: KeptDifference, _ names: LedgerNames, _ messages: MessageCatalogue
  ) -> [LedgerRow] {
    guard !report.ledger.lines.isEmpty else { return [] }
    let sum = messages.text("total")
    var rows: [LedgerRow] = []
    for region in report.ledger.regions {
      rows += report.ledger.lines.filter { $0.region == region.region }.map {
        row($0, names, className: names.className($0.className))
      }
      rows.append(row(region, names, className: sum, isSum: true))
    }
    if report.ledger.regions.count > 1 {
      let total = report.ledger.total
      rows += report.ledger.classes.map {
        row($0, names, className: names.className($0.className), region: sum)
      }
      rows.append(row(total, names, className: sum, region: sum, isSum: true))
    }
    return rows
  }

  private static func row(
    _ line: AreaLedger.Line, _ names: LedgerNames, className: String, region: String? = nil,
    isSum: Bool = false
  ) -> LedgerRow {
    LedgerRow(
      region: region ?? line.region, regionName: region == nil ? names.region(line.region) : nil,
      className: className, fromM2: FigureText.grouped(line.fromM2),
      gainM2: FigureText.grouped(line.gainM2), lossM2: FigureText.grouped(line.lossM2),
      toM2: FigureText.grouped(line.toM2), isSum: isSum, isStill: line.isStill && !isSum)
  }

  private static func closure(
    _ total: AreaLedger.Line, _ messages: MessageCatalogue
  ) -> String {
    messages.text(
      "ledger_closure",
      [
        "from": FigureText.grouped(total.fromM2), "gain": FigureText.grouped(total.gainM2),
        "loss": FigureText.grouped(total.lossM2), "to": FigureText.grouped(total.toM2),
        "closure": total.closureM2,
      ])
  }

  private static func row(
    _ change: PatchChange, _ report: KeptDifference?, _ names: LedgerNames, _ words: CatalogueWords,
    _ address: CatalogueAddress
  ) -> PatchRow {
    let place = change.new?.place ?? change.old?.place
    let classes = [change.old?.place?.className, change.new?.place?.className]
      .compactMap { $0 }.map(names.className)
    let isSame = Set(classes).count < 2
    let became = change.into.isEmpty ? change.from : change.into
    return PatchRow(
      patchID: change.id,
      patchAddress: address.feature(
        change.id, in: report?.schema.id.text ?? "", tab: "history"),
      patchKind: change.kind.rawValue, kindWords: kind(change.kind, words),
      place: place.map { names.region($0.region) ?? $0.region } ?? "",
      became: became.isEmpty
        ? nil : (change.into.isEmpty ? "← " : "→ ") + became.joined(separator: ", "),
      classWords: isSame ? classes.first ?? "" : classes.joined(separator: " → "),
      patchArea: change.areaM2.map { FigureText.grouped(DecimalText.fixed($0, decimals: 2)) })
  }
}

/// What regions and classes of a ledger are called.
struct LedgerNames {
  private let table: CodeTable?
  private let counties: [String: String]
  private let language: Language

  init(_ report: KeptDifference?, _ words: CatalogueWords, _ counties: [Region.County]) {
    language = words.language
    let attribute = report?.schema.attributes.first { $0.name == report?.attribute }
    table = attribute?.codes.flatMap { words.packs.codeTables[$0] }
    self.counties = Dictionary(
      counties.map { ($0.code, $0.name[words.language]) }
    ) { first, _ in first }
  }

  /// Nil for a region that is no county of the region's pack.
  func region(_ code: String) -> String? { counties[code] }

  func className(_ code: String) -> String {
    table?.title(of: code).map { "\(code) \($0[language])" } ?? code
  }
}
