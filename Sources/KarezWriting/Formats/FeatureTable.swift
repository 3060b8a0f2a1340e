import KarezCore
import KarezGeometry
import KarezTables

/// Features as rows of a table: their attributes in order, and their geometry last.
struct FeatureTable {
  /// What the geometry is written as.
  enum Shape {
    case none
    /// Text, in a column of this name.
    case wkt(String)
    /// Bytes, in a column of this name.
    case wkb(String)
  }

  let schema: TableSchema
  private let shape: Shape
  private(set) var batch: TableBatch

  init(_ layer: OutputLayer, names: [String], _ shape: Shape) throws(WritingError) {
    self.shape = layer.geometry == .none ? .none : shape
    var columns = zip(layer.fields, names).map { field, name in
      TableColumn(name, Self.kind(of: field.type), isNullable: true)
    }
    switch self.shape {
    case .none: break
    case .wkt(let name): columns.append(TableColumn(name, .text, isNullable: true))
    case .wkb(let name): columns.append(TableColumn(name, .bytes, isNullable: true))
    }
    do throws(TableError) {
      schema = try TableSchema(columns)
    } catch {
      throw .file(error)
    }
    batch = TableBatch(schema)
  }

  /// The features as a batch, in place of those before.
  mutating func fill(_ features: [OutputFeature]) {
    batch.removeAll()
    for feature in features {
      for (column, value) in feature.values.enumerated() {
        Self.append(value, to: &batch[column])
      }
      let last = feature.values.count
      switch shape {
      case .none: break
      case .wkt: batch[last].append(text: feature.geometry?.wkt)
      case .wkb: batch[last].append(bytes: feature.geometry?.wkb())
      }
    }
  }

  private static func kind(of type: AttributeType) -> ColumnKind {
    switch type {
    case .text: .text
    case .integer: .integer
    case .decimal: .number
    case .boolean: .flag
    case .date: .day
    }
  }

  private static func append(_ value: AttributeValue, to column: inout ColumnValues) {
    switch value {
    case .null: column.appendNull()
    case .text(let text): column.append(text: text)
    case .integer(let number): column.append(integer: number)
    case .decimal(let number): column.append(number: number)
    case .boolean(let flag): column.append(flag: flag)
    case .date(let day): column.append(day: day)
    }
  }
}

/// Writes a layer through a writer of tables.
final class TableFeatureWriter: FeatureWriter {
  private var table: FeatureTable
  private let writer: any TableWriter
  private let complete: () throws(WritingError) -> Void
  private let observe: (OutputFeature) -> Void

  /// `observe` hears each feature, and `complete` is called before the file is finished.
  init(
    _ table: FeatureTable, _ writer: any TableWriter,
    observe: @escaping (OutputFeature) -> Void = { _ in },
    complete: @escaping () throws(WritingError) -> Void = {}
  ) {
    self.table = table
    self.writer = writer
    self.observe = observe
    self.complete = complete
  }

  func append(_ features: [OutputFeature]) throws(WritingError) {
    table.fill(features)
    for feature in features { observe(feature) }
    do throws(TableError) {
      try writer.append(table.batch)
    } catch {
      throw .file(error)
    }
  }

  func finish() throws(WritingError) {
    try complete()
    do throws(TableError) {
      try writer.finish()
    } catch {
      throw .file(error)
    }
  }
}
