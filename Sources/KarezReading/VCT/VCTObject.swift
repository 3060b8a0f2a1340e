import KarezGeometry

/// One object of a geometry section as it is written.
struct VCTObject {
  enum Figure {
    case points([Position])
    /// The parts of a line or the rings of a polygon, each with positions of its own.
    case parts([[Position]])
    /// Lines by identifier, negative where they run the other way; 0 between rings.
    case lines([Int64])
    /// Polygons by identifier.
    case members([Int64])
    /// Passed over.
    case unread
  }

  let kind: VCTObjects.Kind
  var identifier: Int64 = 0
  /// 要素类型编码.
  var code = ""
  /// Where its first line is.
  var offset: Int64
  var line: Int64
  var figure = Figure.unread
  var refersToPolygons = false
  var fault: VCTObjectFault?
}

/// How coordinates are to be taken.
struct VCTCoordinates {
  var separator = UInt8(ascii: ",")
  /// 坐标偏移量, added to every position.
  var shift = Position(x: 0, y: 0)
  /// Whether north stands before east.
  var isNorthFirst = false
  /// Most positions or references one object may have.
  var most: Int64 = 1_000_000

  func upright(_ position: Position) -> Position {
    let moved = Position(x: position.x + shift.x, y: position.y + shift.y)
    return isNorthFirst ? Position(x: moved.y, y: moved.x) : moved
  }
}

/// Reads the objects of one geometry section one after another.
///
/// What is wrong with an object is its own fault; the next one begins behind the next lone zero.
struct VCTObjects {
  enum Kind: String {
    case point = "Point"
    case line = "Line"
    case polygon = "Polygon"
  }

  let kind: Kind
  let coordinates: VCTCoordinates
  /// Whether coordinates are only counted.
  let isPassing: Bool
  var lines: VCTLines
  /// The section's last line has been met.
  private(set) var isOver = false

  init(_ kind: Kind, _ lines: VCTLines, _ coordinates: VCTCoordinates, isPassing: Bool) {
    self.kind = kind
    self.lines = lines
    self.coordinates = coordinates
    self.isPassing = isPassing
  }

  /// The object that begins at a place.
  mutating func object(at offset: Int64) throws(ReadingError) -> VCTObject? {
    lines.move(to: VCTPlace(offset: offset, line: 0))
    isOver = false
    return try next()
  }

  /// The next object; nil where the section ends.
  mutating func next() throws(ReadingError) -> VCTObject? {
    guard !isOver else { return nil }
    guard try lines.next() else { throw endsTooSoon }
    if isSectionEnd {
      isOver = true
      return nil
    }
    var object = VCTObject(kind: kind, offset: lines.offset, line: lines.number)
    do {
      try read(&object)
    } catch {
      switch error {
      case .file(let error): throw error
      case .object(let fault):
        object.fault = fault
        try goToEnd()
      }
    }
    return object
  }

  /// Goes to the lone zero that ends an object, or to the section's end.
  private mutating func goToEnd() throws(ReadingError) {
    while !isOver, !lines.isZero {
      guard try lines.next() else { throw endsTooSoon }
      isOver = isSectionEnd
    }
  }

  private var isSectionEnd: Bool {
    guard lines.beginsWithLetter else { return false }
    switch kind {
    case .point: return lines.isWord("PointEnd")
    case .line: return lines.isWord("LineEnd")
    case .polygon: return lines.isWord("PolygonEnd")
    }
  }

  var endsTooSoon: ReadingError {
    .vct(.endsTooSoon(line: lines.number, section: kind.rawValue))
  }

  private mutating func read(_ object: inout VCTObject) throws(VCTStop) {
    let identifier = lines.integer.flatMap { $0 > 0 ? $0 : nil }
    let unnamed = stop(.identifier, found: lines.shown)
    object.identifier = identifier ?? 0
    // A lone zero ends an object; what stands behind it is another's.
    guard !lines.isZero else { throw unnamed }
    try advance()
    object.code = String(decoding: lines.content.prefix(64), as: UTF8.self)
    // Only now, since the code tells whose layer's fault it is.
    if identifier == nil { throw unnamed }
    // 图形表现编码 says how it is drawn, which is not kept.
    try advance()
    try advance()
    guard let type = lines.integer else { throw stop(.featureType, found: lines.shown) }
    switch kind {
    case .point: object.figure = try points(type)
    case .line: object.figure = try line(type)
    case .polygon: object.figure = try polygon(type, &object)
    }
    try advance()
    guard lines.isZero else { throw stop(.ending, found: lines.shown) }
  }

  // MARK: Figures

  /// 1 独立点, 2 结点, 3 有向点, 4 点群; a count stands before the positions, or not.
  private mutating func points(_ type: Int64) throws(VCTStop) -> VCTObject.Figure {
    guard (1...4).contains(type) else { throw stop(.featureType, found: lines.shown) }
    try advance()
    var positions: [Position] = []
    if lines.hasParts(coordinates.separator) {
      positions.append(try position())
      if type == 3 {
        try advance()
        _ = try position()
      }
    } else {
      positions = try self.positions(try count())
    }
    // The second point of a directed one only says where it looks.
    return isPassing ? .unread : .points(type == 3 ? Array(positions.prefix(1)) : positions)
  }

  /// 100 refers to other lines; all below has positions of its own, in one part or several.
  private mutating func line(_ type: Int64) throws(VCTStop) -> VCTObject.Figure {
    if type == 100 {
      try advance()
      return .lines(try references(try count()))
    }
    guard (1...6).contains(type) else { throw stop(.featureType, found: lines.shown) }
    return .parts(try elements())
  }

  /// 1 has rings of positions, 100 refers to lines (21) or to polygons (22).
  private mutating func polygon(
    _ type: Int64, _ object: inout VCTObject
  ) throws(VCTStop) -> VCTObject.Figure {
    guard type == 1 || type == 100 else { throw stop(.featureType, found: lines.shown) }
    try advance()
    // 标识点 lies somewhere inside; it is not kept, but it is a position.
    _ = try position()
    if type == 1 { return .parts(try elements()) }
    try advance()
    let composition = lines.integer
    guard composition == 21 || composition == 22 else {
      throw stop(.featureType, found: lines.shown)
    }
    object.refersToPolygons = composition == 22
    try advance()
    let references = try references(try count())
    return composition == 21 ? .lines(references) : .members(references)
  }

  /// Several runs of positions, each behind its type and count: polylines, or rings of them.
  private mutating func elements() throws(VCTStop) -> [[Position]] {
    try advance()
    let number = try count()
    var elements: [[Position]] = []
    var total: Int64 = 0
    for _ in 0..<number {
      try advance()
      guard lines.integer == 11 else { throw stop(.curve, found: lines.shown) }
      try advance()
      let count = try count()
      total += count
      guard total <= coordinates.most else { throw stop(.count, found: String(total)) }
      let positions = try positions(count)
      if !isPassing { elements.append(positions) }
    }
    return elements
  }

  // MARK: Lines

  private mutating func advance() throws(VCTStop) {
    let isThere: Bool
    do throws(ReadingError) { isThere = try lines.next() } catch { throw .file(error) }
    guard isThere else { throw .file(endsTooSoon) }
    if isSectionEnd {
      isOver = true
      throw stop(.ending, found: lines.shown)
    }
  }

  private func count() throws(VCTStop) -> Int64 {
    guard let count = lines.integer, count >= 1, count <= coordinates.most else {
      throw stop(.count, found: lines.shown)
    }
    return count
  }

  private func position() throws(VCTStop) -> Position {
    guard let position = lines.position(coordinates.separator) else {
      throw stop(.coordinate, found: lines.shown)
    }
    let upright = coordinates.upright(position)
    // No system on Earth reaches further, and an offset may lead beyond all numbers.
    guard abs(upright.x) <= 1e9, abs(upright.y) <= 1e9 else {
      throw stop(.coordinate, found: lines.shown)
    }
    return upright
  }

  private mutating func positions(_ count: Int64) throws(VCTStop) -> [Position] {
    var positions: [Position] = []
    for index in 0..<count {
      try advance()
      guard lines.hasParts(coordinates.separator) else {
        throw stop(.count, found: "\(index)/\(count)")
      }
      if !isPassing { positions.append(try position()) }
    }
    return positions
  }

  /// Identifiers, eight to a line or however many there are.
  private mutating func references(_ count: Int64) throws(VCTStop) -> [Int64] {
    var references: [Int64] = []
    var found: Int64 = 0
    while found < count {
      try advance()
      // A zero parts rings, so it is never the last reference: here the object ends.
      if lines.isZero, found + 1 == count { throw stop(.count, found: "\(found)/\(count)") }
      for part in lines.content.split(
        omittingEmptySubsequences: true,
        whereSeparator: { $0 == 0x2C || $0 == 0x20 || $0 == 0x09 || $0 == coordinates.separator })
      {
        guard let identifier = VCTNumbers.integer(part) else {
          throw stop(.count, found: lines.shown)
        }
        found += 1
        if !isPassing { references.append(identifier) }
      }
    }
    guard found == count else { throw stop(.count, found: "\(found)/\(count)") }
    return references
  }

  private func stop(_ kind: VCTObjectFault.Kind, found: String = "") -> VCTStop {
    .object(VCTObjectFault(kind, line: lines.number, found: found))
  }
}
