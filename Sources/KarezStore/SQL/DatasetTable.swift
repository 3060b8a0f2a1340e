import KarezCore

/// The tables of one dataset, and how a feature becomes their columns.
///
/// - Shape: `<dataset>_history` holds every version ever recorded, and the view `<dataset>` what is
///   recorded and valid today.
struct DatasetTable: Sendable {
  /// Columns every history table has before those of its attributes.
  static let fixedColumns = [
    Column("fid", .integer), Column("id", .text), Column("valid_from", .text),
    .optional("valid_until", .text), Column("recorded_from", .integer),
    .optional("recorded_until", .integer), .optional("area_m2", .decimal),
    Column("row_hash", .bytes), Column("content_hash", .bytes),
  ]
  /// The column that keeps what an open dataset's schema does not name.
  static let openColumn = "open_attributes"

  let schema: DatasetSchema
  let dialect: Dialect
  /// Columns of the schema's attributes in its order and, in an open dataset, the one for the rest.
  let valueColumns: [Column]
  /// Numbers of the schema's attributes in the order of their names' bytes, as digests have them.
  let digestOrder: [Int]
  /// These names in the same order, as digests have them.
  let digestNames: [[UInt8]]

  init(schema: DatasetSchema, dialect: Dialect) {
    self.schema = schema
    self.dialect = dialect
    let names = schema.attributes.map(\.name)
    digestOrder = names.indices.sorted {
      names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8)
    }
    digestNames = digestOrder.map { RowHash.encoded(names[$0]) }
    valueColumns =
      schema.attributes.map {
        .optional(Self.column(of: $0.name, in: dialect), $0.type.column)
      } + (schema.isOpen ? [.optional(Self.openColumn, .text)] : [])
  }

  var view: String { dialect.fitting(schema.id.tableName) }
  var historyName: String { dialect.fitting(schema.id.tableName + "_history") }
  /// The history table, as a statement names it.
  var history: SQL { SQL(raw: SQL.quoted(historyName)) }
  var hasGeometry: Bool { schema.geometry != .none }

  /// Columns of values, and of the geometry where there is one.
  ///
  /// The geometry is last, so that a scan of times and attributes never walks through a large one.
  var contentColumns: [Column] {
    valueColumns + (hasGeometry ? [.optional("geom", .geometry(schema.geometry))] : [])
  }

  /// An attribute's column: its own name, with `_` where a column of ours already has it.
  func column(of attribute: String) -> String { Self.column(of: attribute, in: dialect) }

  private static func column(of attribute: String, in dialect: Dialect) -> String {
    let lowered = attribute.lowercased()
    let isTaken =
      Self.fixedColumns.contains { $0.name == lowered } || dialect.reserved.contains(lowered)
      || ["geom", Self.openColumn, "row", "ends", "source"].contains(lowered)
    return isTaken ? attribute + "_" : attribute
  }

  /// The history table.
  var shape: TableShape {
    let name = historyName
    func index(_ suffix: String, _ columns: [String], _ condition: String? = nil)
      -> TableShape.Index
    {
      .init(name: dialect.fitting("\(name)_\(suffix)"), columns: columns, condition: condition)
    }
    return TableShape(
      name: name, columns: Self.fixedColumns + contentColumns, key: ["fid"],
      indexes: [
        index("id", ["id"]),
        index("times", ["valid_from", "valid_until", "recorded_from", "recorded_until"]),
        index("superseded", ["recorded_until"], "recorded_until IS NOT NULL"),
      ])
  }

  /// The table of a draft: its rows as they are going to be recorded.
  func draftShape(named name: String) -> TableShape {
    TableShape(
      name: name,
      columns: [
        Column("row", .integer), Column("id", .text), Column("ends", .integer),
        .optional("area_m2", .decimal), Column("content_hash", .bytes),
      ] + valueColumns + [
        Column("valid_from", .text), .optional("valid_until", .text),
        .optional("geom", .drafted), .optional("source", .bytes),
      ], key: ["row"])
  }

  /// Appends the values of a feature in the order of `valueColumns`.
  func append(_ attributes: StoredAttributes, to values: inout [SQLValue]) {
    for value in attributes.named { values.append(value.sqlValue) }
    if schema.isOpen {
      values.append(OpenAttributes.text(of: attributes.rest).map(SQLValue.text) ?? .null)
    }
  }

  /// The attributes of a row, whose value columns begin at `start`.
  func attributes(
    of row: any SQLRow, from start: Int
  ) throws -> [String: AttributeValue] {
    var attributes: [String: AttributeValue] = [:]
    for (offset, attribute) in schema.attributes.enumerated() {
      let value = try attribute.type.value(of: row[start + offset])
      if value != .null { attributes[attribute.name] = value }
    }
    // What no schema names has no level of its own; it travels with the dataset.
    if schema.isOpen, let text = row.text(start + schema.attributes.count) {
      attributes.merge(try OpenAttributes.attributes(parsing: text)) { named, _ in named }
    }
    return attributes
  }
}

extension DatasetTable {
  /// What the view shows, of the history table.
  var shownColumns: [String] {
    ["fid", "id", "valid_from", "valid_until", "recorded_from", "area_m2"]
      + contentColumns.map(\.name)
  }

  /// Whether `later` keeps what the tables hold: the same columns, or more at the end.
  func canBecome(_ later: DatasetSchema) -> Bool {
    let isSameShape =
      schema.id == later.id && schema.geometry == later.geometry
      && schema.identifier == later.identifier && schema.isOpen == later.isOpen
    guard isSameShape, later.attributes.count >= schema.attributes.count else { return false }
    guard !schema.isOpen || later.attributes.count == schema.attributes.count else { return false }
    return zip(schema.attributes, later.attributes).allSatisfy {
      $0.name == $1.name && $0.type == $1.type
    }
  }

  /// Adds the columns `later` has at its end, and shows them in the view.
  func extend(to later: DatasetSchema, at time: String, _ session: any Session) throws {
    let grown = DatasetTable(schema: later, dialect: dialect)
    for column in grown.valueColumns.dropFirst(valueColumns.count) {
      try session.run(
        "ALTER TABLE \(history) ADD COLUMN \(name: column.name) \(raw: dialect.type(column.kind))")
    }
    try session.show(grown, at: time)
  }
}

extension AttributeType {
  /// The value a column of this type holds.
  func value(of column: SQLValue) throws -> AttributeValue {
    switch (self, column) {
    case (_, .null): return .null
    case (.text, .text(let text)): return .text(text)
    case (.integer, .integer(let number)): return .integer(number)
    case (.decimal, _):
      if let number = column.real { return .decimal(number) }
    case (.boolean, .integer(let claim)): return .boolean(claim != 0)
    case (.date, .text(let text)):
      if let day = LegalDate(text) { return .date(day) }
    default: break
    }
    throw StoreError.corrupt(what: "attribute value")
  }
}
