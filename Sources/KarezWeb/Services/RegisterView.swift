import KarezCore
import KarezReport
import KarezService
import KarezWorkflow

/// The public register as a page.
struct RegisterView {
  struct Row {
    let caseNumber: String
    let procedureTitle: String
    let county: String
    let regionCode: String
    let received: String
    let stageWords: String
    let decided: String?
    let outcomeTitle: String?
  }

  let frame: PageFrame
  let rows: [Row]
  let hasRows: Bool
  let procedures: [CaseChoice]
  let counties: [CaseChoice]
  let hasCounties: Bool
  let countyAsked: String
  let firstAddress: String?
  let nextAddress: String?
  let fileAddress: String

  init(
    _ frame: PageFrame, _ register: CaseRegister, _ filter: CaseRegister.Filter, _ asked: Asked,
    procedures: [WorkflowDefinition], counties: [(code: String, name: String)],
    _ words: ServiceWords
  ) {
    self.frame = frame
    rows = register.rows.map { Self.row($0, words) }
    hasRows = !rows.isEmpty
    self.procedures = procedures.map {
      CaseChoice(
        choiceValue: $0.id, choiceTitle: $0.title[words.language],
        isChosen: $0.id == filter.procedure)
    }
    self.counties = counties.map {
      CaseChoice(
        choiceValue: $0.code, choiceTitle: $0.name, isChosen: $0.code == filter.county)
    }
    hasCounties = !counties.isEmpty
    countyAsked = filter.county ?? ""
    firstAddress = asked.text("after") == nil ? nil : asked.address(without: ["after"])
    nextAddress = register.next.map { asked.address(setting: "after", to: $0) }
    let pairs = [("procedure", filter.procedure), ("county", filter.county)]
      .compactMap { name, value in value.map { name + "=" + Asked.escaped($0) } }
    fileAddress =
      RegisterRoutes.filePath + "?"
      + (pairs + ["lang=" + words.language.rawValue]).joined(separator: "&")
  }

  private static func row(_ row: CaseRegister.Row, _ words: ServiceWords) -> Row {
    Row(
      caseNumber: row.number, procedureTitle: row.title[words.language],
      county: words.county(row.region), regionCode: row.region,
      received: row.receivedOn.description,
      stageWords: words.language.listed(row.stages.map { $0[words.language] }),
      decided: row.decidedOn?.description, outcomeTitle: row.outcome?[words.language])
  }

  /// The register as a table for spreadsheets.
  static func file(_ register: CaseRegister, _ words: ServiceWords) -> [UInt8] {
    let heads = [
      "case_number", "case_procedure", "register_region_code", "case_region", "register_received",
      "case_stage", "register_decided", "register_outcome",
    ]
    let lines =
      [heads.map { words.text($0) }]
      + register.rows.map { row in
        let shown = Self.row(row, words)
        return [
          shown.caseNumber, shown.procedureTitle, shown.regionCode, shown.county, shown.received,
          shown.stageWords, shown.decided ?? "", shown.outcomeTitle ?? "",
        ]
      }
    // Without the mark, spreadsheets on a Chinese system read UTF-8 as GBK.
    return [0xEF, 0xBB, 0xBF] + Array(lines.map(line).joined().utf8)
  }

  /// A line of CSV; no cell begins as a formula.
  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let isFormula = cell.first.map { "=+-@\t\r".contains($0) } ?? false
      return "\"" + (isFormula ? "'" : "") + cell.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
  }
}
