import KarezCore
import KarezReport
import KarezService

/// What people are called on pages, by the ids that records and commits have of them.
struct PersonNames {
  private let names: [String: String]
  private let operatorName: String

  init(_ portal: Portal, _ messages: MessageCatalogue) async throws {
    let accounts = try await portal.gate.accounts.all()
    names = Dictionary(accounts.map { ($0.id, $0.name) }) { first, _ in first }
    operatorName = messages.text("visitor_operator")
  }

  subscript(id: String) -> String {
    id == Actor.operator.id ? operatorName : names[id] ?? id
  }
}
