import KarezCore
import KarezPacks
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// What public pages of procedures and cases say in one language; it knows nobody's name.
struct ServiceWords {
  let messages: MessageCatalogue
  private let counties: [String: String]
  private let roleNames: [String: String]

  var language: Language { messages.language }

  init(_ portal: Portal, _ language: Language) {
    messages = portal.catalogues[language]
    counties = Dictionary(
      (portal.map.region?.counties ?? []).map { ($0.code, $0.name[language]) }
    ) { first, _ in first }
    let rows = portal.map.packs.codeTables["case-roles"]?.rows ?? []
    roleNames = Dictionary(rows.map { ($0.code, $0.name[language]) }) { first, _ in first }
  }

  func text(_ key: String, _ values: [String: String] = [:]) -> String {
    messages.text(key, values)
  }

  func county(_ region: String) -> String { counties[String(region.prefix(6))] ?? "" }

  func roles(_ codes: [String]) -> String { language.listed(codes.map { roleNames[$0] ?? $0 }) }

  func amount(_ count: Int, _ unit: Term.Unit) -> String {
    messages.text("case_unit_" + unit.rawValue.replacing("-", with: "_"), count: count)
  }

  /// Sentences one after another.
  func sentences(_ texts: [String]) -> String {
    texts.joined(separator: language == .zh ? "。" : language == .ug ? "؛ " : "; ")
  }

  /// An article as people write it.
  func clause(_ citation: Citation) -> String {
    let (title, article) = (citation.title[language], citation.articleName[language])
    return switch language {
    case .zh: "《\(title)》\(article)"
    case .ug: "«\(title)» \(article)"
    case .en: "\(title), \(article)"
    }
  }

  func clause(_ citations: [Citation]) -> String {
    citations.map { clause($0) }.joined(
      separator: language == .en ? "; " : language == .zh ? "、" : "، ")
  }
}
