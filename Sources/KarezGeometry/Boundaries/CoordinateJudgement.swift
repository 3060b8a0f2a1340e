/// What two columns of numbers are: which system, which column is north, and what is doubtful.
public struct CoordinateJudgement: Hashable, Sendable {
  /// What is known before looking at the numbers.
  public struct Hints: Hashable, Sendable {
    /// A system the file or the caller states.
    public var crs: CoordinateReferenceSystem?
    /// 带号 of a heading.
    public var zone: Int?
    /// 几度分带 of a heading.
    public var width: GaussKruger.Width?
    /// Where the coordinates should lie, in degrees of EPSG:4490.
    public var extent: BoundingBox?
    /// The order the format or the columns' names say; nil where they say none.
    public var saysFirstIsNorth: Bool?
    /// Whether the format asks for a zone's number before eastings.
    public var asksForPrefix: Bool

    public init(
      crs: CoordinateReferenceSystem? = nil, extent: BoundingBox? = nil,
      saysFirstIsNorth: Bool? = false, asksForPrefix: Bool = false
    ) {
      self.crs = crs
      self.extent = extent
      self.saysFirstIsNorth = saysFirstIsNorth
      self.asksForPrefix = asksForPrefix
    }
  }

  public let crs: CoordinateReferenceSystem
  public let firstIsNorth: Bool
  public let evidence: CRSEvidence
  public let doubts: [BoundaryDoubt]

  /// Judges columns by their least and greatest values: `x` of the box is the first column.
  ///
  /// Northings have seven digits before the point and eastings six, or eight that begin with
  /// the zone; degrees have at most three.
  ///
  /// - Errors: `unknownCRS` when the numbers fit nothing or more than one thing,
  ///   `zoneContradiction` when prefix and heading name different zones, `notDegrees` when a
  ///   geographic system is stated and the numbers are none.
  public init(columns: BoundingBox, hints: Hints) throws(GeometryError) {
    var judge = CoordinateJudge(columns: columns, hints: hints)
    let (crs, firstIsNorth, evidence) = try judge.verdict()
    if let says = hints.saysFirstIsNorth, says != firstIsNorth {
      judge.doubts.append(.axesSwapped)
    }
    try judge.compareWithExtent(crs, firstIsNorth: firstIsNorth)
    self.crs = crs
    self.firstIsNorth = firstIsNorth
    self.evidence = evidence
    self.doubts = judge.doubts
  }
}

private struct CoordinateJudge {
  /// The size of a column's numbers.
  enum Size: Hashable {
    case degrees
    case easting
    case northing
    case prefixedEasting(zone: Int)
    /// Eastings with prefixes of more than one zone.
    case mixedEasting(Int, Int)
    case other

    init(_ low: Double, _ high: Double) {
      switch (low, high) {
      case (-180...180, -180...180): self = .degrees
      case (100_000..<1_000_000, 100_000..<1_000_000): self = .easting
      case (1_000_000..<10_000_000, 1_000_000..<10_000_000): self = .northing
      case (13_000_000..<46_000_000, 13_000_000..<46_000_000):
        let zone = Int(low / 1_000_000)
        let last = Int(high / 1_000_000)
        self = zone == last ? .prefixedEasting(zone: zone) : .mixedEasting(zone, last)
      default: self = .other
      }
    }
  }

  typealias Verdict = (CoordinateReferenceSystem, firstIsNorth: Bool, CRSEvidence)

  let columns: BoundingBox
  let hints: CoordinateJudgement.Hints
  let first: Size
  let second: Size
  var doubts: [BoundaryDoubt] = []

  init(columns: BoundingBox, hints: CoordinateJudgement.Hints) {
    self.columns = columns
    self.hints = hints
    first = Size(columns.minX, columns.maxX)
    second = Size(columns.minY, columns.maxY)
  }

  mutating func verdict() throws(GeometryError) -> Verdict {
    switch (first, second) {
    case (.northing, .mixedEasting(let one, let other)),
      (.mixedEasting(let one, let other), .northing):
      throw .zoneContradiction(declared: one, found: other)
    default: break
    }
    if let crs = hints.crs { return try stated(crs) }
    switch (first, second) {
    case (.degrees, .degrees):
      let firstIsNorth = degreesFirstIsNorth()
      let middle = Position(
        x: (columns.minX + columns.maxX) / 2, y: (columns.minY + columns.maxY) / 2)
      let place = firstIsNorth ? Position(x: middle.y, y: middle.x) : middle
      doubts.append(.datumDoubtful(displacementMetres: GCJ02.displacementMetres(at: place)))
      return (.cgcs2000, firstIsNorth, .sizeOfDegrees)
    case (.northing, .prefixedEasting(let zone)): return try prefixed(zone, firstIsNorth: true)
    case (.prefixedEasting(let zone), .northing): return try prefixed(zone, firstIsNorth: false)
    case (.northing, .easting): return try unprefixed(firstIsNorth: true)
    case (.easting, .northing): return try unprefixed(firstIsNorth: false)
    default: throw .unknownCRS(numbers)
    }
  }

  private var numbers: String {
    "\(NumberText.shortest(columns.minX)), \(NumberText.shortest(columns.minY))"
  }

  /// Longitudes of the national territory are greater than its latitudes; elsewhere the extent,
  /// and last the format, decides.
  private func degreesFirstIsNorth() -> Bool {
    if max(abs(columns.minX), abs(columns.maxX)) > 90 { return false }
    if max(abs(columns.minY), abs(columns.maxY)) > 90 { return true }
    let swapped = BoundingBox(
      minX: columns.minY, minY: columns.minX, maxX: columns.maxY, maxY: columns.maxX)
    if let extent = hints.extent, extent.meets(columns) != extent.meets(swapped) {
      return extent.meets(swapped)
    }
    if columns.minX >= 60, (0...60).contains(columns.minY), columns.maxY <= 60 { return false }
    if columns.minY >= 60, (0...60).contains(columns.minX), columns.maxX <= 60 { return true }
    return hints.saysFirstIsNorth ?? false
  }

  private func prefixed(_ zone: Int, firstIsNorth: Bool) throws(GeometryError) -> Verdict {
    if let declared = hints.zone, declared != zone {
      throw .zoneContradiction(declared: declared, found: zone)
    }
    let width: GaussKruger.Width = zone >= 24 ? .threeDegrees : .sixDegrees
    if let stated = hints.width, stated != width {
      throw .zoneContradiction(declared: stated.rawValue, found: width.rawValue)
    }
    guard let grid = GaussKruger(zone: zone, width: width, isPrefixed: true) else {
      throw .unknownCRS(numbers)
    }
    let evidence: CRSEvidence =
      hints.zone == nil ? .zonePrefix(zone) : .zonePrefixAndHeading(zone)
    return (.gaussKruger(grid), firstIsNorth, evidence)
  }

  private mutating func unprefixed(firstIsNorth: Bool) throws(GeometryError) -> Verdict {
    let width = hints.width ?? .threeDegrees
    if let zone = hints.zone {
      // 13 to 23 can only be zones of six degrees, 24 to 45 of three.
      let possible: GaussKruger.Width = zone >= 24 ? .threeDegrees : .sixDegrees
      guard let grid = GaussKruger(zone: zone, width: possible, isPrefixed: false) else {
        throw .unknownCRS("zone \(zone)")
      }
      if let stated = hints.width, stated != possible {
        throw .zoneContradiction(declared: stated.rawValue, found: possible.rawValue)
      }
      if hints.asksForPrefix { doubts.append(.zonePrefixMissing(zone: zone)) }
      return (.gaussKruger(grid), firstIsNorth, .heading(zone))
    }
    let grids = GaussKruger.zones(of: width)
      .compactMap { GaussKruger(zone: $0, width: width, isPrefixed: false) }
      .filter { leadsIntoExtent($0, firstIsNorth: firstIsNorth) }
    guard let grid = grids.first, grids.count == 1 else { throw .unknownCRS(numbers) }
    doubts.append(.zoneInferred(zone: grid.zone))
    return (.gaussKruger(grid), firstIsNorth, .expectedExtent(grid.zone))
  }

  private func leadsIntoExtent(_ grid: GaussKruger, firstIsNorth: Bool) -> Bool {
    guard let extent = hints.extent,
      let place = try? grid.degrees(of: middle(firstIsNorth: firstIsNorth))
    else { return false }
    return extent.meets(.at(place))
  }

  private func middle(firstIsNorth: Bool) -> Position {
    let first = (columns.minX + columns.maxX) / 2
    let second = (columns.minY + columns.maxY) / 2
    return firstIsNorth ? Position(x: second, y: first) : Position(x: first, y: second)
  }

  /// A stated system, held against the numbers.
  private mutating func stated(_ crs: CoordinateReferenceSystem) throws(GeometryError) -> Verdict {
    let evidence = CRSEvidence.stated(crs.description)
    if crs.isGeographic {
      guard first == .degrees, second == .degrees else {
        throw .notDegrees(Position(x: columns.minX, y: columns.minY))
      }
      if crs.epsg == 4_326 { doubts.append(.datumTakenAsEqual(crs: crs.description)) }
      return (crs, degreesFirstIsNorth(), evidence)
    }
    guard let grid = crs.grid else {
      doubts.append(.datumTakenAsEqual(crs: crs.description))
      return (crs, try projectedFirstIsNorth(crs), evidence)
    }
    switch (first, second) {
    case (.northing, .prefixedEasting(let zone)), (.prefixedEasting(let zone), .northing):
      guard zone == grid.zone, let found = grid.with(prefix: true) else {
        throw .zoneContradiction(declared: grid.zone, found: zone)
      }
      if !grid.isPrefixed { doubts.append(.zonePrefixUnstated(zone: zone)) }
      return (.gaussKruger(found), first == .northing, evidence)
    case (.northing, .easting), (.easting, .northing):
      guard let found = grid.with(prefix: false) else { throw .unknownCRS(numbers) }
      if grid.isPrefixed { doubts.append(.zonePrefixMissing(zone: grid.zone)) }
      return (.gaussKruger(found), first == .northing, evidence)
    default: throw .unknownCRS(numbers)
    }
  }

  /// For a system of another kind only the extent can tell the axes apart.
  private func projectedFirstIsNorth(
    _ crs: CoordinateReferenceSystem
  ) throws(GeometryError) -> Bool {
    guard let extent = hints.extent else { return hints.saysFirstIsNorth ?? false }
    let converter = try CoordinateConverter(from: crs)
    func lands(_ firstIsNorth: Bool) -> Bool {
      guard let place = try? converter.degrees(of: middle(firstIsNorth: firstIsNorth)) else {
        return false
      }
      return extent.meets(.at(place))
    }
    let says = hints.saysFirstIsNorth ?? false
    return !lands(says) && lands(!says) ? !says : says
  }

  /// Adds a doubt when the middle of the coordinates is not where they should lie.
  mutating func compareWithExtent(
    _ crs: CoordinateReferenceSystem, firstIsNorth: Bool
  ) throws(GeometryError) {
    guard let extent = hints.extent else { return }
    let place = try CoordinateConverter(from: crs).degrees(of: middle(firstIsNorth: firstIsNorth))
    if !extent.meets(.at(place)) { doubts.append(.outsideExpectedExtent(place)) }
  }
}

extension GaussKruger {
  /// The same zone, with or without its number before eastings.
  func with(prefix: Bool) -> GaussKruger? {
    GaussKruger(zone: zone, width: width, isPrefixed: prefix)
  }
}
