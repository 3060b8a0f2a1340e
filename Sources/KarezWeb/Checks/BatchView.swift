import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// The page of one batch: how far it is, then its parcels.
struct BatchView {
  /// What a parcel that could not be checked is filtered by.
  static let refused = "refused"

  /// What the page is made from.
  struct Shown {
    let batch: CheckBatch
    let verdict: String?
    let from: Int
  }

  /// A verdict with how much of the batch it is of; choosing it narrows the table.
  struct Total {
    let chip: VerdictChip
    let totalCount: String
    let totalM2: String
    let totalMu: String
    let filterAddress: String
    let isChosen: Bool
  }

  struct Row {
    let rowNumber: String
    let parcel: String
    let parcelName: String
    let file: String
    let chip: VerdictChip
    let squareMetres: String
    let mu: String
    let prohibits: String
    let requires: String
    let undecided: String
    let lead: String?
    let answerID: String?
    let answerAddress: String?
  }

  let frame: PageFrame
  let batchName: String
  let batchTitle: String
  let stateWords: String
  let progress: ProgressView?
  let problem: String?
  let cancelID: String?
  let isDone: Bool
  let totals: [Total]
  let allAddress: String
  let allCount: String
  let allM2: String
  let allMu: String
  let isFiltered: Bool
  let rows: [Row]
  let hasRows: Bool
  let shownWords: String
  let previousAddress: String?
  let nextAddress: String?
  let shapesAddress: String
  let sheetAddress: String
  let csvAddress: String
  let packageAddress: String

  init(_ frame: PageFrame, _ shown: Shown, _ map: OneMap, _ messages: MessageCatalogue) {
    let batch = shown.batch
    self.frame = frame
    let address = "/checks/batch/" + batch.name
    batchName = batch.name
    batchTitle = Self.title(of: batch)[messages.language]
    stateWords = Self.state(of: batch, map, messages)
    let job = batch.job
    let isOver = job?.state.isOver ?? true
    isDone = batch.rows != nil
    progress =
      isOver || isDone
      ? nil : job.map { ProgressView(of: $0, at: address + "/progress", messages) }
    problem =
      isOver && !isDone
      ? job.map { job in
        let row = JobRow(job, messages, sender: nil, mayCancel: false)
        return row.problem ?? row.stateWords
      } ?? messages.text("batch_lost") : nil
    cancelID = isOver ? nil : job?.id
    let all = batch.rows ?? []
    totals = Self.totals(all, address, chosen: shown.verdict, messages)
    (allM2, allMu) = Self.areas(all)
    allCount = FigureText.count(all.count)
    allAddress = address
    isFiltered = shown.verdict != nil
    let fitting = all.filter { row in shown.verdict.map { Self.kind(row) == $0 } ?? true }
    let first = min(max(shown.from, 1), max(fitting.count, 1)) - 1
    rows = fitting.dropFirst(first).prefix(BatchRoutes.rowsOnPage)
      .map { Self.row($0, messages) }
    hasRows = !rows.isEmpty
    shownWords = messages.text(
      "batch_shown",
      [
        "from": FigureText.count(rows.isEmpty ? 0 : first + 1),
        "to": FigureText.count(first + rows.count), "count": FigureText.count(fitting.count),
      ])
    let filter = shown.verdict.map { "verdict=\($0)&" } ?? ""
    func beginning(_ from: Int) -> String { "\(address)?\(filter)from=\(from)" }
    let step = BatchRoutes.rowsOnPage
    previousAddress = first > 0 ? beginning(max(1, first + 1 - step)) : nil
    nextAddress = first + rows.count < fitting.count ? beginning(first + 1 + step) : nil
    shapesAddress = address + "/shapes"
    sheetAddress = address + "/file?format=xlsx"
    csvAddress = address + "/file?format=csv"
    packageAddress = address + "/file?format=gpkg"
  }

  static func title(of batch: CheckBatch) -> LocalizedText {
    guard batch.order.title.isEmpty else {
      return LocalizedText(zh: batch.order.title, en: batch.order.title)
    }
    let file = batch.files.first { !$0.isEmpty }
    return LocalizedText(
      zh: file ?? "成批审查", en: file ?? "A batch of checks", ug: file ?? "تۈركۈملەپ تەكشۈرۈش")
  }

  private static func state(
    of batch: CheckBatch, _ map: OneMap, _ messages: MessageCatalogue
  ) -> String {
    let code = batch.order.purpose
    let purpose = code.map { code in
      map.packs.purposes?.row(code, on: batch.order.validOn)?.name[messages.language] ?? code
    }
    return messages.text(
      "batch_state", count: batch.parcels,
      [
        "files": FigureText.count(batch.files.count), "date": batch.order.validOn.description,
        "commit": batch.order.recorded?.description ?? "",
        "purpose": purpose ?? messages.text("purpose_none"),
      ])
  }

  private static func kind(_ row: BatchRow) -> String { row.verdict?.rawValue ?? refused }

  private static func areas(_ rows: [BatchRow]) -> (String, String) {
    let sum = rows.compactMap(\.area).reduce(Area.zero) { $0 + $1 }
    return (
      FigureText.grouped(sum.text), FigureText.grouped(DecimalText.fixed(sum.mu, decimals: 2))
    )
  }

  private static func totals(
    _ rows: [BatchRow], _ address: String, chosen: String?, _ messages: MessageCatalogue
  ) -> [Total] {
    let verdicts: [Verdict?] = [.prohibited, .needsDetermination, .conforms, nil]
    return verdicts.compactMap { verdict in
      let own = rows.filter { $0.verdict == verdict }
      guard !own.isEmpty else { return nil }
      let code = verdict?.rawValue ?? refused
      let (squareMetres, mu) = areas(own)
      return Total(
        chip: VerdictChip(verdict, messages), totalCount: FigureText.count(own.count),
        totalM2: squareMetres, totalMu: mu, filterAddress: "\(address)?verdict=\(code)",
        isChosen: chosen == code)
    }
  }

  private static func row(_ row: BatchRow, _ messages: MessageCatalogue) -> Row {
    Row(
      rowNumber: String(row.number), parcel: row.parcel, parcelName: row.name, file: row.file,
      chip: VerdictChip(row.verdict, messages),
      squareMetres: row.area.map { FigureText.grouped($0.text) } ?? "–",
      mu: row.area.map { FigureText.grouped(DecimalText.fixed($0.mu, decimals: 2)) } ?? "–",
      prohibits: FigureText.count(row.prohibits), requires: FigureText.count(row.requires),
      undecided: FigureText.count(row.undecided), lead: row.lead?[messages.language],
      answerID: row.answer, answerAddress: row.answer.map { "/?answer=" + $0 })
  }
}
