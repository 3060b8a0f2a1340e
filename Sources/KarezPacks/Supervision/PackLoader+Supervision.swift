import KarezCore
import KarezIndicators

extension PackLoader {
  /// Reads indicators of all packs into one book, then targets, commitments and projects.
  mutating func readSupervision() {
    var indicators = IndicatorFile(schemas: library.schemas)
    var start: PackOrigin?
    for folder in folders {
      for item in folder.files(in: "indicators", suffix: ".yaml") {
        guard let node = node(of: item) else { continue }
        start = start ?? node.origin
        indicators.read(node)
      }
    }
    faults += indicators.faults
    guard let start, indicators.faults.isEmpty else { return }
    let book: IndicatorBook
    do throws(IndicatorFault) {
      book = try IndicatorBook(
        definitions: indicators.definitions, series: indicators.series)
    } catch {
      faults.append(
        PackFault(indicators.places[error.indicator] ?? start, .indicator(error)))
      return
    }
    var tables = PlanTableFiles(tables: library.codeTables, book: book)
    var gate = PlanGateFile()
    for folder in folders {
      for item in folder.files(in: "plan", suffix: ".csv") { tables.read(item) }
      for item in folder.files(in: "plan", suffix: ".yaml") {
        if let node = node(of: item) { gate.read(node) }
      }
    }
    faults += tables.faults + gate.faults
    library.supervision = PlanSupervision(
      book: book, scale: indicators.scale, targets: tables.targets,
      commitments: tables.commitments, projects: tables.projects, gate: gate.rules,
      places: indicators.places)
  }
}

extension IndicatorFault {
  /// Which indicator it is about.
  fileprivate var indicator: String {
    switch self {
    case .nameTwice(let name): name.replacing("_", with: "-")
    case .loop(let path): path.first ?? ""
    case .expression(_, let id), .unitDiffers(_, _, let id): id
    }
  }
}
