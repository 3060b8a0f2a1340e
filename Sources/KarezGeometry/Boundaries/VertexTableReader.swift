/// Reads a table of vertices: `x,y` a line, with names of columns or without.
///
/// - Shape: separated by commas, tabs, semicolons or spaces. Without names: the last two columns
///   are coordinates, of four columns the second is a ring's number. A blank line or another
///   value in a parcel's column begins another parcel.
struct VertexTableReader {
  private struct Columns {
    var first: Int
    var second: Int
    var ring: Int?
    var parcel: Int?
    /// What the names say of the order; nil where they do not.
    var firstIsNorth: Bool?
  }

  private static let eastNames = [
    "x", "lon", "lng", "long", "longitude", "e", "east", "easting", "经度", "东坐标", "横坐标",
  ]
  private static let northNames = [
    "y", "lat", "latitude", "n", "north", "northing", "纬度", "北坐标", "纵坐标",
  ]
  private static let ringNames = ["ring", "part", "圈号", "环号"]
  private static let parcelNames = ["parcel", "id", "name", "地块", "地块编号", "地块名称", "宗地代码"]

  private var columns: Columns?
  private var separator = UInt8(ascii: ",")
  private var parcels: [(id: String, line: Int, rings: RingCollector)] = []
  private var isBetweenParcels = true

  mutating func document(
    _ text: String, encoding: TextEncoding, options: BoundaryDocument.Options
  ) throws(GeometryError) -> BoundaryDocument {
    for (index, raw) in TextLines.split(text).enumerated() {
      let line = TextLines.trimmed(raw)
      do throws(GeometryError) {
        if line.isEmpty { isBetweenParcels = true } else { try read(line, number: index + 1) }
      } catch {
        throw error.located(at: InputPlace(line: index + 1))
      }
    }
    var read: [BoundaryDocument.Parcel] = []
    for (index, entry) in parcels.enumerated() {
      var rings = entry.rings
      do throws(GeometryError) {
        let polygon = try rings.polygon()
        let doubts =
          rings.openCount > 0 ? [BoundaryDoubt.closingPointAbsent(rings: rings.openCount)] : []
        read.append(
          BoundaryDocument.Parcel(
            id: entry.id, geometry: MultiPolygon([polygon]), line: entry.line, doubts: doubts))
      } catch {
        throw error.located(at: InputPlace(line: entry.line, feature: index + 1))
      }
    }
    let hints = CoordinateJudgement.Hints(
      crs: options.crs, extent: options.extent, saysFirstIsNorth: columns?.firstIsNorth)
    return try BoundaryDocument(.vertexTable, encoding: encoding, parcels: read, hints: hints)
  }

  private mutating func read(_ line: Substring, number: Int) throws(GeometryError) {
    guard let columns else {
      try begin(line, number: number)
      return
    }
    let fields = fields(of: line)
    func text(_ index: Int) -> Substring { index < fields.count ? fields[index] : "" }
    guard let x = NumberText.value(of: text(columns.first).utf8),
      let y = NumberText.value(of: text(columns.second).utf8)
    else {
      throw .unexpected(found: String(line.prefix(40)), expected: .twoCoordinates)
    }
    var ring = 1
    if let column = columns.ring {
      guard let number = Int(text(column)), (1...1_000_000).contains(number) else {
        throw .unexpected(found: String(text(column).prefix(40)), expected: .ringNumber)
      }
      ring = number
    }
    let id = columns.parcel.map { String(text($0).prefix(200)) }
    if isBetweenParcels || (id != nil && id != parcels.last?.id) {
      parcels.append((id ?? String(parcels.count + 1), number, RingCollector()))
      isBetweenParcels = false
    }
    let last = parcels.count - 1
    try parcels[last].rings.add(Position(x: x, y: y), ring: ring, line: number)
  }

  private func fields(of line: Substring) -> [Substring] {
    TextLines.fields(of: line, separator: separator).map { text in
      let isQuoted = text.utf8.count >= 2 && text.utf8.first == 0x22 && text.utf8.last == 0x22
      return isQuoted ? TextLines.trimmed(text.dropFirst().dropLast()) : text
    }
  }

  /// The first line: names of columns, or already a vertex.
  private mutating func begin(_ line: Substring, number: Int) throws(GeometryError) {
    separator =
      [UInt8(ascii: ","), 0x09, UInt8(ascii: ";")].first { line.utf8.contains($0) } ?? 0x20
    let fields = fields(of: line)
    let names = fields.map { $0.lowercased() }
    if let columns = Self.named(names) {
      self.columns = columns
      return
    }
    let last = fields.count - 1
    guard (1...3).contains(last) else {
      throw .unexpected(found: String(line.prefix(40)), expected: .coordinateColumns)
    }
    columns = Columns(first: last - 1, second: last, ring: last == 3 ? 1 : nil)
    try read(line, number: number)
  }

  private static func named(_ names: [String]) -> Columns? {
    func index(of candidates: [String]) -> Int? { names.firstIndex { candidates.contains($0) } }
    guard let east = index(of: eastNames), let north = index(of: northNames) else { return nil }
    // X and Y are north and east in surveying and the reverse in computing: only the numbers
    // tell, so these two names say nothing of the order.
    let isAmbiguous = names[east] == "x" && names[north] == "y"
    return Columns(
      first: min(east, north), second: max(east, north), ring: index(of: ringNames),
      parcel: index(of: parcelNames), firstIsNorth: isAmbiguous ? nil : north < east)
  }
}
