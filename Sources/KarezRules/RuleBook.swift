public import KarezCore

/// The facts that may be asked for and the rules that read them.
public struct RuleBook: Sendable {
  /// Sorted by id.
  public let facts: [FactDeclaration]
  /// Every version of every rule, sorted by id, newest first.
  public let rules: [Rule]
  public let vocabulary: Vocabulary

  public init(rules: [Rule], vocabulary: Vocabulary) {
    self.facts = vocabulary.facts.values.sorted { $0.id < $1.id }
    self.rules = rules.sorted { left, right in
      left.id == right.id ? left.validity.from > right.validity.from : left.id < right.id
    }
    self.vocabulary = vocabulary
  }

  /// The rules in force on a day, sorted by id.
  public func rules(inForceOn day: LegalDate) -> [Rule] {
    rules.filter { $0.validity.contains(day) }
  }

  /// The facts the rules of a day read, sorted by id.
  public func factsNeeded(on day: LegalDate) -> [FactDeclaration] {
    let named = Set(rules(inForceOn: day).flatMap(\.facts))
    return facts.filter { named.contains($0.id) }
  }

  /// What every rule in force on the day finds: what prohibits first, what informs last, the
  /// certain before the unconfirmed, and by rule.
  ///
  /// A rule whose outcome rests on an absent fact gives a finding that says so: unconfirmed, of
  /// outcome `needs-determination`. It is never silent.
  public func findings(given facts: Facts, on day: LegalDate) -> [Finding] {
    let found = rules(inForceOn: day).compactMap { finding(of: $0, given: facts, on: day) }
    return found.sorted { left, right in
      let one = (Self.rank(left.severity), left.certainty == .certain ? 0 : 1)
      let other = (Self.rank(right.severity), right.certainty == .certain ? 0 : 1)
      return one == other ? left.rule < right.rule : one < other
    }
  }

  private static func rank(_ severity: Severity) -> Int {
    Severity.allCases.firstIndex(of: severity) ?? 0
  }

  private func finding(of rule: Rule, given facts: Facts, on day: LegalDate) -> Finding? {
    var evaluation = Evaluation(vocabulary: vocabulary, facts: facts, day: day)
    let outcome = evaluation.isTrue(rule.condition)
    guard outcome != false else { return nil }
    let trace = trace(of: evaluation)
    guard outcome == true else {
      let missing = evaluation.read.filter { facts[$0] == nil }
      return undecided(rule, missing: missing, trace: trace)
    }
    let consequence = rule.consequence
    let held = documents(in: facts)
    let message = MessageText.filled(consequence.message) { id, language in
      if let parameter = vocabulary.parameters[id.text]?.version(on: day) {
        return print(.quantity(parameter.value), of: id, in: language)
      }
      return print(facts[id], of: id, in: language)
    }
    let isParameterCertain = evaluation.parameters.allSatisfy { name in
      vocabulary.parameters[name]?.version(on: day)?.certainty == .certain
    }
    return Finding(
      rule: rule.id, outcome: consequence.outcome, severity: consequence.severity,
      certainty: isParameterCertain ? rule.certainty : .unconfirmed, message: message,
      citation: rule.citations[0], areaFact: consequence.areaFact?.text,
      missingDocuments: consequence.documents.filter { !held.contains($0) },
      approver: consequence.approver, trace: trace)
  }

  private func undecided(_ rule: Rule, missing: [FactID], trace: [TraceStep]) -> Finding {
    let names = missing.map { missingName($0) }
    let message = LocalizedText(
      zh: "无法判断“\(rule.title.zh)”：缺少" + names.map(\.zh).joined(separator: "、") + "。",
      en: "Cannot decide “\(rule.title.en)”: missing "
        + names.map(\.en).joined(separator: ", ") + ".")
    return Finding(
      rule: rule.id, outcome: "needs-determination", severity: .requires,
      certainty: .unconfirmed, message: message, citation: rule.citations[0], trace: trace)
  }

  private func missingName(_ id: FactID) -> LocalizedText {
    guard let fact = vocabulary.facts[id] else { return LocalizedText(zh: id.text, en: id.text) }
    guard case .map(let measure) = fact.source else { return fact.title }
    let datasets = ([measure.dataset] + measure.inside + measure.outside).map(\.text)
      .joined(separator: ", ")
    return LocalizedText(
      zh: "\(fact.title.zh)（数据集 \(datasets)）", en: "\(fact.title.en) (dataset \(datasets))",
      ug: fact.title.ug)
  }

  private func documents(in facts: Facts) -> [String] {
    for fact in self.facts where fact.source == .documents {
      if case .codes(let codes) = facts[fact.id] { return codes }
    }
    return []
  }

  // MARK: Printing values

  private func trace(of evaluation: Evaluation) -> [TraceStep] {
    let read = evaluation.read.map { id in
      TraceStep(
        fact: id.text,
        title: vocabulary.facts[id]?.title ?? LocalizedText(zh: id.text, en: id.text),
        value: evaluation.known(id).map(Self.plain) ?? "unknown")
    }
    let parameters = evaluation.parameters.compactMap { name -> TraceStep? in
      guard let parameter = vocabulary.parameters[name],
        let version = parameter.version(on: evaluation.day)
      else { return nil }
      return TraceStep(fact: name, title: parameter.title, value: version.text)
    }
    return read + parameters
  }

  /// A value with its unit, language-neutral: `12.34 m2`.
  private static func plain(_ value: FactValue) -> String {
    switch value {
    case .boolean(let value): value ? "true" : "false"
    case .text(let text): text
    case .codes(let codes): codes.joined(separator: ", ")
    case .quantity(let quantity):
      switch quantity.dimension {
      case .area: DecimalText.fixed(quantity.value, decimals: 2) + " m2"
      case .length: DecimalText.fixed(quantity.value, decimals: 3) + " m"
      case .share: DecimalText.fixed(quantity.value, decimals: 2) + " %"
      case .count:
        // A plot ratio is no whole number, and would read as another one if it were printed so.
        DecimalText.fixed(
          quantity.value, decimals: quantity.value == quantity.value.rounded() ? 0 : 2)
      case .money: DecimalText.fixed(quantity.value, decimals: 2) + " yuan"
      case .days: DecimalText.fixed(quantity.value, decimals: 0) + " d"
      case .mass: DecimalText.fixed(quantity.value, decimals: 3) + " t"
      case .volume: DecimalText.fixed(quantity.value, decimals: 3) + " m3"
      }
    }
  }

  private func print(_ value: FactValue?, of id: FactID, in language: Language) -> String {
    switch value {
    case nil: return language == .zh ? "（未知）" : "(unknown)"
    case .codes(let codes):
      let names = codes.map { name(of: $0, fact: id, in: language) }
      return names.joined(separator: language == .zh ? "、" : ", ")
    case .text(let code): return name(of: code, fact: id, in: language)
    case .quantity(let quantity) where quantity.dimension == .area:
      return print(area: quantity, in: language)
    case .some(let value): return Self.plain(value)
    }
  }

  private func name(of code: String, fact: FactID, in language: Language) -> String {
    let table = vocabulary.tableOfFact[fact].flatMap { vocabulary.tables[$0] }
    return table?.rows.first { $0.code == code }?.name[language] ?? code
  }

  /// Hectares with four decimals, as applications state them; what those would blur, in square
  /// metres.
  private func print(area: Quantity, in language: Language) -> String {
    // Four decimals of a hectare leave a hundred square metres three digits.
    if area.value > 0, area.value < 100 {
      let squareMetres = DecimalText.fixed(area.value, decimals: 2)
      return switch language {
      case .zh: squareMetres + " 平方米"
      case .ug, .en: squareMetres + " m²"
      }
    }
    let hectares = DecimalText.fixed(area.value / 10_000, decimals: 4)
    return switch language {
    case .zh: hectares + " 公顷"
    case .ug: hectares + " گېكتار"
    case .en: hectares + " ha"
    }
  }
}
