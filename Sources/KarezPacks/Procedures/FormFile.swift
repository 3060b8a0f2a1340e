import KarezCore
import KarezRules
import KarezWorkflow

/// Reads `forms/*.yaml`: what applicants are asked, and the documents that go with it.
struct FormFile {
  /// What every application has besides the fields of its form.
  static let reserved: Set = ["region", "project"]

  let pack: String
  let procedures: [WorkflowDefinition]
  let tables: [String: CodeTable]
  private(set) var forms: [ApplicationForm] = []
  private(set) var faults: [PackFault] = []

  init(pack: String, procedures: [WorkflowDefinition], tables: [String: CodeTable]) {
    self.pack = pack
    self.procedures = procedures
    self.tables = tables
  }

  mutating func read(_ node: PackNode) {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return
    }
    for item in items {
      guard let form = form(item) else { continue }
      if forms.contains(where: { $0.id == form.id || $0.procedure == form.procedure }) {
        faults.append(PackFault(item.origin, .idTwice(form.id)))
      }
      forms.append(form)
    }
  }

  private mutating func form(_ node: PackNode) -> ApplicationForm? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let version = fields.text("version")
    let name = fields.text("procedure")
    let title = fields.localized("title")
    let purposeField = fields.optionalText("purposeFrom")
    let definition = name.flatMap { name in procedures.first { $0.id == name } }
    var reader = FormPartReader(definition: definition, tables: tables)
    let parts = fields.list("parts").compactMap { reader.part($0, &fields) }
    let materials = fields.list("materials").compactMap { reader.material($0, &fields) }
    if parts.isEmpty { fields.add(.keyMissing("parts")) }
    if let id, !id.hasPrefix(pack + "/") || !PackName.isPath(id) { fields.add(.notID(id)) }
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    if let name, definition == nil { fields.add(.procedureUnknown(name)) }
    if let purposeField,
      !parts.flatMap(\.fields).contains(where: { $0.id == purposeField && $0.kind == .choice })
    {
      fields.add(.valueUnknown(purposeField))
    }
    for document in definition?.opening.documents ?? []
    where !materials.contains(where: { $0.document == document && $0.when == nil }) {
      fields.add(.keyMissing("materials: " + document))
    }
    let own = fields.finish()
    faults += own
    guard own.isEmpty, let id, let version, let name, let title else { return nil }
    return ApplicationForm(
      id: id, version: version, procedure: name, title: title, parts: parts,
      materials: materials, purposeField: purposeField)
  }
}

/// Reads the parts of one form, each with the fields before it to lean on.
struct FormPartReader {
  let definition: WorkflowDefinition?
  let tables: [String: CodeTable]
  private var known: [FormField] = []
  private var parts: Set<String> = []
  private var documents: Set<String> = []

  init(definition: WorkflowDefinition?, tables: [String: CodeTable]) {
    self.definition = definition
    self.tables = tables
  }

  mutating func part(_ node: PackNode, _ parent: inout PackFields) -> FormPart? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let help = fields.optionalLocalized("help")
    let when = condition(&fields)
    let own = fields.list("fields").compactMap { field($0, &fields) }
    if own.isEmpty { fields.add(.keyMissing("fields")) }
    if let id, !PackName.isPath(id) { fields.add(.notID(id)) }
    if let id, !parts.insert(id).inserted { fields.add(.idTwice(id)) }
    parent.add(fields.finish())
    guard let id, let title else { return nil }
    return FormPart(id: id, title: title, help: help, when: when, fields: own)
  }

  mutating func material(_ node: PackNode, _ parent: inout PackFields) -> FormMaterial? {
    var fields = PackFields(node)
    let document = fields.text("document")
    let help = fields.optionalLocalized("help")
    let isRequired = fields.boolean("required", default: true)
    let when = condition(&fields)
    let isForm = fields.boolean("form", default: false)
    if let document, let definition {
      if !definition.documents.contains(where: { $0.id == document }) {
        fields.add(.procedure(.unknownDocument(document, place: "materials")))
      }
      if !documents.insert(document).inserted { fields.add(.idTwice(document)) }
    }
    parent.add(fields.finish())
    return document.map {
      FormMaterial(
        document: $0, help: help, isRequired: isRequired, when: when, isForm: isForm)
    }
  }

  private mutating func field(_ node: PackNode, _ parent: inout PackFields) -> FormField? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let help = fields.optionalLocalized("help")
    let kind = fields.choice("type", of: FormField.Kind.self)
    let unit =
      fields.optional("unit") == nil ? nil : fields.choice("unit", of: Unit.self)
    let isRequired = fields.boolean("required", default: false)
    let when = condition(&fields)
    let options = options(&fields)
    let longest = fields.optionalCount("longest") ?? (kind == .longText ? 2_000 : 200)
    let least = fields.optionalQuantity("least")
    let most = fields.optionalQuantity("most")
    let fills = fields.optionalText("fills").map { FactID($0) }
    if let id, !PackName.isSnake(id) || FormFile.reserved.contains(id) { fields.add(.notID(id)) }
    if let id, known.contains(where: { $0.id == id }) { fields.add(.idTwice(id)) }
    if kind == .choice, options.isEmpty { fields.add(.keyMissing("options")) }
    if kind == .quantity, unit == nil { fields.add(.keyMissing("unit")) }
    for bound in [least, most] where bound != nil && bound?.dimension != unit?.dimension {
      fields.add(.dimensionsDiffer)
    }
    guard let id, let title, let kind else {
      parent.add(fields.finish())
      return nil
    }
    let field = FormField(
      id: id, title: title, help: help, kind: kind, unit: unit, isRequired: isRequired, when: when,
      options: options, longest: longest, least: least, most: most, fills: fills)
    check(field, &fields)
    parent.add(fields.finish())
    known.append(field)
    return field
  }

  /// That the fact a field fills is one of the procedure and of its kind.
  private func check(_ field: FormField, _ fields: inout PackFields) {
    guard let fact = field.fills, let definition else { return }
    guard let declared = definition.facts.first(where: { $0.id == fact }) else {
      fields.add(.procedure(.unknownFact(fact.text, place: field.id)))
      return
    }
    let isLike =
      switch declared.kind {
      case .boolean: field.kind == .boolean
      case .text: [.text, .longText, .choice, .date].contains(field.kind)
      case .area: field.unit?.dimension == .area
      case .money: field.unit?.dimension == .money
      }
    if !isLike { fields.add(.valueOfWrongType(fact: fact.text)) }
  }

  /// A list under `options`, or the rows of the table under `codes`.
  private func options(_ parent: inout PackFields) -> [FormField.Option] {
    if let name = parent.optionalText("codes") {
      guard let table = tables[name] else {
        parent.add(.codeTableUnknown(name))
        return []
      }
      return table.rows.map { FormField.Option(code: $0.code, title: $0.name) }
    }
    return parent.list("options").compactMap { node in
      var fields = PackFields(node)
      let code = fields.text("code")
      let title = fields.localized("title")
      parent.add(fields.finish())
      guard let code, let title else { return nil }
      return FormField.Option(code: code, title: title)
    }
  }

  /// A condition on the fields before.
  private func condition(_ fields: inout PackFields) -> Expression? {
    guard let text = fields.optionalText("when") else { return nil }
    do throws(ExpressionError) {
      let expression = try ExpressionParser.expression(from: text)
      let vocabulary = FormAnswers.vocabulary(of: known)
      let type = try vocabulary.type(of: expression)
      guard type == .boolean else {
        throw .typeMismatch(found: type, expected: .boolean, offset: 0)
      }
      return expression
    } catch {
      fields.add(.expression(error, text: text))
      return nil
    }
  }
}
