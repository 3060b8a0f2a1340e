public import KarezCore
import KarezGeometry
import Synchronization

/// 汇交草稿 while it is open: what it is going to do, and where its rows lie.
final class OpenDraft: Sendable {
  let id: DraftID
  let plan: DraftPlan
  let actor: Actor
  let table: DatasetTable
  let room: any DraftRoom
  private let bounds = Mutex<BoundingBox?>(nil)

  /// The box of all rows appended so far.
  var extent: BoundingBox? { bounds.withLock(\.self) }

  init(id: DraftID, plan: DraftPlan, actor: Actor, table: DatasetTable, room: any DraftRoom) {
    self.id = id
    self.plan = plan
    self.actor = actor
    self.table = table
    self.room = room
  }

  func append(_ rows: [DraftRow]) async throws(StoreError) {
    do {
      try await room.append(try rows.map(filled))
    } catch {
      throw StoreError(error)
    }
  }

  /// The row as it is going to be recorded, in the columns of `DatasetTable.draftShape`.
  private func filled(_ row: DraftRow) throws -> FilledRow {
    let feature = row.feature
    let geometry = table.hasGeometry ? feature.geometry?.storable : nil
    let wkb = geometry?.wkb()
    let attributes = try stored(feature.attributes, of: row.row)
    let id = feature.id.storable
    let hash = RowHash.content(
      id: id, wkb: wkb, sorted: attributes.inDigestOrder(of: table))
    let fixed: [SQLValue] = [
      .integer(row.row), .text(id), .integer(row.ends ? 1 : 0),
      geometry?.recordedArea.map { .real($0.squareMetres) } ?? .null, .bytes(hash),
    ]
    // Only rows with days of their own say when they end; a commit works it out for others.
    let days = plan.mode == .versions ? row.validity ?? plan.validity : nil
    let last: [SQLValue] = [
      (days ?? plan.validity).from.sqlValue, days?.until?.sqlValue ?? .null,
      wkb.map(SQLValue.bytes) ?? .null,
      row.source?.storable.map { .bytes($0.wkb()) } ?? .null,
    ]
    let box = geometry?.boundingBox
    if let box { bounds.withLock { $0 = $0?.union(box) ?? box } }
    return FilledRow(values: fixed + table.values(of: attributes) + last, box: box)
  }

  /// The attributes a dataset keeps, in the form every engine can keep them.
  private func stored(
    _ attributes: [String: AttributeValue], of row: Int64
  ) throws -> StoredAttributes {
    var named: [AttributeValue] = []
    named.reserveCapacity(table.schema.attributes.count)
    for attribute in table.schema.attributes {
      let value = attributes[attribute.name]?.storable ?? .null
      guard value == .null || value.type == attribute.type else {
        throw StoreError.corrupt(what: "row \(row): \(attribute.name)")
      }
      named.append(value)
    }
    guard table.schema.isOpen else { return StoredAttributes(named: named, rest: [:]) }
    let names = Set(table.schema.attributes.map(\.name))
    var rest: [String: AttributeValue] = [:]
    for (name, value) in attributes where !names.contains(name.storable) && value != .null {
      rest[name.storable] = value.storable
    }
    return StoredAttributes(named: named, rest: rest)
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
  /// The geometry, unless it has no positions or one of them is not a number.
  var storable: Geometry? {
    guard let box = boundingBox else { return nil }
    switch self {
    case .points(let positions) where !positions.allSatisfy(\.isFinite): return nil
    case .lines(let lines) where !lines.allSatisfy({ $0.allSatisfy(\.isFinite) }): return nil
    default: return box.minX.isFinite && box.maxX.isFinite ? self : nil
    }
  }

  /// 椭球面积 as it is recorded: of polygons on the globe; nil for anything else.
  var recordedArea: Area? {
    guard case .polygons(let multi) = self, let box = boundingBox,
      box.minX >= -180, box.maxX <= 180, box.minY >= -90, box.maxY <= 90
    else { return nil }
    return multi.statutoryArea()
  }
}
