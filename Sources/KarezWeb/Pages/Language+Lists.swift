import KarezCore
import KarezService

extension Language {
  /// Words one after another, with the mark each script puts between them.
  func listed(_ words: [String]) -> String {
    switch self {
    case .zh: words.joined(separator: "、")
    case .ug: words.joined(separator: "، ")
    case .en: words.joined(separator: ", ")
    }
  }

  /// A text that was kept in several languages; empty where there is none.
  func text(of kept: JSONValue?) -> String {
    kept.flatMap { LocalizedText(kept: $0) }?[self] ?? ""
  }
}
