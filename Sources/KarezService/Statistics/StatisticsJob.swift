import KarezCore
import KarezGeometry
import KarezStore

/// Counts and measures what a state holds, by class and region, in an area or everywhere.
///
/// Polygons are measured as they were recorded; what of one lies in an area is measured by the
/// kernel, in the statutory plane. Points and lines are counted.
struct StatisticsJob {
  private static let pageLength = 10_000

  let map: OneMap
  let order: StatisticsOrder
  let scope: Scope

  /// One feature that is counted.
  struct Counted {
    let key: LedgerKey
    let area: ExactArea
    let whole: ExactArea
    let id: () throws -> String
  }

  func table() async throws(Problem) -> StatisticsTable {
    var sums: [LedgerKey: (count: Int, area: ExactArea)] = [:]
    var table = try await count { counted in
      sums[counted.key, default: (0, .zero)].count += 1
      sums[counted.key, default: (0, .zero)].area += counted.area
    }
    table.lines = sums.sorted { $0.key < $1.key }.map { key, sum in
      StatisticsTable.Line(
        region: key.region, className: key.className, count: sum.count, units: sum.area.printed)
    }
    table.names = try await names(of: Set(table.lines.map(\.region)), in: table)
    return table
  }

  /// The features behind one figure, in the order of their ids.
  func rows(
    of cell: StatisticsCell, after last: String?, limit: Int
  ) async throws(Problem) -> StatisticsRows {
    var rows: [StatisticsRows.Row] = []
    var sum = (count: 0, area: ExactArea.zero)
    let table = try await count { counted in
      guard cell.holds(counted.key) else { return }
      sum.count += 1
      sum.area += counted.area
      let id = try counted.id()
      if let last, !last.utf8.lexicographicallyPrecedes(id.utf8) { return }
      rows.append(
        StatisticsRows.Row(
          id: id, region: counted.key.region, className: counted.key.className,
          units: counted.area.printed, wholeUnits: counted.whole.printed))
      // What comes later than a page holds is forgotten from time to time.
      if rows.count > 8 * limit + 64 { StatisticsRows.keep(limit + 1, of: &rows) }
    }
    StatisticsRows.keep(limit + 1, of: &rows)
    let names = try await names(of: Set(rows.map(\.region)), in: table)
    var header = table
    header.names = names
    return StatisticsRows(
      table: header, rows: Array(rows.prefix(limit)), isLast: rows.count <= limit,
      count: sum.count, units: sum.area.printed)
  }

  // MARK: Counting

  /// Tells of every feature once; the table answered has no lines.
  private func count(
    _ tell: (Counted) throws -> Void
  ) async throws(Problem) -> StatisticsTable {
    let schema = try await map.schema(of: order.dataset, in: scope)
    let asOf = try await asOf()
    let attribute = try attribute(of: schema)
    let area = try order.area.map { name throws(Problem) in try map.area(name, in: scope) }
    do {
      guard schema.geometry == .polygon else {
        return try await countThin(schema, asOf, attribute, area, tell)
      }
      return try await countPolygons(schema, asOf, attribute, area, tell)
    } catch let error as LayerError {
      throw .layer(error, of: order.dataset)
    } catch {
      throw Problem.from(error, file: order.dataset)
    }
  }

  private func asOf() async throws(Problem) -> AsOf {
    let today = try await map.today()
    let recorded = min(order.recorded ?? today.recorded, today.recorded)
    return AsOf(validOn: order.validOn ?? today.validOn, recorded: recorded)
  }

  /// The attribute of the classes: the one asked for, or the first that has a code table.
  private func attribute(of schema: DatasetSchema) throws(Problem) -> String? {
    guard let named = order.attribute else {
      return schema.attributes.first { $0.codes != nil && $0.type == .text }?.name
    }
    guard schema.attributes.contains(where: { $0.name == named }) else {
      let known = schema.attributes.map(\.name).joined(separator: ", ")
      throw Wording.attributeUnknown(named, known: known).problem(.usage, at: order.dataset)
    }
    return named
  }

  private func countPolygons(
    _ schema: DatasetSchema, _ asOf: AsOf, _ attribute: String?, _ area: StatisticsArea?,
    _ tell: (Counted) throws -> Void
  ) async throws -> StatisticsTable {
    let columns = attribute.map { [$0] } ?? []
    guard let layer = try await map.layer(of: schema.id, asOf: asOf, columns: columns, in: scope)
    else { throw Problem.store(.noSuchDataset(schema.id)) }
    let pieces = try area?.geometry.map { try StatisticsPieces(of: layer, in: $0) }
    let units = try await borders(asOf)
    var assignment: UnitAssignment?
    if let units {
      assignment = try await UnitAssignment(
        of: layer, in: units, threads: order.threads, wanted: pieces?.polygons)
    }
    var table = StatisticsTable(
      order, asOf: asOf, attribute: attribute,
      regionsBy: units != nil ? .borders : schema.region == nil ? .none : .code,
      isMeasured: true)
    table.area = area
    for (number, part) in layer.parts.enumerated() {
      var keys = LedgerKeys(
        part, of: layer.schema, by: attribute, regionDigits: order.level.digits)
      keys.units = assignment.map { ($0.names, $0.codes[number]) }
      func add(_ polygon: Int, _ areaM2: Double) throws {
        // The index first: finding it may add its key.
        let index = try keys.index(of: polygon)
        try tell(
          Counted(
            key: keys.all[index], area: ExactArea(squareMetres: areaM2),
            whole: ExactArea(squareMetres: part.layer.areaM2(of: polygon)),
            id: { try part.layer.id(of: polygon) }))
      }
      if let pieces {
        for (polygon, areaM2) in pieces.areas[number] { try add(polygon, areaM2) }
      } else {
        for polygon in 0..<part.layer.count where part.shows(polygon) {
          if polygon.isMultiple(of: 65_536) { try Task.checkCancellation() }
          try add(polygon, part.layer.areaM2(of: polygon))
        }
      }
    }
    return table
  }

  /// Points and lines: those that lie in the area or meet it.
  private func countThin(
    _ schema: DatasetSchema, _ asOf: AsOf, _ attribute: String?, _ area: StatisticsArea?,
    _ tell: (Counted) throws -> Void
  ) async throws -> StatisticsTable {
    let prepared = try area?.geometry.map { try PreparedBoundary($0) }
    var table = StatisticsTable(
      order, asOf: asOf, attribute: attribute, regionsBy: schema.region == nil ? .none : .code,
      isMeasured: false)
    table.area = area
    var query = FeatureQuery(dataset: schema.id, asOf: asOf)
    query.window = prepared?.boundingBox
    var cursor: FeatureCursor?
    repeat {
      try Task.checkCancellation()
      let after = cursor
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: Self.pageLength, in: scope)
      }
      for version in page.versions {
        let feature = version.feature
        if let prepared, try !prepared.holds(feature.geometry) { continue }
        try tell(
          Counted(
            key: key(of: feature, schema, attribute), area: .zero, whole: .zero,
            id: { feature.id }))
      }
      cursor = page.next
    } while cursor != nil
    return table
  }

  private func key(
    of feature: Feature, _ schema: DatasetSchema, _ attribute: String?
  ) -> LedgerKey {
    let region =
      schema.region == schema.identifier
      ? feature.id : schema.region.flatMap { feature.attributes[$0]?.plainText }
    return LedgerKey(
      region: String((region ?? "").prefix(order.level.digits)),
      className: attribute.flatMap { feature.attributes[$0]?.plainText } ?? "")
  }

  // MARK: Regions

  /// The borders of the day's regions; nil where none are recorded that this reader may see, or the
  /// dataset is these borders itself.
  private func borders(_ asOf: AsOf) async throws(Problem) -> MapLayer? {
    guard order.level.units != order.dataset, let dataset = DatasetID(order.level.units),
      try await map.schemas(in: scope).contains(where: { $0.id == dataset }),
      let layer = try await map.layer(of: dataset, asOf: asOf, columns: [], in: scope),
      layer.parts.contains(where: { part in (0..<part.layer.count).contains(where: part.shows) })
    else { return nil }
    return layer
  }

  /// What regions are called by those borders.
  private func names(
    of codes: Set<String>, in table: StatisticsTable
  ) async throws(Problem) -> [String: String] {
    guard let dataset = DatasetID(order.level.units), !codes.isEmpty,
      let schema = try await map.schemas(in: scope).first(where: { $0.id == dataset }),
      schema.attributes.contains(where: { $0.name == "name" })
    else { return [:] }
    var names: [String: String] = [:]
    for code in codes.filter({ !$0.isEmpty }).sorted().prefix(Self.mostNamed) {
      let query = FeatureQuery(dataset: dataset, asOf: table.asOf, id: code)
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(query, after: nil, limit: 1, in: scope)
      }
      names[code] = page.versions.first?.feature.attributes["name"]?.plainText
    }
    return names
  }

  private static let mostNamed = 4_000
}

extension PreparedBoundary {
  /// Whether a point lies in it, or a line meets it.
  fileprivate func holds(_ geometry: Geometry?) throws(GeometryError) -> Bool {
    switch geometry {
    case .points(let positions): positions.contains(where: covers)
    case .lines(let lines): try meets(lines: lines)
    case .polygons, nil: false
    }
  }
}

/// What of a layer's polygons lies in an area.
struct StatisticsPieces {
  /// By part: polygon and statutory square metres, in the layer's order.
  private(set) var areas: [[(polygon: Int, areaM2: Double)]] = []
  /// By part, the same polygons.
  let polygons: [Set<Int>]

  init(of layer: MapLayer, in area: MultiPolygon) throws {
    let prepared = try PreparedBoundary(area)
    let shape = PlaneShape(area, in: .statutory)
    let search = LayerSearch()
    for part in layer.parts {
      var found: [(Int, Double)] = []
      let isWanted = { (polygon: Int) in !Task.isCancelled && part.shows(polygon) }
      var doubtful: [Int] = []
      try search.overlaps(of: shape, in: part.layer, where: isWanted) { overlap in
        guard overlap.isSound else { return doubtful.append(overlap.polygon) }
        found.append((overlap.polygon, overlap.areaM2))
      }
      try Task.checkCancellation()
      for polygon in doubtful {
        let geometry = try part.layer.geometry(of: polygon)
        let areaM2 = try prepared.piece(in: geometry, isRepairing: true).areaM2
        if areaM2 > PairKernel.residue { found.append((polygon, areaM2)) }
      }
      areas.append(found.sorted { $0.0 < $1.0 }.map { (polygon: $0.0, areaM2: $0.1) })
    }
    polygons = areas.map { Set($0.map(\.polygon)) }
  }
}
