/// What stands at the end of a Parquet file: the schema, and where each column of each group lies.
///
/// - Source: Apache Parquet, `parquet.thrift`; the numbers are its field ids and enum values.
struct ParquetFooter {
  struct Chunk {
    let column: TableColumn
    let offset: Int
    /// With the page's header.
    let byteCount: Int
    let rowCount: Int
    let statistics: ParquetStatistics
  }

  struct Group {
    let rowCount: Int
    let chunks: [Chunk]
    var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }
  }

  let schema: TableSchema
  var groups: [Group] = []

  /// At most so many digits fit in the eight bytes of a decimal.
  private static let decimalDigits: Int32 = 18
  private static let plain: Int32 = 0
  private static let runLength: Int32 = 3

  func bytes(rowCount: Int, metadata: [String: String]) -> [UInt8] {
    var thrift = ThriftWriter()
    thrift.structure { file in
      file.field(1, int32: 1)
      schemaElements(&file)
      file.field(3, int64: rowCount)
      file.field(4, structures: groups, Self.write)
      if !metadata.isEmpty {
        file.field(5, structures: metadata.sorted { $0.key < $1.key }) { pair, entry in
          pair.field(1, text: entry.key)
          pair.field(2, text: entry.value)
        }
      }
      file.field(6, text: "karez")
      // Says how bounds were ordered; without it readers take none of them.
      file.field(7, structures: schema.columns) { order, _ in order.field(1, structure: { _ in }) }
    }
    return thrift.bytes
  }

  /// The header of a column's only page in a group.
  static func pageHeader(rowCount: Int, byteCount: Int) -> [UInt8] {
    var thrift = ThriftWriter()
    thrift.structure { page in
      page.field(1, int32: 0)
      page.field(2, int32: Int32(byteCount))
      page.field(3, int32: Int32(byteCount))
      page.field(5) { data in
        data.field(1, int32: Int32(rowCount))
        data.field(2, int32: plain)
        data.field(3, int32: runLength)
        data.field(4, int32: runLength)
      }
    }
    return thrift.bytes
  }

  private func schemaElements(_ file: inout ThriftWriter) {
    // The first element is the row itself, and says how many follow.
    file.field(2, structures: [nil] + schema.columns) { element, column in
      guard let column else {
        element.field(4, text: "row")
        element.field(5, int32: Int32(schema.columns.count))
        return
      }
      element.field(1, int32: Self.physicalType(column.kind))
      element.field(3, int32: column.isNullable ? 1 : 0)
      element.field(4, text: column.name)
      Self.writeMeaning(of: column.kind, &element)
    }
  }

  private static func physicalType(_ kind: ColumnKind) -> Int32 {
    switch kind {
    case .flag: 0
    case .day: 1
    case .integer, .decimal: 2
    case .number: 5
    case .text, .bytes: 6
    }
  }

  /// What the bytes mean, said twice: for readers before 2018, and for those since.
  private static func writeMeaning(of kind: ColumnKind, _ element: inout ThriftWriter) {
    switch kind {
    case .text:
      element.field(6, int32: 0)
      element.field(10) { $0.field(1) { _ in } }
    case .decimal(let places):
      element.field(6, int32: 5)
      element.field(7, int32: Int32(places))
      element.field(8, int32: decimalDigits)
      element.field(10) { meaning in
        meaning.field(5) { decimal in
          decimal.field(1, int32: Int32(places))
          decimal.field(2, int32: decimalDigits)
        }
      }
    case .day:
      element.field(6, int32: 6)
      element.field(10) { $0.field(6) { _ in } }
    case .integer, .number, .flag, .bytes: break
    }
  }

  private static func write(_ group: inout ThriftWriter, _ written: Group) {
    group.field(1, structures: written.chunks) { chunk, written in
      // No copy of the chunk's metadata stands outside the footer.
      chunk.field(2, int64: 0)
      chunk.field(3) { write(&$0, written) }
    }
    group.field(2, int64: written.byteCount)
    group.field(3, int64: written.rowCount)
    group.field(5, int64: written.chunks[0].offset)
    group.field(6, int64: written.byteCount)
  }

  private static func write(_ chunk: inout ThriftWriter, _ written: Chunk) {
    chunk.field(1, int32: physicalType(written.column.kind))
    chunk.field(2, int32s: [plain, runLength])
    chunk.field(3, texts: [written.column.name])
    chunk.field(4, int32: 0)
    chunk.field(5, int64: written.rowCount)
    chunk.field(6, int64: written.byteCount)
    chunk.field(7, int64: written.byteCount)
    chunk.field(9, int64: written.offset)
    chunk.field(12) { statistics in
      statistics.field(3, int64: written.statistics.nullCount)
      guard let bounds = written.statistics.bounds else { return }
      statistics.field(5, binary: bounds.greatest)
      statistics.field(6, binary: bounds.least)
    }
  }
}
