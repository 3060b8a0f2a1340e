import KarezGeometry

/// A place in whole half-nanodegrees, about 0.05 mm.
///
/// Every vertex of an outline is even and every cut lies on an odd number, so no vertex ever lies
/// on a cut and nothing needs a tolerance.
struct LatticePoint: Hashable, Sendable, Comparable {
  var x: Int64
  var y: Int64

  static let perDegree = 2e9

  init(x: Int64, y: Int64) {
    self.x = x
    self.y = y
  }

  /// The even point nearest to a position in degrees.
  init(nearest position: Position) {
    x = Int64((position.x * 1e9).rounded()) * 2
    y = Int64((position.y * 1e9).rounded()) * 2
  }

  var position: Position {
    Position(x: Double(x) / Self.perDegree, y: Double(y) / Self.perDegree)
  }

  subscript(axis: Axis) -> Int64 {
    axis == .x ? x : y
  }

  static func < (left: LatticePoint, right: LatticePoint) -> Bool {
    (left.x, left.y) < (right.x, right.y)
  }
}

/// Which coordinate a cut holds constant.
enum Axis: Hashable, Sendable {
  case x
  case y

  var other: Axis { self == .x ? .y : .x }
}

/// An axis-parallel box of the lattice.
struct LatticeBox: Hashable, Sendable {
  var minX: Int64
  var minY: Int64
  var maxX: Int64
  var maxY: Int64

  init(around vertices: [RingVertex]) {
    minX = .max
    minY = .max
    maxX = .min
    maxY = .min
    for vertex in vertices {
      minX = min(minX, vertex.at.x)
      minY = min(minY, vertex.at.y)
      maxX = max(maxX, vertex.at.x)
      maxY = max(maxY, vertex.at.y)
    }
  }

  init(minX: Int64, minY: Int64, maxX: Int64, maxY: Int64) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  var centre: LatticePoint {
    LatticePoint(x: minX + (maxX - minX) / 2, y: minY + (maxY - minY) / 2)
  }

  func low(_ axis: Axis) -> Int64 { axis == .x ? minX : minY }
  func high(_ axis: Axis) -> Int64 { axis == .x ? maxX : maxY }
  func extent(_ axis: Axis) -> Int64 { high(axis) - low(axis) }

  func meets(_ other: LatticeBox) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }

  func contains(_ point: LatticePoint) -> Bool {
    minX <= point.x && point.x <= maxX && minY <= point.y && point.y <= maxY
  }

  func grown(by margin: Int64) -> LatticeBox {
    LatticeBox(
      minX: minX - margin, minY: minY - margin, maxX: maxX + margin, maxY: maxY + margin)
  }
}

/// Which line an edge of a piece lies on: an edge of an outline, or a cut.
struct LineID: Hashable, Sendable {
  let value: Int32

  /// Edge `index` of the outlines.
  static func outline(_ index: Int) -> LineID { LineID(value: Int32(index)) }
  /// The cut that ends between leaf `boundary` − 1 and leaf `boundary`.
  static func cut(_ boundary: Int) -> LineID { LineID(value: Int32(-1 - boundary)) }

  var isOutline: Bool { value >= 0 }
  /// Index of the outline's edge, or of the cut.
  var index: Int { isOutline ? Int(value) : Int(-1 - value) }
}

/// A vertex of a ring, and the line on which the edge to the next vertex lies.
struct RingVertex: Hashable, Sendable {
  var at: LatticePoint
  var line: LineID
}

/// A connected piece of the country while it is being cut; shell first, then holes.
///
/// Shells run counter-clockwise, holes clockwise; rings are open.
struct Piece: Sendable {
  var rings: [[RingVertex]]
  let box: LatticeBox

  init(rings: [[RingVertex]]) {
    self.rings = rings
    box = LatticeBox(around: rings.first ?? [])
  }

  /// Whether it is a rectangle between four cuts.
  var isRectangle: Bool {
    guard rings.count == 1, rings[0].count == 4 else { return false }
    return rings[0].allSatisfy { !$0.line.isOutline }
  }

  /// The piece with one line called otherwise.
  func renaming(_ line: LineID, _ name: LineID) -> Piece {
    var renamed = self
    for ring in rings.indices {
      for index in rings[ring].indices where rings[ring][index].line == line {
        renamed.rings[ring][index].line = name
      }
    }
    return renamed
  }

  /// - Units: square half-nanodegrees.
  var area: Double {
    rings.reduce(0) { $0 + Self.signedArea($1, from: box) }
  }

  /// What part of its box it fills.
  var fill: Double {
    let whole = Double(box.extent(.x)) * Double(box.extent(.y))
    return whole > 0 ? min(1, area / whole) : 0
  }

  static func signedArea(_ ring: [RingVertex], from box: LatticeBox) -> Double {
    guard var previous = ring.last?.at else { return 0 }
    var doubled = 0.0
    for vertex in ring {
      let x0 = Double(previous.x - box.minX)
      let y0 = Double(previous.y - box.minY)
      let x1 = Double(vertex.at.x - box.minX)
      let y1 = Double(vertex.at.y - box.minY)
      doubled += x0 * y1 - x1 * y0
      previous = vertex.at
    }
    return doubled / 2
  }
}
