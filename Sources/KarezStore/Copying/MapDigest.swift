import KarezCore
import KarezCrypto

/// 全图摘要: one SM3 over all that is recorded, whatever the engine; equal digests, equal maps.
///
/// - Shape: every register row by row, then of every version its numbers, days and row digest,
///   which stands for what it says.
public struct MapDigest: Hashable, Sendable {
  public let sm3: String
  public let datasets: Int
  public let versions: Int
  public let logEntries: Int
}

extension RelationalStore {
  /// The digest of the whole map, read in one state of it.
  public func digest(
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(StoreError) -> MapDigest {
    try await readingAll { session in
      var sum = MapDigestSum(progress: progress)
      let tables = try session.all("SELECT definition FROM karez_dataset ORDER BY id").map {
        DatasetTable(
          schema: try SchemaJSON.schema(parsing: $0.text(0) ?? ""), dialect: session.dialect)
      }
      for register in Registers.recorded {
        try sum.add(register, register.columns.map(\.name), session)
      }
      let fixed = DatasetTable.fixedColumns.map(\.name)
      for table in tables { try sum.add(table.shape, fixed, session) }
      let counts = sum.counts
      return MapDigest(
        sm3: sum.finish(), datasets: tables.count,
        versions: tables.reduce(0) { $0 + (counts[$1.shape.name] ?? 0) },
        logEntries: counts[Registers.log.name] ?? 0)
    }
  }
}

extension Registers {
  /// Those that say what is recorded; the rest is about the store itself.
  static var recorded: [TableShape] { all.filter { ![meta.name, seals.name].contains($0.name) } }
}

private struct MapDigestSum: ~Copyable {
  let progress: (Int) -> Void
  private(set) var counts: [String: Int] = [:]
  private var hash = SM3()
  private var seen = 0

  init(progress: @escaping (Int) -> Void) { self.progress = progress }

  mutating func add(_ table: TableShape, _ columns: [String], _ session: any Session) throws {
    let order = table.key.isEmpty ? columns : table.key
    let rows = try session.rows(
      """
      SELECT \(.names(columns)) FROM \(name: table.name) ORDER BY \(.names(order))
      """)
    var count = 0
    while let row = try rows.next() {
      var bytes: [UInt8] = []
      for column in columns.indices { Self.append(row[column], to: &bytes) }
      hash.update(bytes)
      count += 1
      seen += 1
      if seen.isMultiple(of: 10_000) { progress(seen) }
    }
    hash.update(Array("\(count)\n".utf8))
    counts[table.name] = count
  }

  consuming func finish() -> String { hash.finish().description }

  private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .integer(let number):
      bytes.append(1)
      bytes += number.wire
    case .real(let number):
      bytes.append(2)
      bytes += number.bitPattern.wire
    case .text(let text):
      bytes.append(3)
      bytes += Int64(text.utf8.count).wire
      bytes += text.utf8
    case .bytes(let content):
      bytes.append(4)
      bytes += Int64(content.count).wire
      bytes += content
    }
  }
}
