public import KarezCore
public import KarezRules

/// 取值: where a value that an effect or a letter needs comes from.
///
/// - Shape: as text `case-number`, `fact:conforms`, `due:validity`, `land:agricultural`, `land:01`; or
///   a text that is given.
public enum CaseValue: Hashable, Sendable {
  /// What every case knows of itself.
  public enum Known: String, CaseIterable, Hashable, Sendable {
    case caseNumber = "case-number"
    case project
    case applicant
    /// The first six digits of the region.
    case county
    case region
    /// The name of the county.
    case countyName = "county-name"
    /// The name of the procedure.
    case procedure
    /// The day the step was made on.
    case day
    case year
    /// 面积 of the boundary, in square metres.
    case area
    case hectares
    /// How many parcels the boundary has.
    case parcels
    /// The number of the certificate that is being made.
    case certificate
    /// The articles the procedure rests on.
    case articles
    /// What the last compliance check came to.
    case verdict
    /// The id of its answer.
    case answer
  }

  case given(String)
  case known(Known)
  case fact(FactID)
  /// The last day of a clock: of one that runs, or as if it began on the day.
  case due(clock: String)
  /// 分地类面积 the case's check measured in its boundary, in square metres: of a group of classes, or
  /// of the classes whose codes begin so.
  case land(String)

  /// The value a name of this form stands for.
  public init?(named name: String) {
    if let known = Known(rawValue: name) {
      self = .known(known)
    } else if name.hasPrefix("fact:"), name.utf8.count > 5 {
      self = .fact(FactID(String(name.dropFirst(5))))
    } else if name.hasPrefix("due:"), name.utf8.count > 4 {
      self = .due(clock: String(name.dropFirst(4)))
    } else if name.hasPrefix("land:"), name.utf8.count > 5 {
      self = .land(String(name.dropFirst(5)))
    } else {
      return nil
    }
  }
}

/// 文书文字: words with places for values: `{case-number}`, `{due:validity}`.
public struct CaseText: Hashable, Sendable {
  public enum Piece: Hashable, Sendable {
    case words(String)
    case value(CaseValue)
  }

  public let pieces: [Piece]

  /// - Errors: the place that stands for no value.
  public init(_ text: String) throws(Fault) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.words(String(rest[..<open]))) }
      let after = rest.index(after: open)
      guard let close = rest[after...].firstIndex(of: "}"),
        let value = CaseValue(named: String(rest[after..<close]))
      else { throw Fault(place: String(rest[open...].prefix(40))) }
      pieces.append(.value(value))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.words(String(rest))) }
    self.pieces = pieces
  }

  public struct Fault: Error, Hashable, Sendable {
    public let place: String
  }

  public var values: [CaseValue] {
    pieces.compactMap { piece in
      if case .value(let value) = piece { value } else { nil }
    }
  }
}

/// 多语文字: the same words in each language.
public struct CaseTexts: Hashable, Sendable {
  public let zh: CaseText
  public let en: CaseText
  public let ug: CaseText

  public init(_ text: LocalizedText) throws(CaseText.Fault) {
    zh = try CaseText(text.zh)
    en = try CaseText(text.en)
    ug = try CaseText(text[.ug])
  }

  public subscript(language: Language) -> CaseText {
    switch language {
    case .zh: zh
    case .en: en
    case .ug: ug
    }
  }

  public var values: [CaseValue] { zh.values + en.values + ug.values }
}
