import KarezGeometry

/// The coordinate system a head describes.
///
/// - Source: GB/T 17798-2007 and the heads of files in use: the parameters are central meridian,
///   latitude of origin (left out by some), scale, false easting and northing, width and number
///   of the zone; the false easting carries the zone's number, or the coordinates do although it
///   does not.
struct VCTSystem {
  private(set) var crs = SourceCRS.unknown
  private(set) var reason = CRSReason.unrecognised
  /// The head's own words.
  let name: String

  private enum Datum {
    case cgcs2000
    case wgs84
    case xian1980
    case beijing1954
  }

  /// `sample` is a position of the file, as it is written; `decode` gives the head's words.
  init(_ head: VCTHead, sample: Position?, decode: ([UInt8]) -> String?) {
    let spheroid = decode(head.bytes("spheroid")) ?? ""
    let projection = decode(head.bytes("projection")) ?? ""
    let words = [spheroid, projection, head.text("parameters")].filter { !$0.isEmpty }
    name = String(words.joined(separator: "; ").prefix(200))
    let type = head.text("coordinatesystemtype").uppercased()
    guard !name.isEmpty || !type.isEmpty else {
      reason = .unstated
      return
    }
    guard let datum = Self.datum(spheroid, head.numbers("spheroid")) else { return }
    let isInDegrees = sample.map { abs($0.x) <= 180 && abs($0.y) <= 180 } ?? true
    switch type {
    case "D": describe(datum)
    case "": if isInDegrees { describe(datum) } else { describe(datum, head, projection, sample) }
    case "P": describe(datum, head, projection, sample)
    default: break
    }
  }

  private mutating func describe(_ datum: Datum) {
    reason = .statedDefinition
    switch datum {
    case .cgcs2000: crs = .epsg(4_490)
    case .wgs84: crs = .epsg(4_326)
    case .xian1980: crs = .epsg(4_610)
    case .beijing1954: crs = .epsg(4_214)
    }
  }

  private mutating func describe(
    _ datum: Datum, _ head: VCTHead, _ projection: String, _ sample: Position?
  ) {
    let lower = projection.lowercased()
    guard
      lower.isEmpty || ["高斯", "gauss", "transverse", "横轴墨卡托"].contains(where: lower.contains),
      let zone = VCTZone(parameters: head.numbers("parameters"), sample: sample)
    else { return }
    let width = GaussKruger.Width(rawValue: zone.width)
    guard let width,
      let grid = GaussKruger(zone: zone.number, width: width, isPrefixed: zone.isPrefixed)
    else { return }
    switch datum {
    case .cgcs2000: crs = SourceCRS(.gaussKruger(grid))
    case .wgs84: return
    // Their codes, by which it is told that their shift is not public.
    case .xian1980:
      crs = .epsg(
        width == .threeDegrees
          ? (grid.isPrefixed ? 2_349 : 2_370) + zone.number - 25
          : (grid.isPrefixed ? 2_327 : 2_338) + zone.number - 13)
    case .beijing1954:
      crs = .epsg(
        width == .threeDegrees
          ? (grid.isPrefixed ? 2_401 : 2_422) + zone.number - 25
          : (grid.isPrefixed ? 21_413 : 21_453) + zone.number - 13)
    }
    reason = .statedDefinition
  }

  /// By name and by numbers; nil where they say nothing or contradict each other.
  private static func datum(_ text: String, _ numbers: [Double?]) -> Datum? {
    let lower = text.lowercased()
    let named = names.first { name in name.words.contains { lower.contains($0) } }?.datum
    let flattening = numbers.compactMap { $0 }.first { (298..<299).contains($0) }
    guard let flattening else { return named }
    let measured = flattenings.first { abs($0.value - flattening) < 1e-8 }?.datum
    guard let named, let measured else { return measured ?? named }
    return named == measured ? named : nil
  }

  private static let names: [(words: [String], datum: Datum)] = [
    (["2000", "cgcs"], .cgcs2000), (["wgs"], .wgs84), (["1980", "西安", "1975"], .xian1980),
    (["1940", "1954", "krasov", "克拉索夫斯基", "北京"], .beijing1954),
  ]

  /// By the inverse flattening of the ellipsoid.
  private static let flattenings: [(value: Double, datum: Datum)] = [
    (298.257_222_101, .cgcs2000), (298.257_223_563, .wgs84), (298.257, .xian1980),
    (298.3, .beijing1954),
  ]
}

/// 分带 as the parameters of a projection give it.
struct VCTZone {
  let number: Int
  let width: Int
  let isPrefixed: Bool

  init?(parameters: [Double?], sample: Position?) {
    let values = parameters.compactMap { $0 }
    // A scale other than one is another projection.
    guard !values.contains(where: { $0 > 0.9 && $0 < 1 }) else { return nil }
    let falseEasting = values.first { (100_000..<100_000_000).contains($0) }
    let prefix = falseEasting.map { Int(($0 - 500_000) / 1_000_000) } ?? 0
    if let falseEasting, falseEasting != 500_000 + Double(prefix) * 1_000_000 { return nil }
    let stated = values.first { (60...150).contains($0) }
    let last = values.last.flatMap { (13...45).contains($0) ? Int($0) : nil } ?? 0
    let known = prefix > 0 ? prefix : last
    guard let width = Self.width(values, falseEasting, meridian: stated, zone: known) else {
      return nil
    }
    let meridian = stated ?? Double(width == 3 ? 3 * known : 6 * known - 3)
    let zone = width == 3 ? meridian / 3 : (meridian + 3) / 6
    guard zone == zone.rounded(), zone > 0, known == 0 || Int(zone) == known else { return nil }
    number = Int(zone)
    self.width = width
    isPrefixed = prefix > 0 || max(sample?.x ?? 0, sample?.y ?? 0) >= 10_000_000
  }

  /// As stated behind the false easting, or as meridian and number agree, or the usual three.
  private static func width(
    _ values: [Double], _ falseEasting: Double?, meridian: Double?, zone: Int
  ) -> Int? {
    if let falseEasting, let place = values.firstIndex(of: falseEasting),
      let width = values[place...].first(where: { $0 == 3 || $0 == 6 })
    {
      return Int(width)
    }
    guard zone > 0 else { return meridian == nil ? nil : 3 }
    guard let meridian else { return zone >= 24 ? 3 : 6 }
    if meridian == Double(3 * zone) { return 3 }
    return meridian == Double(6 * zone - 3) ? 6 : nil
  }
}
