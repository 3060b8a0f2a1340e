public import KarezCore
import KarezCrypto
import KarezGeometry
import Synchronization

/// 汇交草稿 while it is open: what it is going to do, and where its rows lie.
final class OpenDraft: Sendable {
  let id: DraftID
  let plan: DraftPlan
  let actor: Actor
  let table: DatasetTable
  let room: any DraftRoom
  /// The first day of the plan, as it is kept.
  private let from: SQLValue
  /// Those of the schema's attributes.
  private let types: [AttributeType]
  private let counted = Mutex(DraftTally())
  private let layer = Mutex<Layer?>(nil)

  /// What was appended so far.
  var tally: DraftTally { counted.withLock(\.self) }

  /// The layer of all its rows, where one was kept and they are numbered as they will be recorded.
  var laid: Layer? {
    let tally = tally
    guard tally.isNumbered, tally.ending == 0 else { return nil }
    return layer.withLock { $0?.count == tally.rows ? $0 : nil }
  }

  /// Keeps a layer of its rows, until it is recorded or let go.
  func keep(_ layer: Layer) { self.layer.withLock { $0 = layer } }

  init(id: DraftID, plan: DraftPlan, actor: Actor, table: DatasetTable, room: any DraftRoom) {
    self.id = id
    self.plan = plan
    self.actor = actor
    self.table = table
    self.room = room
    from = plan.validity.from.sqlValue
    types = table.schema.attributes.map(\.type)
  }

  func append(_ rows: [DraftRow]) async throws(StoreError) {
    do {
      var hash = SM3()
      var order = KnownOrder(of: table.schema)
      var filled: [FilledRow] = []
      filled.reserveCapacity(rows.count)
      for row in rows {
        let attributes = try kept(row.values, isInOrder: order.isOrder(of: row.values), of: row.row)
        filled.append(self.filled(row, attributes, &hash))
      }
      try await room.append(filled)
      counted.withLock { tally in
        for index in rows.indices {
          tally.add(rows[index].row, rows[index].id, ends: rows[index].ends, in: filled[index].box)
        }
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// The row as it is going to be recorded, in the columns of `DatasetTable.draftShape`.
  private func filled(
    _ row: DraftRow, _ attributes: StoredAttributes, _ hash: inout SM3
  ) -> FilledRow {
    let stored = table.hasGeometry ? row.geometry?.stored : nil
    let (geometry, box) = (stored?.geometry, stored?.box)
    let wkb = geometry?.wkb()
    let id = row.id.storable
    let hash = RowHash.content(id: id, wkb: wkb, attributes, of: table, by: &hash)
    var values: [SQLValue] = []
    values.reserveCapacity(9 + table.valueColumns.count)
    values.append(.integer(row.row))
    values.append(.text(id))
    values.append(.integer(row.ends ? 1 : 0))
    values.append(geometry?.recordedArea(in: box).map { .real($0.squareMetres) } ?? .null)
    values.append(.bytes(hash))
    table.append(attributes, to: &values)
    // Only rows with days of their own say when they end; a commit works it out for others.
    let days = plan.mode == .versions ? row.validity : nil
    values.append(days?.from.sqlValue ?? from)
    values.append((plan.mode == .versions ? days ?? plan.validity : nil)?.until?.sqlValue ?? .null)
    values.append(wkb.map(SQLValue.bytes) ?? .null)
    values.append(row.source?.stored.map { .bytes($0.geometry.wkb()) } ?? .null)
    return FilledRow(values: values, box: box)
  }

  /// The attributes a dataset keeps, in the form every engine can keep them.
  private func kept(
    _ values: RowValues, isInOrder: Bool, of row: Int64
  ) throws -> StoredAttributes {
    // Only rows in another order than the table's are looked through by name.
    let other = isInOrder ? [:] : values.named
    var named: [AttributeValue] = []
    named.reserveCapacity(table.schema.attributes.count)
    for (place, type) in types.enumerated() {
      let value =
        isInOrder
        ? values.ordered[place] : other[table.schema.attributes[place].name] ?? .null
      if case .null = value {
        named.append(.null)
        continue
      }
      let stored = value.storable
      guard stored.type == nil || stored.type == type else {
        let name = table.schema.attributes[place].name
        throw StoreError.corrupt(what: "row \(row): \(name)")
      }
      named.append(stored)
    }
    guard table.schema.isOpen else { return StoredAttributes(named: named, rest: [:]) }
    return StoredAttributes(named: named, rest: rest(of: isInOrder ? values.rest : other))
  }

  /// What a dataset's schema does not name, of an open one.
  private func rest(of values: [String: AttributeValue]) -> [String: AttributeValue] {
    let names = Set(table.schema.attributes.map(\.name))
    var rest: [String: AttributeValue] = [:]
    for (name, value) in values where !names.contains(name.storable) && value != .null {
      rest[name.storable] = value.storable
    }
    return rest
  }

  func rows(after row: Int64, limit: Int) async throws(StoreError) -> [DraftRow] {
    try await rows { _, _ in
      "row > \(row) ORDER BY row LIMIT \(raw: String(max(1, limit)))"
    }
  }

  func rows(meeting window: BoundingBox) async throws(StoreError) -> [DraftRow] {
    do { try await room.prepareForWindows() } catch { throw StoreError(error) }
    return try await rows { session, staged in
      "\(session.dialect.isDraftedNear(staged, window)) ORDER BY row"
    }
  }

  private func rows(
    _ condition: @Sendable (any Session, SQL) -> SQL
  ) async throws(StoreError) -> [DraftRow] {
    let columns =
      ["row", "id", "ends"] + table.valueColumns.map(\.name)
      + ["valid_from", "valid_until", "geom", "source"]
    do {
      return try await room.reading { session, staged in
        let rows = try session.rows(
          SQL(
            """
            SELECT \(.names(columns)) FROM \(staged) WHERE \(condition(session, staged))
            """
          ).kept)
        var found: [DraftRow] = []
        while let row = try rows.next() { found.append(try self.draftRow(row)) }
        return found
      }
    } catch {
      throw StoreError(error)
    }
  }

  private func draftRow(_ row: any SQLRow) throws -> DraftRow {
    let end = 3 + table.valueColumns.count
    guard let number = row.integer(0), let id = row.text(1), let ends = row.integer(2) else {
      throw StoreError.corrupt(what: "draft row")
    }
    return DraftRow(
      row: number,
      feature: Feature(
        id: id, geometry: try row.geometry(end + 2),
        attributes: try table.attributes(of: row, from: 3)),
      ends: ends != 0, validity: try validity(row, from: end), source: try row.geometry(end + 3))
  }

  /// The row's own days, where rows have any.
  private func validity(_ row: any SQLRow, from start: Int) throws(StoreError) -> Validity? {
    guard plan.mode == .versions else { return nil }
    guard let from = row.text(start).flatMap({ LegalDate($0) }),
      let days = Validity(from: from, until: row.text(start + 1).flatMap { LegalDate($0) })
    else { throw .corrupt(what: "days") }
    return days
  }
}

/// What is known of the rows of a draft without reading them again.
struct DraftTally {
  private(set) var rows = 0
  /// Rows that end their feature.
  private(set) var ending = 0
  /// The box of all of them.
  private(set) var extent: BoundingBox?
  /// Whether they are numbered 1, 2, 3 … as they came.
  private(set) var isNumbered = true
  /// Whether each identifier is greater than the one before, so that none stands twice.
  private(set) var isSorted = true
  private var lastID = ""

  mutating func add(_ row: Int64, _ id: String, ends: Bool, in box: BoundingBox?) {
    rows += 1
    if ends { ending += 1 }
    if row != Int64(rows) { isNumbered = false }
    if isSorted {
      let id = id.storable
      isSorted = rows == 1 || lastID < id
      lastID = id
    }
    if let box { extent = extent?.union(box) ?? box }
  }
}

extension AttributeValue {
  /// The type of the value, nil where there is none.
  public var type: AttributeType? {
    switch self {
    case .null: nil
    case .text: .text
    case .integer: .integer
    case .decimal: .decimal
    case .boolean: .boolean
    case .date: .date
    }
  }
}

extension Geometry {
  /// The geometry and its box, unless it has no positions or one of them is not a number.
  var stored: (geometry: Geometry, box: BoundingBox)? {
    guard let box = boundingBox else { return nil }
    switch self {
    case .points(let positions) where !positions.allSatisfy(\.isFinite): return nil
    case .lines(let lines) where !lines.allSatisfy({ $0.allSatisfy(\.isFinite) }): return nil
    default: return box.minX.isFinite && box.maxX.isFinite ? (self, box) : nil
    }
  }

  /// 椭球面积 as it is recorded: of polygons on the globe; nil for anything else.
  func recordedArea(in box: BoundingBox?) -> Area? {
    guard case .polygons(let multi) = self, let box,
      box.minX >= -180, box.maxX <= 180, box.minY >= -90, box.maxY <= 90
    else { return nil }
    return multi.statutoryArea()
  }
}
