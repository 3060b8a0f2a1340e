import KarezCore
import KarezRules

/// Reads what one rule of a profile asks, and holds every name in it to what there is.
struct ProfileTestReader {
  enum Kind: String, CaseIterable {
    case holds
    case present
    case absent
    case dates
    case areaAgreement = "area-agreement"
    case minimumArea = "minimum-area"
    case minimumWidth = "minimum-width"
    case reference
    case within
    case mapSheet = "map-sheet"
    case closure
    case movement
    case retirement
  }

  /// Kinds that need no dataset in particular.
  private static let general: [Kind] = [.dates, .movement, .retirement]

  /// Nil in the profile of every dataset.
  let schema: DatasetSchema?
  let schemas: [DatasetSchema]
  let vocabulary: Vocabulary?

  func test(_ fields: inout PackFields) -> ProfileTest? {
    guard let kind = fields.choice("check", of: Kind.self) else { return nil }
    guard schema != nil || Self.general.contains(kind) else {
      fields.add(
        .notOneOf(key: "check", text: kind.rawValue, allowed: Self.general.map(\.rawValue)))
      return nil
    }
    switch kind {
    case .holds: return holds(&fields)
    case .present: return .present(attributes("attributes", &fields))
    case .absent: return .absent(attributes("attributes", &fields))
    case .dates: return dates(&fields)
    case .areaAgreement:
      let attribute = attribute("attribute", &fields)
      guard let attribute, let allowance = allowance(&fields) else { return nil }
      requirePolygons(&fields)
      return .areaAgreement(attribute: attribute, allowance)
    case .minimumArea:
      requirePolygons(&fields)
      return .minimumArea(limits(of: .area, &fields))
    case .minimumWidth:
      requirePolygons(&fields)
      return .minimumWidth(limits(of: .length, &fields))
    case .reference: return reference(&fields)
    case .within: return within(&fields)
    case .mapSheet: return attribute("attribute", &fields).map { .mapSheet(attribute: $0) }
    case .closure: return closure(&fields)
    case .movement:
      return fields.quantity("limit", of: .length).map { .movement(metres: $0.value) }
    case .retirement: return .retirement
    }
  }

  // MARK: Conditions

  /// The condition under a key, or nil where there is none.
  func condition(_ key: String, _ fields: inout PackFields) -> Expression? {
    guard let text = fields.optionalText(key) else { return nil }
    do throws(ExpressionError) {
      let expression = try ExpressionParser.expression(from: text)
      guard let vocabulary else {
        fields.add(.keyUnknown(key))
        return nil
      }
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

  private func holds(_ fields: inout PackFields) -> ProfileTest? {
    let condition = condition("holds", &fields)
    if fields.optional("holds") == nil { fields.add(.keyMissing("holds")) }
    let message = fields.localized("message")
    if fields.optional("remedy") == nil { fields.add(.keyMissing("remedy")) }
    for name in message.map(MessageText.placeholders) ?? []
    where vocabulary?.facts[name] == nil {
      fields.add(.attributeUnknown(name.text))
    }
    guard let condition, let message else { return nil }
    return .holds(condition, message: message)
  }

  // MARK: Attributes

  private func known(_ name: String, in schema: DatasetSchema?) -> Bool {
    schema?.attributes.contains { $0.name == name } ?? false
  }

  private func attribute(_ key: String, _ fields: inout PackFields) -> String? {
    guard let name = fields.text(key) else { return nil }
    guard known(name, in: schema) else {
      fields.add(.attributeUnknown(name))
      return nil
    }
    return name
  }

  private func attributes(_ key: String, _ fields: inout PackFields) -> [String] {
    let names = fields.texts(key)
    if names.isEmpty { fields.add(.keyMissing(key)) }
    for name in names where !known(name, in: schema) { fields.add(.attributeUnknown(name)) }
    return names
  }

  private func dataset(_ key: String, _ fields: inout PackFields) -> DatasetSchema? {
    guard let name = fields.text(key) else { return nil }
    guard let schema = schemas.first(where: { $0.id.text == name }) else {
      fields.add(.datasetUnknown(name))
      return nil
    }
    return schema
  }

  private func requirePolygons(_ fields: inout PackFields) {
    if let schema, schema.geometry != .polygon { fields.add(.datasetHasNoArea(schema.id.text)) }
  }

  // MARK: Kinds

  private func dates(_ fields: inout PackFields) -> ProfileTest? {
    let from = fields.date("from")
    let until = fields.date("until")
    let isNamed = fields.optional("attributes") != nil
    let names = isNamed ? attributes("attributes", &fields) : nil
    guard let from, let until else { return nil }
    if until <= from { fields.add(.notDate(key: "until", text: until.description)) }
    return .dates(from: from, until: until, attributes: names)
  }

  private func allowance(_ fields: inout PackFields) -> AreaAllowance? {
    let area = fields.quantity("tolerance", of: .area)
    let share =
      fields.optional("share") == nil ? nil : fields.quantity("share", of: .share)?.value
    return area.map { AreaAllowance(area: .squareMetres($0.value), sharePercent: share ?? 0) }
  }

  private func limits(of dimension: Dimension, _ fields: inout PackFields) -> [SizeLimit] {
    var limits: [SizeLimit] = []
    let items = fields.list("limits")
    if items.isEmpty { fields.add(.keyMissing("limits")) }
    for (number, item) in items.enumerated() {
      var own = PackFields(item)
      let condition = condition("for", &own)
      let minimum = own.quantity("minimum", of: dimension)
      // One that is for all the rest would hide those after it.
      if condition == nil, number + 1 < items.count { own.add(.keyMissing("for")) }
      fields.add(own.finish())
      if let minimum { limits.append(SizeLimit(condition: condition, minimum: minimum)) }
    }
    return limits
  }

  private func reference(_ fields: inout PackFields) -> ProfileTest? {
    let attribute = attribute("attribute", &fields)
    let dataset = dataset("dataset", &fields)
    let digits = fields.digits("digits")
    let day = fields.optional("on") == nil ? nil : self.attribute("on", &fields)
    guard let attribute, let dataset else { return nil }
    return .reference(
      ReferenceTest(attribute: attribute, dataset: dataset.id, digits: digits, dayAttribute: day))
  }

  private func within(_ fields: inout PackFields) -> ProfileTest? {
    let dataset = dataset("dataset", &fields)
    let by = fields.optional("by") == nil ? nil : attribute("by", &fields)
    let digits = fields.digits("digits")
    guard let dataset else { return nil }
    if dataset.geometry != .polygon { fields.add(.datasetHasNoArea(dataset.id.text)) }
    return .within(ContainmentTest(dataset: dataset.id, attribute: by, digits: digits))
  }

  private func closure(_ fields: inout PackFields) -> ProfileTest? {
    let summed = fields.optional("sum") == nil ? nil : attribute("sum", &fields)
    let by = attribute("by", &fields)
    let digits = fields.digits("digits")
    let dataset = dataset("dataset", &fields)
    let control = fields.optionalText("control")
    if let control, let dataset, !known(control, in: dataset) {
      fields.add(.attributeUnknown(control))
    }
    guard let by, let dataset, let allowance = allowance(&fields) else { return nil }
    return .closure(
      ClosureTest(
        summed: summed, attribute: by, digits: digits, dataset: dataset.id, control: control,
        allowance: allowance))
  }
}

extension PackFields {
  /// A quantity of one dimension.
  mutating func quantity(_ key: String, of dimension: Dimension) -> Quantity? {
    guard let quantity = quantity(key) else { return nil }
    guard quantity.dimension == dimension else {
      add(.dimensionsDiffer)
      return nil
    }
    return quantity
  }

  /// A small number of characters, where it is given.
  mutating func digits(_ key: String) -> Int? {
    guard let text = optionalText(key) else { return nil }
    guard let number = Int(text), (1...99).contains(number) else {
      add(.notQuantity(key: key, text: text))
      return nil
    }
    return number
  }
}
