import KarezCore
import KarezPacks
import KarezWorkflow
import Testing

@Suite struct ProcedureCaseTests {
  @Test func `every case of a procedure goes as it is told`() throws {
    let library = try PackLibraryTests.load()
    try #require(library.procedures.count >= 13)
    let outcomes = library.runProcedureCases()
    try #require(outcomes.count >= 44)
    for outcome in outcomes {
      #expect(outcome.passed, "\(outcome.path): \(outcome.differences.joined(separator: "; "))")
    }
  }

  @Test func `every procedure has a case`() throws {
    let library = try PackLibraryTests.load()
    for procedure in library.procedures {
      #expect(
        library.procedureCases.contains { $0.procedure == procedure.id }, "\(procedure.id)")
    }
  }

  @Test func `every term has an article, and says how sure it is`() throws {
    let library = try PackLibraryTests.load()
    try #require(library.terms.count >= 12)
    for term in library.terms.values { #expect(!term.citations.isEmpty, "\(term.id)") }
    let decision = library.terms["administrative-procedure/licence/decision"]
    #expect(decision?.length == 20 && decision?.extending?.length == 10)
    let joint = library.terms["administrative-procedure/licence/joint-decision"]
    #expect(joint?.length == 45 && joint?.extending?.length == 15)
  }

  @Test func `every procedure that decides says what is promised`() throws {
    let library = try PackLibraryTests.load()
    for procedure in library.procedures {
      #expect(procedure.clocks.contains { $0.promised != nil }, "\(procedure.id)")
    }
  }

  /// What nobody deems from a day of its own would be deemed from when a machine came to it.
  @Test func `whatever is deemed says from which day`() throws {
    let library = try PackLibraryTests.load()
    var examined = 0
    for procedure in library.procedures {
      for step in procedure.transitions {
        guard case .due = step.trigger, !step.starts.isEmpty else { continue }
        examined += 1
        #expect(step.beginning != .day, "\(procedure.id) \(step.id)")
      }
    }
    try #require(examined >= 7)
  }

  @Test func `offices give the roles of cases, and every one but the applicant's`() throws {
    let library = try PackLibraryTests.load()
    let offices = try Offices.load(from: PackLibraryTests.folder)
    let codes = Set(library.codeTables["case-roles"]?.rows.map(\.code) ?? [])
    let given = offices.roles.reduce(into: Set<String>()) { $0.formUnion($1.cases) }
    #expect(given == codes.subtracting(["applicant"]) && given.count > 8)
  }
}
