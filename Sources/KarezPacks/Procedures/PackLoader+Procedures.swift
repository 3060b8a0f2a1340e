import KarezCore
import KarezWorkflow

extension PackLoader {
  /// Reads the yearly notices of every pack into one calendar.
  mutating func readCalendar() {
    var years: [WorkCalendar.Year] = []
    var place: PackOrigin?
    for folder in folders {
      for file in folder.files(in: "years", suffix: ".yaml") {
        guard let node = node(of: file) else { continue }
        let (year, found) = CalendarFile.year(from: node)
        faults += found
        guard let year else { continue }
        if years.contains(where: { $0.year == year.year }) {
          faults.append(PackFault(node.origin, .idTwice(String(year.year))))
        }
        years.append(year)
        place = place ?? node.origin
      }
    }
    guard let place, faults.isEmpty else { return }
    do throws(CalendarError) {
      library.calendar = try WorkCalendar(years: years)
    } catch {
      faults.append(PackFault(place, .calendar(error)))
    }
  }

  /// Reads terms, then the procedures whose clocks they are, then their cases.
  mutating func readProcedures(_ citations: CitationReader) {
    for folder in folders {
      var file = TermFile(pack: folder.name, citations: citations)
      for item in folder.files(in: "terms", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
      faults += file.faults
      for term in file.terms { library.terms[term.id] = term }
    }
    guard faults.isEmpty else { return }
    let codes = library.codeTables["case-roles"]?.rows.map(\.code) ?? []
    guard let effects = readCaseTexts() else { return }
    for folder in folders {
      var file = WorkflowFile(
        pack: folder.name, terms: library.terms, roles: Set(codes), citations: citations,
        effects: effects)
      for item in folder.files(in: "workflows", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
      faults += file.faults
      library.procedures += file.definitions
    }
    library.procedures.sort {
      ($0.id, $1.validity.from) < ($1.id, $0.validity.from)
    }
    var cases = ProcedureCaseFile(procedures: library.procedures)
    for folder in folders {
      for item in folder.files(in: "workflows/cases", suffix: ".yaml") {
        if let node = node(of: item) { cases.read(node) }
      }
    }
    faults += cases.faults
    library.procedureCases = cases.cases
    readForms()
  }

  /// Reads what applicants are asked, once the procedures are known.
  private mutating func readForms() {
    for folder in folders {
      var file = FormFile(
        pack: folder.name, procedures: library.procedures, tables: library.codeTables)
      for item in folder.files(in: "forms", suffix: ".yaml") {
        if let node = node(of: item) { file.read(node) }
      }
      faults += file.faults
      library.forms += file.forms
    }
    library.forms.sort { $0.procedure < $1.procedure }
  }

  /// What describes effects: datasets, notices and letters; nil after a fault.
  private mutating func readCaseTexts() -> EffectFormReader? {
    var notices: [String: NoticeForm] = [:]
    var letters: [String: LetterTemplate] = [:]
    for folder in folders {
      var file = CaseTextFile(pack: folder.name)
      for item in folder.files(in: "notices", suffix: ".yaml") {
        if let node = node(of: item) { file.readNotices(node) }
      }
      for item in folder.files(in: "letters", suffix: ".yaml") {
        if let node = node(of: item) { file.readLetters(node) }
      }
      faults += file.faults
      notices.merge(file.notices) { first, _ in first }
      letters.merge(file.letters) { first, _ in first }
    }
    guard faults.isEmpty else { return nil }
    return EffectFormReader(schemas: library.schemas, notices: notices, letters: letters)
  }
}
