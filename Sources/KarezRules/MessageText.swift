public import KarezCore

/// Messages with facts in braces: `占用耕地 {cultivated_land}`.
public enum MessageText {
  /// The facts named in braces, in order of the Chinese text, then of the others.
  public static func placeholders(in message: LocalizedText) -> [FactID] {
    var found: [FactID] = []
    for text in [message.zh, message.en, message.ug ?? ""] {
      for name in pieces(of: text) where name.isPlaceholder {
        let id = FactID(name.text)
        if !found.contains(id) { found.append(id) }
      }
    }
    return found
  }

  /// The message with each placeholder replaced by what `value` says in the language.
  public static func filled(
    _ message: LocalizedText, with value: (FactID, Language) -> String
  ) -> LocalizedText {
    func filled(_ text: String, _ language: Language) -> String {
      pieces(of: text).map { $0.isPlaceholder ? value(FactID($0.text), language) : $0.text }
        .joined()
    }
    return LocalizedText(
      zh: filled(message.zh, .zh), en: filled(message.en, .en),
      ug: message.ug.map { filled($0, .ug) })
  }

  private static func pieces(of text: String) -> [(text: String, isPlaceholder: Bool)] {
    var pieces: [(String, Bool)] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{"),
      let close = rest[open...].firstIndex(of: "}")
    {
      pieces.append((String(rest[..<open]), false))
      pieces.append((String(rest[rest.index(after: open)..<close]), true))
      rest = rest[rest.index(after: close)...]
    }
    pieces.append((String(rest), false))
    return pieces
  }
}
