import Foundation
public import KarezCore
public import KarezIndicators
import KarezPacks
import KarezReading

/// A row of a table of a plan, as text.
struct PlanRow {
  let line: Int
  let cells: [String]

  /// The rows of a CSV file in UTF-8.
  static func read(
    _ source: some ByteSource, limit: Int64
  ) throws(ReadingError) -> [PlanRow] {
    guard source.size <= limit else { throw .fileTooLarge(bytes: source.size, limit: limit) }
    var records = try CSVRecords(source)
    var rows: [PlanRow] = []
    while let fields = try records.next() {
      rows.append(
        PlanRow(
          line: records.line,
          cells: fields.map { String(decoding: $0.bytes, as: UTF8.self) }))
    }
    return rows
  }
}

/// Reads a plan's papers: tables by their columns, whatever the files are called, and its text.
public struct PlanReading {
  /// A plan's text is some hundred kilobytes.
  static let mostBytes: Int64 = 16 << 20

  public private(set) var papers = PlanPapers()
  /// What each file was taken for.
  public private(set) var read: [(file: String, sort: String)] = []

  public init() {}

  /// Reads files, and of a folder every `.csv` and `.txt` in it.
  ///
  /// - Errors: refused for a file that cannot be read, usage where nothing of a plan was found.
  public static func papers(of paths: [String]) throws(Problem) -> PlanReading {
    var reading = PlanReading()
    for path in paths {
      var isFolder = ObjCBool(false)
      let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard isThere else { throw .reading(.fileMissing, of: FileArgument(path).name) }
      guard isFolder.boolValue else {
        try reading.take(path)
        continue
      }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
      for name in names where name.hasSuffix(".csv") || name.hasSuffix(".txt") {
        try reading.take(path + "/" + name)
      }
    }
    guard !reading.read.isEmpty else { throw nothing(in: paths) }
    return reading
  }

  static func nothing(in paths: [String]) -> Problem {
    Wording(
      "plan-nothing", "没有可识别的规划文件", "there is nothing of a plan among them",
      do: "给出项目、指标、目标、地类表（CSV）或规划文本（TXT）", "give tables as CSV, or the text as TXT"
    ).problem(.usage, at: paths.first ?? "")
  }

  private mutating func take(_ path: String) throws(Problem) {
    let file = FileArgument(path).name
    do throws(ReadingError) {
      let bytes = try FileBytes(path: path)
      guard path.hasSuffix(".txt") else {
        return takeTable(try PlanRow.read(bytes, limit: Self.mostBytes), file)
      }
      let text = try bytes.readToEnd(limit: Self.mostBytes)
      if String(validating: text, as: UTF8.self) != nil { return takeText(text, file) }
    } catch {
      throw .reading(error, of: file)
    }
    // With marks in the place of what cannot be read, half of what it says would be compared.
    throw Wording(
      "plan-encoding", "规划文本不是 UTF-8", "the plan's text is not UTF-8",
      do: "另存为 UTF-8 文本后再试", "save it as UTF-8 and try again"
    ).problem(at: file)
  }

  /// Takes the bytes of a plan's text; what is not UTF-8 is read with marks in its place.
  mutating func takeText(_ bytes: [UInt8], _ file: String) {
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    papers.text = PlanText(text, file: file)
    read.append((file, "text"))
  }

  /// Takes a table for what its columns say it is; another table is left.
  mutating func takeTable(_ rows: [PlanRow], _ file: String) {
    guard let head = rows.first?.cells else { return }
    func column(_ names: String...) -> Int? {
      head.firstIndex { cell in
        names.contains { cell == $0 || $0.hasSuffix("_") && cell.hasPrefix($0) }
      }
    }
    func cells(_ row: PlanRow, _ columns: [Int?]) -> [String] {
      columns.map { index in index.flatMap { $0 < row.cells.count ? row.cells[$0] : nil } ?? "" }
    }
    let body = rows.dropFirst()
    func place(_ row: PlanRow) -> PlanPlace { PlanPlace(file: file, line: row.line) }
    if let number = column("no"), let name = column("name"), let content = column("content") {
      let columns = [
        number, column("category"), column("subcategory"), name, column("responsible_unit"),
        content, column("budget_wan_yuan"), column("funding"), column("note"),
      ]
      papers.projects += body.map { PlanProject(cells($0, columns), at: place($0)) }
      read.append((file, "projects"))
    } else if let name = column("indicator"), let unit = column("unit"),
      let target = column("target_")
    {
      let columns = [column("group"), name, unit, column("base_"), target, column("binding")]
      papers.indicators += body.map { PlanIndicatorRow(cells($0, columns), at: place($0)) }
      read.append((file, "indicators"))
    } else if let item = column("item_zh"), let quantity = column("quantity") {
      let columns = [
        column("chapter"), item, quantity, column("unit"), column("date_stated"),
      ]
      papers.targets += body.map { PlanTargetRow(cells($0, columns), at: place($0)) }
      read.append((file, "targets"))
    } else if let name = column("class"), let area = column("area_ha") {
      papers.landUse += body.map { row in
        let own = cells(row, [name, area])
        return PlanLandRow(name: own[0], hectares: own[1], at: place(row))
      }
      read.append((file, "land-use"))
    }
  }
}

extension PlanGate.Report {
  public var json: JSONValue {
    .object([
      "findings": .array(findings.map(\.json)),
      "compared": .object(compared.mapValues { .integer(Int64($0)) }),
    ])
  }
}

extension PlanFinding {
  /// `{"code", "sort", "places": [{"file", "line"}], "subject", "reason", "remedy"}`.
  public var json: JSONValue {
    func text(_ text: LocalizedText) -> JSONValue {
      .object(["zh": .string(text.zh), "en": .string(text.en)])
    }
    return .object([
      "code": .string(code), "sort": .string(sort.rawValue),
      "places": .array(
        places.map {
          .object(["file": .string($0.file), "line": .integer(Int64($0.line))])
        }),
      "subject": text(subject), "reason": text(reason), "remedy": text(remedy),
    ])
  }
}

extension OneMap {
  /// The rules of the gate with the names of a region's divisions.
  static func planGate(
    _ installation: Installation, region adcode: String?
  ) throws(Problem) -> PlanGate {
    let packs = try loadPacks(installation)
    guard var rules = packs.supervision?.gate else {
      throw Wording(
        "plan-rules-none", "规则包中没有规划导入检查口径", "the packs have no rules for plans",
        do: "安装含 plan/gate.yaml 的规则包", "install a pack that has plan/gate.yaml"
      ).problem(.notFound, at: "plan")
    }
    let folder = installation.packs.appending(path: "regions").path
    let regions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // The only region there is need not be named.
    if let adcode = adcode ?? (regions.count == 1 ? regions.first : nil) {
      let region = try loadRegion(adcode, installation)
      rules.divisions = [region.title.zh] + region.counties.map(\.name.zh)
    }
    rules.divisions += rules.agencyNames
    return PlanGate(rules)
  }

  /// Checks a plan's papers against themselves; needs no map.
  public static func checkPlan(
    _ paths: [String], region adcode: String? = nil, _ installation: Installation
  ) throws(Problem) -> (reading: PlanReading, report: PlanGate.Report) {
    let reading = try PlanReading.papers(of: paths)
    let gate = try planGate(installation, region: adcode)
    let report = gate.report(on: reading.papers)
    // That nothing was compared is not that nothing is wrong.
    guard report.compared.values.contains(where: { $0 > 0 }) || !report.findings.isEmpty else {
      throw PlanReading.nothing(in: paths)
    }
    return (reading, report)
  }
}
