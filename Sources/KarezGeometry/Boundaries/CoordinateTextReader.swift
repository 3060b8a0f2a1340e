import KarezCore

/// Reads 报批坐标 TXT, the standard and the variants that are in use.
///
/// - Shape: `[属性描述]` with keys and values, `[地块坐标]` with, for each parcel, a line of
///   fields that ends in `@` and lines `J1,1,X,Y`, X being north.
struct CoordinateTextReader {
  private struct Block {
    var parcel: BoundaryDocument.Parcel
    var declaredPoints: Int?
    var rings = RingCollector()
  }

  private var heading: [String: String] = [:]
  private var headingLines: [String: Int] = [:]
  private var doubts: [BoundaryDoubt] = []
  private var blocks: [Block] = []
  private var isInCoordinates = false
  private var isFullWidth = false

  mutating func document(
    _ text: String, encoding: TextEncoding, options: BoundaryDocument.Options
  ) throws(GeometryError) -> BoundaryDocument {
    for (index, line) in TextLines.split(text).enumerated() {
      do throws(GeometryError) {
        try read(line, number: index + 1)
      } catch {
        throw error.located(at: InputPlace(line: index + 1))
      }
    }
    if isFullWidth { doubts.append(.fullWidthPunctuation) }
    let hints = try hints(options)
    var parcels: [BoundaryDocument.Parcel] = []
    for (index, block) in blocks.enumerated() {
      do throws(GeometryError) {
        parcels.append(try Self.parcel(block))
      } catch {
        throw error.located(at: InputPlace(line: block.parcel.line, feature: index + 1))
      }
    }
    return try BoundaryDocument(
      .coordinateText, encoding: encoding, parcels: parcels, hints: hints, doubts: doubts,
      heading: heading)
  }

  private mutating func read(_ raw: Substring, number: Int) throws(GeometryError) {
    let line = halfWidth(TextLines.trimmed(raw))
    guard !line.isEmpty else { return }
    if line.hasPrefix("["), line.hasSuffix("]") {
      isInCoordinates = line == "[地块坐标]"
      return
    }
    if line.hasSuffix("@") {
      try begin(line, number: number)
      return
    }
    if !isInCoordinates, let equals = line.firstIndex(of: "=") {
      let key = TextLines.trimmed(line[..<equals])
      headingLines[String(key)] = number
      heading[String(key)] = String(TextLines.trimmed(line[line.index(after: equals)...]))
      return
    }
    guard isInCoordinates || !blocks.isEmpty else {
      throw .unexpected(found: String(line.prefix(40)), expected: .coordinateSection)
    }
    try addPoint(line, number: number)
  }

  /// The line with its punctuation made half-width, where only that makes it a line.
  ///
  /// A line with separators of its own is left alone: 地块名称 may hold a full-width comma.
  private mutating func halfWidth(_ line: Substring) -> Substring {
    guard !line.utf8.allSatisfy({ $0 < 0x80 }),
      line.contains(where: { "，＝＠［］．".contains($0) })
    else { return line }
    let commas = line.utf8.count { $0 == UInt8(ascii: ",") }
    let isLine = commas >= 3 || line.utf8.contains(UInt8(ascii: "="))
    if isLine, line.last != "＠" { return line }
    isFullWidth = true
    if isLine { return line.dropLast() + "@" }
    let pairs: [Character: Character] = [
      "，": ",", "＝": "=", "＠": "@", "［": "[", "］": "]", "．": ".",
    ]
    return Substring(String(line.map { pairs[$0] ?? $0 }))
  }

  /// 界址点数,地块面积,地块编号,地块名称,面,图幅号,地块用途,地类编码,@ — and five more in 补充耕地.
  private mutating func begin(_ line: Substring, number: Int) throws(GeometryError) {
    isInCoordinates = true
    var fields = TextLines.fields(of: line.dropLast(), separator: UInt8(ascii: ","))
      .map(String.init)
    if fields.last?.isEmpty == true { fields.removeLast() }
    guard fields.count >= 5 else {
      throw .unexpected(found: String(line.prefix(40)), expected: .parcelFields)
    }
    func field(_ index: Int) -> String { index < fields.count ? fields[index] : "" }
    guard ["面", ""].contains(field(4)) else { throw .unsupportedGeometry(field(4)) }
    var parcel = BoundaryDocument.Parcel(
      id: field(2), name: field(3), geometry: MultiPolygon([]), line: number)
    parcel.mapSheet = field(5)
    parcel.use = field(6)
    parcel.landClass = field(7)
    if ![8, 13].contains(fields.count) { parcel.doubts.append(.fieldCountUnusual(fields.count)) }
    if !field(1).isEmpty {
      guard let hectares = NumberText.value(of: field(1).utf8), (0...1e9).contains(hectares)
      else {
        throw .unexpected(found: String(field(1).prefix(40)), expected: .areaInHectares)
      }
      parcel.declaredArea = hectares == 0 ? nil : .hectares(hectares)
    }
    var declared: Int?
    if !field(0).isEmpty {
      guard let count = Int(field(0)), count >= 0 else {
        throw .unexpected(found: String(field(0).prefix(40)), expected: .pointCount)
      }
      declared = count
    }
    blocks.append(Block(parcel: parcel, declaredPoints: declared))
  }

  /// `J1,1,X,Y`, with nothing but empty fields after it.
  private mutating func addPoint(_ line: Substring, number: Int) throws(GeometryError) {
    guard !blocks.isEmpty else {
      throw .unexpected(found: String(line.prefix(40)), expected: .parcelLine)
    }
    let fields = TextLines.fields(of: line, separator: UInt8(ascii: ","))
    guard fields.count >= 4, fields.dropFirst(4).allSatisfy(\.isEmpty) else {
      throw .unexpected(found: String(line.prefix(40)), expected: .pointLine)
    }
    guard let ring = Int(fields[1]), (1...1_000_000).contains(ring) else {
      throw .unexpected(found: String(fields[1].prefix(40)), expected: .ringNumber)
    }
    guard let x = NumberText.value(of: fields[2].utf8),
      let y = NumberText.value(of: fields[3].utf8)
    else {
      let found = String((fields[2] + "," + fields[3]).prefix(40))
      throw .unexpected(found: found, expected: .twoCoordinates)
    }
    let last = blocks.count - 1
    // 圈号 1 is the shell; without it what follows would be measured as one.
    guard ring == 1 || !blocks[last].rings.isEmpty else {
      throw .located(
        InputPlace(ring: ring), .unexpected(found: String(ring), expected: .shellBeforeHoles))
    }
    try blocks[last].rings.add(Position(x: x, y: y), ring: ring, line: number)
  }

  private static func parcel(_ block: Block) throws(GeometryError) -> BoundaryDocument.Parcel {
    var rings = block.rings
    var parcel = block.parcel
    parcel.geometry = MultiPolygon([try rings.polygon()])
    if rings.openCount > 0 { parcel.doubts.append(.closingPointAbsent(rings: rings.openCount)) }
    // The count is written with the closing points and without them, whether they are there.
    let corners = rings.pointCount - (rings.ringCount - rings.openCount)
    let counts = [rings.pointCount, corners, corners + rings.ringCount]
    if let declared = block.declaredPoints, !counts.contains(declared) {
      throw .pointCountDiffers(declared: declared, found: rings.pointCount)
    }
    return parcel
  }

  /// What the heading says of the coordinates.
  private mutating func hints(
    _ options: BoundaryDocument.Options
  ) throws(GeometryError) -> CoordinateJudgement.Hints {
    var hints = CoordinateJudgement.Hints(
      crs: options.crs, extent: options.extent, saysFirstIsNorth: true, asksForPrefix: true)
    try checkDatum()
    try checkUnit()
    if let projection = heading["投影类型"], !projection.isEmpty {
      guard projection.contains("高斯") || projection.uppercased().contains("GAUSS") else {
        throw .unknownCRS(String(projection.prefix(40)))
      }
    }
    switch heading["几度分带"].map({ $0.filter(\.isNumber) }) {
    case "3": hints.width = .threeDegrees
    case "6": hints.width = .sixDegrees
    case nil, "": break
    default: doubts.append(.zoneNotUsable(String((heading["几度分带"] ?? "").prefix(40))))
    }
    if let text = heading["带号"], !text.isEmpty {
      let zone = Int(text.filter(\.isNumber))
      let isZone = zone.map { (13...45).contains($0) } ?? false
      if isZone {
        hints.zone = zone
      } else {
        doubts.append(.zoneNotUsable(String(text.prefix(40))))
      }
    }
    return hints
  }

  private mutating func checkDatum() throws(GeometryError) {
    let text = heading["坐标系"] ?? ""
    let upper = text.uppercased()
    // 偏移坐标系: shifted on purpose, by hundreds of metres.
    let isShifted = ["GCJ", "火星", "百度", "BD09", "BD-09", "BD 09", "BD_09"]
      .contains { upper.contains($0) }
    guard !isShifted else { throw .datumShiftUnknown(crs: String(text.prefix(40))) }
    if text.contains("2000") || upper.contains("CGCS") { return }
    let isOld = ["1954", "54", "北京", "1980", "80", "西安"].contains { text.contains($0) }
    guard !isOld else { throw .datumShiftUnknown(crs: String(text.prefix(40))) }
    doubts.append(.datumNotStated(String(text.prefix(40))))
  }

  private func checkUnit() throws(GeometryError) {
    let unit = heading["计量单位"] ?? ""
    guard !["", "米", "m", "metre", "meter"].contains(unit.lowercased()) else { return }
    throw .located(
      InputPlace(line: headingLines["计量单位"]),
      .unexpected(found: String(unit.prefix(40)), expected: .metres))
  }
}
