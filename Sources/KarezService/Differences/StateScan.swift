import KarezCore
import KarezGeometry
import KarezStore

/// One pass over the polygons of a state: sums of all lines of the ledger, and where the polygons
/// lie that the other state shows differently.
struct StateScan {
  /// A polygon that differs.
  struct Place: Hashable {
    let part: Int
    let polygon: Int
    let key: LedgerKey
    let area: ExactArea
  }

  let layer: MapLayer
  private(set) var sums: [LedgerKey: ExactArea] = [:]
  private(set) var places: [Int64: Place] = [:]

  init(
    _ layer: MapLayer, by attribute: String?, regionDigits: Int, units: UnitAssignment? = nil,
    differing rows: Set<Int64>
  ) throws(LayerError) {
    self.layer = layer
    for (number, part) in layer.parts.enumerated() {
      var keys = LedgerKeys(part, of: layer.schema, by: attribute, regionDigits: regionDigits)
      keys.units = units.map { ($0.names, $0.codes[number]) }
      var partSums: [ExactArea] = []
      for polygon in 0..<part.layer.count where part.shows(polygon) {
        let key = try keys.index(of: polygon)
        if key == partSums.count { partSums.append(.zero) }
        let area = ExactArea(squareMetres: part.layer.areaM2(of: polygon))
        partSums[key] += area
        let row = part.layer.row(of: polygon)
        guard rows.contains(row) else { continue }
        places[row] = Place(part: number, polygon: polygon, key: keys.all[key], area: area)
      }
      for (key, sum) in zip(keys.all, partSums) { sums[key, default: .zero] += sum }
    }
  }

  /// The polygons that differ, of each part, as a job on layers takes them.
  var selections: [LayerSelection] {
    var polygons = layer.parts.map { _ in Set<Int>() }
    for place in places.values { polygons[place.part].insert(place.polygon) }
    return zip(layer.parts, polygons).map { part, chosen in
      LayerSelection(part.layer) { chosen.contains($0) }
    }
  }

  /// The land of the polygons that differ, by line.
  var differing: [LedgerKey: ExactArea] {
    var sums: [LedgerKey: ExactArea] = [:]
    for place in places.values { sums[place.key, default: .zero] += place.area }
    return sums
  }

  func geometry(of place: Place) throws(LayerError) -> MultiPolygon {
    try layer.parts[place.part].layer.geometry(of: place.polygon)
  }
}

/// Which line each polygon of a part belongs in; texts are looked at once a value, not a polygon.
struct LedgerKeys {
  private let part: MapLayer.Part
  private let classColumn: Int?
  private let isRegionInID: Bool
  private let digits: Int
  /// The unit each polygon lies in, by name, where lines are of units instead of recorded codes.
  var units: (names: [String], codes: [UInt32])?
  private var indexes: [Int: Int] = [:]
  private var indexOfID: [LedgerKey: Int] = [:]
  private(set) var all: [LedgerKey] = []

  init(_ part: MapLayer.Part, of schema: DatasetSchema, by attribute: String?, regionDigits: Int) {
    self.part = part
    digits = regionDigits
    classColumn = attribute.flatMap { part.holds($0) ? part.layer.column(named: $0) : nil }
    isRegionInID = schema.region == schema.identifier
  }

  /// The number of a polygon's key in `all`; the next one where it is new.
  mutating func index(of polygon: Int) throws(LayerError) -> Int {
    let layer = part.layer
    let classCode = try classColumn.map { column throws(LayerError) in
      try layer.code(of: polygon, column: column)
    }
    if let units {
      let unit = Int(units.codes[polygon])
      let pair = unit << 32 | (classCode ?? 0)
      if let known = indexes[pair] { return known }
      return keep(pair, LedgerKey(region: units.names[unit], className: name(classCode)))
    }
    if isRegionInID {
      let id = try layer.id(of: polygon)
      return add(LedgerKey(region: String(id.prefix(digits)), className: name(classCode)))
    }
    let regionCode = try part.regionColumn.map { column throws(LayerError) in
      try layer.code(of: polygon, column: column)
    }
    let pair = (regionCode ?? 0) << 32 | (classCode ?? 0)
    if let known = indexes[pair] { return known }
    let region = regionCode.flatMap { code in
      part.regionColumn.map { layer.columns[$0].values[code] }
    }
    return keep(
      pair,
      LedgerKey(region: String(Self.stated(region).prefix(digits)), className: name(classCode)))
  }

  /// The number of the key that a pair of codes stands for.
  private mutating func keep(_ pair: Int, _ key: LedgerKey) -> Int {
    let index = add(key)
    indexes[pair] = index
    return index
  }

  private mutating func add(_ key: LedgerKey) -> Int {
    if let known = indexOfID[key] { return known }
    all.append(key)
    indexOfID[key] = all.count - 1
    return all.count - 1
  }

  private func name(_ code: Int?) -> String {
    guard let code, let classColumn else { return "" }
    return Self.stated(part.layer.columns[classColumn].values[code])
  }

  /// What is not stated stands as a zero character in a dataset's layer.
  private static func stated(_ value: String?) -> String { value == "\u{0}" ? "" : value ?? "" }
}
