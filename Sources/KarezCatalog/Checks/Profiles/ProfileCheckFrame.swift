import KarezCore
import KarezGeometry
import KarezRules

/// What every check of a profile has in common: which rows it looks at, and how it tells.
struct ProfileCheckFrame {
  let schema: DatasetSchema
  private let check: ProfileCheck
  private let vocabulary: Vocabulary
  private let day: LegalDate
  private let condition: RowQuestion?

  init(_ check: ProfileCheck, _ gate: Gate) {
    self.check = check
    schema = gate.schema
    day = gate.setting.day
    let vocabulary = gate.vocabulary
    self.vocabulary = vocabulary
    condition = check.condition.map {
      RowQuestion($0, vocabulary, on: gate.setting.day, of: gate.schema)
    }
  }

  /// The rule's id.
  var rule: String { check.id }

  /// Whether the check looks at a row: its condition is known to be true.
  func applies(to row: ExaminedRow) -> Bool { condition?.isTrue(of: row) ?? (condition == nil) }

  /// A condition to be asked of rows.
  func question(_ expression: Expression) -> RowQuestion {
    RowQuestion(expression, vocabulary, on: day, of: schema)
  }

  func attribute(_ name: String) -> Attribute? { schema.attributes.first { $0.name == name } }

  /// Where rows have an attribute.
  func place(of name: String) -> AttributePlace { AttributePlace(name, in: schema) }

  /// 属性名称, or the name itself for an attribute the schema does not have.
  func title(of name: String) -> LocalizedText {
    attribute(name)?.title ?? LocalizedText(zh: name, en: name)
  }

  /// A finding about a row; the profile's own remedy counts before the check's.
  func finding(
    _ row: ExaminedRow, at place: Position? = nil, what: LocalizedText, remedy: LocalizedText
  ) -> GateFinding {
    finding(row.row, row.id, at: place ?? row.middle, what: what, remedy: remedy)
  }

  /// A finding about a row that is no longer at hand.
  func finding(
    _ row: Int64, _ feature: String, at place: Position?, what: LocalizedText,
    remedy: LocalizedText
  ) -> GateFinding {
    GateFinding(
      check.id, row: row, feature: feature, place: place, what: what,
      remedy: check.remedy ?? remedy)
  }

  /// A finding about a feature of another dataset.
  func finding(
    about feature: String, at place: Position?, what: LocalizedText, remedy: LocalizedText
  ) -> GateFinding {
    GateFinding(
      check.id, feature: feature, place: place, what: what, remedy: check.remedy ?? remedy)
  }

  /// What is said once where the dataset compared with was never recorded.
  func unchecked(_ dataset: DatasetID) -> GateFinding {
    GateFinding(
      .referenceUnchecked,
      what: LocalizedText(
        zh: "数据集 \(dataset) 没有所需日期的数据，“\(check.title.zh)”未核对",
        en:
          "dataset \(dataset) holds nothing for the day needed; “\(check.title.en)” was not checked"
      ),
      remedy: LocalizedText(zh: "请先汇交该数据集", en: "submit that dataset first"))
  }
}

/// A condition asked of one row after another.
///
/// Not Sendable: it belongs to the task that runs the gate.
final class RowQuestion {
  private let condition: RowCondition
  private let attributes: [(id: FactID, place: AttributePlace, unit: Unit)]
  private let readsArea: Bool
  /// The answer where none of the attributes is stated.
  private let silent: Bool?
  /// Nil where what it rests on takes more values than are worth keeping.
  private let answers: RowAnswers?
  private var short = ShortAnswers()

  init(
    _ expression: Expression, _ vocabulary: Vocabulary, on day: LegalDate, of schema: DatasetSchema
  ) {
    condition = RowCondition(expression, vocabulary, on: day)
    let names = condition.attributes
    let read = schema.attributes.filter { names.contains($0.name) }
    attributes = read.map {
      (FactID($0.name), AttributePlace($0.name, in: schema), RowVocabulary.unit(of: $0))
    }
    readsArea = names.contains(RowVocabulary.statutoryArea)
    silent = condition.isTrue { _ in nil }
    let restsOnCodes = !readsArea && read.allSatisfy { $0.codes != nil }
    answers = restsOnCodes ? RowAnswers() : nil
  }

  /// True, false, or nil where an attribute that is not stated decides.
  func isTrue(of row: ExaminedRow) -> Bool? {
    guard let answers else {
      let isSilent = !readsArea && attributes.allSatisfy { row[$0.place] == nil }
      return isSilent ? silent : asked(of: row)
    }
    guard let key = shortKey(of: row) else { return answered(answers, of: row) }
    if let known = short[key] { return known.answer }
    let answer = answered(answers, of: row)
    short[key] = ShortAnswers.Answer(answer: answer)
    return answer
  }

  /// What the answer rests on, where that is short enough.
  private func shortKey(of row: ExaminedRow) -> SIMD2<UInt64>? {
    guard attributes.count == 1 || attributes.count == 2,
      let first = ShortAnswers.key(of: row[attributes[0].place])
    else { return nil }
    if attributes.count == 1 { return SIMD2(first, 0) }
    return ShortAnswers.key(of: row[attributes[1].place]).map { SIMD2(first, $0) }
  }

  private func answered(_ answers: RowAnswers, of row: ExaminedRow) -> Bool? {
    if attributes.count == 1 {
      let value = row[attributes[0].place] ?? .null
      return answers.answer(toOne: value) { asked(of: row) }
    }
    let values = attributes.map { row[$0.place] ?? .null }
    return answers.answer(to: values) { asked(of: row) }
  }

  private func asked(of row: ExaminedRow) -> Bool? {
    condition.isTrue { [self] id in
      if readsArea, id.text == RowVocabulary.statutoryArea, let area = row.areaM2 {
        return .quantity(Quantity(area, .squareMetre))
      }
      guard let attribute = attributes.first(where: { $0.id == id }) else { return nil }
      return RowVocabulary.value(row[attribute.place], in: attribute.unit)
    }
  }
}

/// Answers given before, by the values they rest on: millions of rows have few combinations of
/// codes.
///
/// Not Sendable: it belongs to the task that runs the gate.
private final class RowAnswers {
  /// A file full of codes that are none could bring any number of them.
  private static let most = 10_000

  private var known: [[AttributeValue]: Bool?] = [:]
  /// Of questions that rest on one attribute, as most do.
  private var knownOfOne: [AttributeValue: Bool?] = [:]

  func answer(toOne value: AttributeValue, _ ask: () -> Bool?) -> Bool? {
    if let answer = knownOfOne[value] { return answer }
    let answer = ask()
    if knownOfOne.count < Self.most { knownOfOne.updateValue(answer, forKey: value) }
    return answer
  }

  func answer(to values: [AttributeValue], _ ask: () -> Bool?) -> Bool? {
    if let answer = known[values] { return answer }
    let answer = ask()
    if known.count < Self.most { known.updateValue(answer, forKey: values) }
    return answer
  }
}
