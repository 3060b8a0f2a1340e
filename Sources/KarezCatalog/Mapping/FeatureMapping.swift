public import KarezCore
public import KarezGeometry
public import KarezStore

/// How the fields of a source become the attributes of a dataset.
///
/// An attribute is read from the field of its own name, or else from the one its schema names as
/// `source` (DLBM, BSM …) or among its `aliases`, whatever the case of the letters. Values are taken over strictly: a
/// text "0103" stays text, and what cannot be what the schema says is a finding, not a guess.
public struct FeatureMapping: Sendable {
  /// One row ready for the draft, and what is wrong with it.
  public struct MappedRow: Sendable {
    public let row: DraftRow
    public let findings: [GateFinding]
  }

  /// What the mapping itself has to say: fields missing, fields not used.
  public let findings: [GateFinding]
  private let schema: DatasetSchema
  private let order: AttributeOrder
  /// Where among the attributes the identifier is.
  private let identifier: Int?
  /// Where among the fields each attribute of the schema is, nil where it is missing; its type.
  private let sources: [(place: Int?, type: AttributeType)]
  private let fields: [String]
  private let others: [String]

  /// The mapping of a source with these fields, in the source's spelling.
  public init(schema: DatasetSchema, fields: [String]) {
    self.schema = schema
    order = AttributeOrder(of: schema)
    identifier = order.names.firstIndex(of: schema.identifier)
    var sources: [(attribute: Attribute, field: String?)] = []
    for attribute in schema.attributes {
      let field =
        Self.field(attribute.name, in: fields)
        ?? attribute.source.flatMap { Self.field($0, in: fields) }
        ?? attribute.aliases.lazy.compactMap { Self.field($0, in: fields) }.first
      sources.append((attribute, field))
    }
    let used = Set(sources.compactMap(\.field))
    let others = fields.filter { !used.contains($0) }
    self.sources = sources.map { source in
      (source.field.flatMap { fields.firstIndex(of: $0) }, source.attribute.type)
    }
    self.fields = fields
    self.others = schema.isOpen ? others : []
    self.findings =
      sources.compactMap {
        $0.field == nil && $0.attribute.isRequired ? .missing($0.attribute) : nil
      }
      + (schema.isOpen ? [] : others.map { .unused($0) })
  }

  private static func field(_ name: String, in fields: [String]) -> String? {
    fields.first { $0 == name } ?? fields.first { $0.lowercased() == name.lowercased() }
  }

  /// The row of the draft that a feature of the source becomes.
  ///
  /// `number` is its row in the source, from 1; `fallback` identifies it in an open dataset that
  /// has no identifier; `geometry` is in degrees of EPSG:4490 and `source` the same in the CRS
  /// of the source, where that is another; `values` are its fields in the source's spelling;
  /// `ends` says that the row ends the feature instead of replacing it.
  public func row(
    _ number: Int64, fallback: String, geometry: Geometry?, source: Geometry? = nil,
    values: NamedValues, ends: Bool = false
  ) -> MappedRow {
    var wrong: [(Attribute, AttributeValue)] = []
    var unprintable: [Attribute] = []
    var ordered = taken(values) { attribute, value, outcome in
      if outcome == .wrongType {
        wrong.append((attribute, value))
      } else {
        unprintable.append(attribute)
      }
    }
    let rest = others.isEmpty ? [:] : self.rest(of: values)
    var id = Self.text(of: identifier.map { ordered[$0] } ?? rest[schema.identifier])
    if id == nil, schema.isOpen {
      let made = fallback.isEmpty ? String(number) : fallback
      if let identifier, schema.attributes[identifier].type == .text {
        ordered[identifier] = .text(made)
      }
      id = made
    }
    let known = id ?? ""
    let isSound = wrong.isEmpty && unprintable.isEmpty && id != nil
    let place = isSound ? nil : geometry?.boundingBox?.middle
    var findings = wrong.map { attribute, value in
      GateFinding.wrongType(attribute, value, row: number, feature: known, place: place)
    }
    findings += unprintable.map {
      GateFinding.unprintable($0, row: number, feature: known, place: place)
    }
    if id == nil { findings.append(.noIdentifier(schema.identifier, row: number, place: place)) }
    return MappedRow(
      row: DraftRow(
        row: number, id: id ?? "row-\(number)", geometry: geometry,
        values: RowValues(ordered, in: order, rest: rest), ends: ends, source: source),
      findings: findings)
  }

  /// The values of the schema's attributes, in its order; `refuse` is told what cannot be taken.
  private func taken(
    _ values: NamedValues,
    refuse: (Attribute, AttributeValue, StrictValue.Outcome) -> Void
  ) -> [AttributeValue] {
    // Nearly always the fields themselves, as the layer states them.
    let isInOrder = values.names == fields
    var ordered: [AttributeValue] = []
    ordered.reserveCapacity(sources.count)
    for (index, source) in sources.enumerated() {
      guard let place = source.place,
        let value = isInOrder ? values.values[place] : values[fields[place]]
      else {
        ordered.append(.null)
        continue
      }
      if case .null = value {
        ordered.append(.null)
        continue
      }
      switch StrictValue.coerced(value, to: source.type) {
      case .value(let taken): ordered.append(taken)
      case let outcome:
        ordered.append(.null)
        refuse(schema.attributes[index], value, outcome)
      }
    }
    return ordered
  }

  /// What the fields say that the schema of an open dataset does not name.
  private func rest(of values: NamedValues) -> [String: AttributeValue] {
    var rest: [String: AttributeValue] = [:]
    for field in others {
      guard let value = values[field], value != .null else { continue }
      if case .value(let taken) = StrictValue.coerced(value, to: nil) { rest[field] = taken }
    }
    return rest
  }

  private static func text(of value: AttributeValue?) -> String? {
    switch value {
    case .text(let text)?: text
    case .integer(let number)?: String(number)
    default: nil
    }
  }
}
