/// A language the product speaks.
public enum Language: String, CaseIterable, Hashable, Sendable {
  case zh
  case ug
  case en

  public var isRightToLeft: Bool { self == .ug }
}

/// One text in the languages it exists in; Chinese and English always.
public struct LocalizedText: Hashable, Sendable {
  public let zh: String
  public let en: String
  public let ug: String?

  public init(zh: String, en: String, ug: String? = nil) {
    self.zh = zh
    self.en = en
    self.ug = ug
  }

  /// The text in the language asked for; where Uyghur is missing, Chinese stands in.
  public subscript(language: Language) -> String {
    switch language {
    case .zh: zh
    case .en: en
    case .ug: ug ?? zh
    }
  }
}
