import KarezPacks
import KarezWorkflow
import Testing

@Suite struct ProcedureCaseTests {
  @Test func `every case of a procedure goes as it is told`() throws {
    let library = try PackLibraryTests.load()
    try #require(library.procedures.count >= 7)
    let outcomes = library.runProcedureCases()
    try #require(outcomes.count >= 20)
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
}
