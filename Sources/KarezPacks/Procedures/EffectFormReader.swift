import KarezAccounts
import KarezCore
import KarezRules
import KarezWorkflow

/// Reads what the effects of a procedure come to, and its letter.
struct EffectFormReader {
  let schemas: [DatasetSchema]
  let notices: [String: NoticeForm]
  let letters: [String: LetterTemplate]
  /// What fees rest on; nil where nothing is cited.
  var citations: CitationReader?

  mutating func form(_ node: PackNode, _ parent: inout PackFields) -> EffectForm? {
    var fields = PackFields(node)
    let kind = fields.choice("kind", of: CaseEffect.Kind.self)
    let of = fields.text("of")
    var act: EffectForm.Act?
    switch kind {
    case .complianceCheck: act = .check(check(&fields))
    case .accountPosting: act = posting(&fields).map { .posting($0) }
    case .datasetChange: act = change(&fields).map { .change($0) }
    case .certificate: act = certificate(&fields).map { .certificate($0) }
    case .notice:
      let title = fields.localized("title")
      let text = fields.words("text")
      if let title, let text { act = .notice(NoticeForm(title: title, text: text)) }
    case .fee: act = fee(&fields).map { .fee($0) }
    // A case of another procedure needs no more than its name.
    case .subCase: fields.add(.keyUnknown("sub-case"))
    case nil: break
    }
    parent.add(fields.finish())
    guard let kind, let of, let act else { return nil }
    return EffectForm(kind: kind, of: of, act: act)
  }

  /// 一般通知: what is said where nobody worded a notice.
  static let anyNotice = "any"

  /// Notices that steps order and the procedure does not word itself.
  func shared(_ transitions: [Transition], besides forms: [EffectForm]) -> [EffectForm] {
    let ordered = transitions.flatMap(\.effects).filter { $0.kind == .notice }.map(\.of)
    let own = Set(forms.filter { $0.kind == .notice }.map(\.of))
    return Set(ordered).subtracting(own).sorted().compactMap { name in
      (notices[name] ?? notices[Self.anyNotice]).map {
        EffectForm(kind: .notice, of: name, act: .notice($0))
      }
    }
  }

  private func check(_ fields: inout PackFields) -> CheckForm {
    let purpose = fields.optionalText("purpose")
    let value = purpose.flatMap { CaseValue(named: $0) } ?? purpose.map { .given($0) }
    return CheckForm(
      purpose: value, proposes: fields.optionalText("proposes").map { FactID($0) })
  }

  private func change(_ fields: inout PackFields) -> ChangeForm? {
    let name = fields.text("dataset")
    let schema = schemas.first { $0.id.text == name }
    if let name, schema == nil { fields.add(.datasetUnknown(name)) }
    var values: [ChangeForm.Filling] = []
    for node in fields.list("values") {
      var parts = PackFields(node)
      let attribute = parts.text("attribute")
      let value = parts.value("from")
      if let attribute, let schema, !schema.attributes.contains(where: { $0.name == attribute }) {
        parts.add(.attributeUnknown(attribute))
      }
      fields.add(parts.finish())
      guard let attribute, let value else { continue }
      values.append(ChangeForm.Filling(attribute: attribute, value: value))
    }
    let given = Set(values.map(\.attribute))
    for attribute in schema?.attributes ?? []
    where attribute.isRequired && !given.contains(attribute.name) {
      fields.add(.keyMissing(attribute.name))
    }
    guard let schema else { return nil }
    return ChangeForm(dataset: schema.id, values: values)
  }

  private func certificate(_ fields: inout PackFields) -> CertificateForm? {
    let title = fields.localized("title")
    let numbering = fields.numbering("number")
    let certifies = fields.words("certifies")
    var lines: [CertificateForm.Line] = []
    for node in fields.list("lines") {
      var parts = PackFields(node)
      let label = parts.localized("label")
      let value = parts.value("from")
      fields.add(parts.finish())
      guard let label, let value else { continue }
      lines.append(CertificateForm.Line(label: label, value: value))
    }
    guard let title, let numbering, let certifies else { return nil }
    return CertificateForm(
      title: title, numbering: numbering, certifies: certifies, lines: lines)
  }

  // MARK: Fee

  /// - Shape: `amount` is `80.00 yuan`, or `fact:` and the name of a text an officer establishes.
  private func fee(_ fields: inout PackFields) -> FeeForm? {
    let title = fields.localized("title")
    let amount = fields.text("amount").flatMap { Self.amount($0) }
    if amount == nil { fields.add(.valueUnknown("amount")) }
    let cited = citations?.citations(&fields) ?? []
    let certainty = fields.choice("certainty", of: Certainty.self)
    let (collected, waived) = (fields.texts("collectedBy"), fields.texts("waivedBy"))
    let decided = fields.texts("decidedBy")
    guard let title, let amount, let certainty else { return nil }
    return FeeForm(
      title: title, amount: amount, citations: cited, certainty: certainty,
      collectedBy: collected, waivedBy: waived, decidedBy: decided)
  }

  private static func amount(_ text: String) -> FeeForm.Amount? {
    if case .fact(let id)? = CaseValue(named: text) { return .fact(id) }
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == Unit.yuan.rawValue,
      let measure = Measure(.yuan, decimals: 2), let amount = Amount(parts[0], measure),
      amount.units >= 0
    else { return nil }
    return .given(amount.text)
  }

  // MARK: Letter

  func letter(_ parent: inout PackFields) -> LetterForm? {
    guard let node = parent.optional("letter") else { return nil }
    var fields = PackFields(node)
    let document = fields.text("document")
    let by = fields.texts("by")
    var templates: [String: LetterTemplate] = [:]
    for node in fields.list("templates") {
      var parts = PackFields(node)
      let step = parts.text("step")
      let name = parts.text("template")
      let template = name.flatMap { letters[$0] }
      if let name, template == nil { parts.add(.letterUnknown(name)) }
      if let step, templates[step] != nil { parts.add(.idTwice(step)) }
      fields.add(parts.finish())
      if let step, let template { templates[step] = template }
    }
    if templates.isEmpty { fields.add(.keyMissing("templates")) }
    parent.add(fields.finish())
    return document.map { LetterForm(document: $0, by: by, templates: templates) }
  }
}

extension PackFields {
  /// Letters and digits a number is made of.
  mutating func numbering(_ key: String) -> Numbering? {
    guard let node = required(key) else { return nil }
    var fields = PackFields(node)
    let prefix = fields.text("prefix")
    let digits = fields.neededCount("digits")
    let isPlain = prefix?.utf8.allSatisfy { (0x41...0x5A).contains($0) } ?? true
    if !isPlain || (prefix?.utf8.count ?? 0) > 8 { fields.add(.notID(prefix ?? "")) }
    if let digits, digits > 9 { fields.add(.notNumber(key: "digits", text: String(digits))) }
    add(fields.finish())
    guard let prefix, let digits else { return nil }
    return Numbering(prefix: prefix, digits: digits)
  }
}
