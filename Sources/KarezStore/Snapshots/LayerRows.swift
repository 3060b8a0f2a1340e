import KarezCore
import KarezGeometry

/// Lays rows of a history table down as a layer.
///
/// - Shape: the row is the `fid`, the id the feature's. Columns: the days of validity as
///   "from/until", the region, and the attributes that have code tables. An attribute with more
///   different values than a column is for is left out.
/// - Complexity: one pass over the rows, from their blobs; memory as `LayerWriter` says.
struct LayerRows {
  /// Names no attribute can have.
  static let days = "/days"
  static let region = "/region"
  /// What stands for "not stated" in a column; no code table has it.
  static let unstated = "\u{0}"

  let table: DatasetTable
  let mostValues: Int

  /// What can go wrong with a row; facts for the notice or the error.
  enum Fault: Error {
    case tooManyValues(column: Int)
  }

  /// The schema's attributes that have a column of their own in a layer.
  private var attributes: [Attribute] {
    table.schema.attributes.filter { $0.codes != nil && $0.type == .text }
  }

  /// The attribute that says where a row belongs, unless the id says it.
  private var regionAttribute: String? {
    guard let region = table.schema.region, region != table.schema.identifier else { return nil }
    return region
  }

  /// Names of the layer's columns after the days, each with the attribute it holds.
  func named() -> [(name: String, attribute: String)] {
    (regionAttribute.map { [(Self.region, $0)] } ?? [])
      + attributes.map { ($0.name, $0.name) }
  }

  /// Names of the layer's columns.
  var columnNames: [String] { [Self.days] + named().map(\.name) }

  /// Regions are worth more: without them readers bound to some are served row by row.
  func mostValues(of column: String) -> Int {
    column == Self.region ? mostValues * 16 : mostValues
  }

  /// The days of a row, as the column of days has them.
  static func days(from: LegalDate, until: LegalDate?) -> String {
    from.description + "/" + (until?.description ?? "")
  }

  /// Whether a layer that was laid down from a draft, all of whose rows were recorded over these
  /// days, is what these rows give.
  func isSame(_ laid: Layer, over days: String) -> Bool {
    guard laid.columns.map(\.name) == columnNames, laid.columns.first?.values == [days] else {
      return false
    }
    return laid.columns.dropFirst().allSatisfy { $0.values.count <= mostValues(of: $0.name) }
  }

  /// A layer of the rows that meet a condition on the history table `h`.
  ///
  /// `finish` makes it, in memory or in a file. Nil where there are no such rows.
  func layer(
    where condition: SQL, spoolingIn folder: String, _ session: any Session,
    progress: (Int) -> Void = { _ in },
    finish: (LayerWriter) throws(LayerError) -> Layer
  ) throws -> Layer? {
    var columns = named()
    while true {
      do {
        let writer = try write(columns, where: condition, spoolingIn: folder, session, progress)
        return writer.count == 0 ? nil : try finish(writer)
      } catch Fault.tooManyValues(let column) {
        columns.remove(at: column)
      }
    }
  }

  private func write(
    _ columns: [(name: String, attribute: String)], where condition: SQL,
    spoolingIn folder: String, _ session: any Session, _ progress: (Int) -> Void
  ) throws -> LayerWriter {
    let writer = LayerWriter(columns: [Self.days] + columns.map(\.name), spoolingIn: folder)
    let fixed = ["fid", "id", "valid_from", "valid_until"]
    let selected = fixed + columns.map { table.column(of: $0.attribute) } + ["geom"]
    let rows = try session.rows(
      """
      SELECT \(.names(selected, of: "h")) FROM \(table.history) h
      WHERE \(condition) ORDER BY h.fid
      """)
    var values = [String](repeating: Self.unstated, count: columns.count + 1)
    var seen = 0
    while let row = try rows.next() {
      for index in columns.indices {
        values[index + 1] = try text(row, index + fixed.count) ?? Self.unstated
      }
      try append(row, values: &values, to: writer)
      seen += 1
      guard seen.isMultiple(of: 1_000) else { continue }
      try check(writer, columns)
      progress(seen)
      // A reader that is being stopped must not wait for millions of rows.
      try Task.checkCancellation()
    }
    try check(writer, columns)
    return writer
  }

  private func check(
    _ writer: LayerWriter, _ columns: [(name: String, attribute: String)]
  ) throws {
    for (index, column) in columns.enumerated() {
      if writer.valueCount(ofColumn: index + 1) > mostValues(of: column.name) {
        throw Fault.tooManyValues(column: index)
      }
    }
  }

  private func append(
    _ row: any SQLRow, values: inout [String], to writer: LayerWriter
  ) throws {
    guard let fid = row.integer(0), let id = try text(row, 1), let from = try text(row, 2)
    else { throw damaged(row) }
    values[0] = from + "/" + (try text(row, 3) ?? "")
    try row.withWKB(values.count + 3) { wkb in
      guard let wkb else { return }
      // Safe because the buffer is only read while it is lent.
      do throws(LayerError) {
        try writer.append(row: fid, id: id, values: values, wkb: wkb)
      } catch {
        // A feature without a position takes up nothing.
        if case .geometry(_, .noGeometry) = error { return }
        throw error
      }
    }
  }

  private func text(_ row: any SQLRow, _ column: Int) throws -> String? {
    switch row[column] {
    case .null: return nil
    case .text(let text): return text
    default: throw damaged(row)
    }
  }

  private func damaged(_ row: any SQLRow) -> StoreError {
    .corrupt(what: "\(table.schema.id) row \(row.integer(0) ?? 0)")
  }
}

extension LayerRows {
  /// A layer as a part of a state, filtered for its day and its reader; nil where the layer does
  /// not hold what the reader's regions are told by.
  func part(
    _ layer: Layer, hidden: Set<Int64>, on day: LegalDate, in scope: Scope
  ) -> MapLayer.Part? {
    guard let days = layer.column(named: Self.days),
      let region = regionFilter(for: layer, in: scope)
    else { return nil }
    var columns: [String: Int] = [:]
    for attribute in attributes where scope.mayRead(attribute, of: table.schema.id) {
      if let column = layer.column(named: attribute.name) { columns[attribute.name] = column }
    }
    let text = day.description
    let filter = CodeFilter(column: days, of: layer) { days in
      let ends = days.split(separator: "/", omittingEmptySubsequences: false)
      // Days are kept as text that sorts as days do.
      return ends.count == 2 && ends[0] <= text && (ends[1].isEmpty || ends[1] > text)
    }
    let isAlways = filter.isAdmitted.allSatisfy(\.self)
    return MapLayer.Part(
      layer: layer, hidden: hidden, days: isAlways ? nil : filter, region: region,
      columns: columns, regionColumn: regionColumn(of: layer, in: scope))
  }

  private func regionColumn(of layer: Layer, in scope: Scope) -> Int? {
    guard let regionAttribute,
      table.schema.attributes.contains(where: {
        $0.name == regionAttribute && scope.mayRead($0, of: table.schema.id)
      })
    else { return nil }
    return layer.column(named: Self.region)
  }

  private func regionFilter(for layer: Layer, in scope: Scope) -> RegionFilter? {
    guard let prefixes = scope.regionPrefixes else { return .everywhere }
    guard let region = table.schema.region, !prefixes.isEmpty else { return .nowhere }
    let bytes = prefixes.map { Array($0.utf8) }
    if region == table.schema.identifier { return .identifiers(prefixes: bytes) }
    guard let column = layer.column(named: Self.region) else { return nil }
    return .codes(
      CodeFilter(column: column, of: layer) { value in
        value != Self.unstated && bytes.contains { value.utf8.starts(with: $0) }
      })
  }
}
