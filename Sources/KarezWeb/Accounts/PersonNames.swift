import KarezCore
import KarezReport
import KarezService

/// What people are called on pages, by the ids that records and commits have of them.
struct PersonNames {
  private let names: [String: String]
  /// Of applicants, who are not among the accounts of offices.
  private let applicants: [String: String]
  private let operatorName: String
  private let withheldName: String

  /// `others` are ids that may be those of applicants.
  init(
    _ portal: Portal, _ messages: MessageCatalogue, and others: Set<String> = []
  ) async throws {
    let accounts = try await portal.gate.accounts.all()
    names = Dictionary(accounts.map { ($0.id, $0.name) }) { first, _ in first }
    operatorName = messages.text("visitor_operator")
    withheldName = messages.text("person_withheld")
    var applicants: [String: String] = [:]
    for id in others where names[id] == nil {
      let name = try await portal.map.applicants.name(of: id)
      if name != id { applicants[id] = name }
    }
    self.applicants = applicants
  }

  func isApplicant(_ id: String) -> Bool { applicants[id] != nil }

  subscript(id: String) -> String {
    guard !id.isEmpty else { return withheldName }
    return id == Actor.operator.id ? operatorName : names[id] ?? applicants[id] ?? id
  }
}
