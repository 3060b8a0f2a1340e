public import KarezCore
public import KarezRules

/// 填报内容: what was typed into a form, field by field, held against it.
///
/// - Shape: texts as they were typed, by ids of fields; an empty text is no answer.
public struct FormAnswers: Sendable {
  public let form: ApplicationForm
  public let texts: [String: String]
  private let values: [FactID: FactValue]
  private let vocabulary: Vocabulary
  private let day: LegalDate

  /// `day` is the one conditions are judged on.
  public init(_ texts: [String: String], of form: ApplicationForm, on day: LegalDate) {
    self.form = form
    self.day = day
    let filled = texts.filter { !$0.value.isEmpty }
    self.texts = filled
    vocabulary = Self.vocabulary(of: form.fields)
    values = form.fields.reduce(into: [:]) { values, field in
      values[FactID(field.id)] = filled[field.id].flatMap { field.value(of: $0) }
    }
  }

  /// What conditions of a form may name.
  public static func vocabulary(of fields: some Sequence<FormField>) -> Vocabulary {
    Vocabulary(
      facts: fields.compactMap { field in
        field.factType.map {
          FactDeclaration(id: FactID(field.id), title: field.title, type: $0, source: .attribute)
        }
      })
  }

  // MARK: What is asked

  /// Whether a condition holds; one that rests on what is not answered does not.
  private func holds(_ condition: Expression?) -> Bool {
    guard let condition else { return true }
    return RowCondition(condition, vocabulary, on: day).isTrue { values[$0] } == true
  }

  /// Parts that are asked, with those of their fields that are.
  public var asked: [(part: FormPart, fields: [FormField])] {
    form.parts.filter { holds($0.when) }.map { part in
      (part, part.fields.filter { holds($0.when) })
    }
  }

  /// Materials that are asked for, without the form itself.
  public var materials: [FormMaterial] {
    form.materials.filter { !$0.isForm && holds($0.when) }
  }

  // MARK: What is wrong

  /// Answers to fields the form has not got, by id.
  public var unknown: [String] {
    let known = Set(form.fields.map(\.id))
    return texts.keys.filter { !known.contains($0) }.sorted()
  }

  /// Every fault, in the order of the form; `isWhole` asks for what is missing too.
  public func faults(isWhole: Bool, having documents: Set<String> = []) -> [FormFault] {
    var faults = unknown.map { FormFault(.field($0), .unknown) }
    for field in asked.flatMap(\.fields) {
      guard let text = texts[field.id] else {
        if isWhole, field.isRequired { faults.append(FormFault(.field(field.id), .missing)) }
        continue
      }
      if let what = field.fault(of: text) {
        faults.append(FormFault(.field(field.id), what))
      }
    }
    guard isWhole else { return faults }
    for material in materials where material.isRequired && !documents.contains(material.document) {
      faults.append(FormFault(.material(material.document), .missing))
    }
    return faults
  }

  /// Facts of the case, by the answers that fill them; of fields that are asked and no others.
  public var facts: [FactID: FactValue] {
    asked.flatMap(\.fields).reduce(into: [:]) { facts, field in
      guard let fact = field.fills else { return }
      facts[fact] = texts[field.id].flatMap { field.value(of: $0) }
    }
  }
}

/// 填报错误: what is wrong with one answer, at its place.
public struct FormFault: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    case field(String)
    /// Id of the procedure's document.
    case material(String)
  }

  public enum What: Hashable, Sendable {
    case missing
    /// The form asks no such thing.
    case unknown
    case tooLong(most: Int)
    case notDate
    case notNumber
    case notChoice
    case notBoolean
    case tooLittle(Quantity)
    case tooMuch(Quantity)
  }

  public let place: Place
  public let what: What

  public init(_ place: Place, _ what: What) {
    self.place = place
    self.what = what
  }
}

extension FormField {
  /// What is wrong with an answer; nil where nothing is.
  public func fault(of text: String) -> FormFault.What? {
    switch kind {
    case .text, .longText: text.count > longest ? .tooLong(most: longest) : nil
    case .choice: options.contains { $0.code == text } ? nil : .notChoice
    case .boolean: ["true", "false"].contains(text) ? nil : .notBoolean
    case .date: LegalDate(text) == nil ? .notDate : nil
    case .quantity: bounds(of: text)
    }
  }

  private func bounds(of text: String) -> FormFault.What? {
    guard let quantity = number(text) else { return .notNumber }
    if let least, quantity.dimension == least.dimension, quantity < least {
      return .tooLittle(least)
    }
    if let most, quantity.dimension == most.dimension, most < quantity { return .tooMuch(most) }
    return nil
  }

  /// The value of an answer; nil for one that is none.
  public func value(of text: String) -> FactValue? {
    guard fault(of: text) == nil else { return nil }
    switch kind {
    case .text, .longText, .choice, .date: return .text(text)
    case .boolean: return .boolean(text == "true")
    case .quantity: return number(text).map { .quantity($0) }
    }
  }

  private func number(_ text: String) -> Quantity? {
    guard let unit, text.utf8.count <= 20 else { return nil }
    return Quantity(text + " " + unit.rawValue)
  }
}
