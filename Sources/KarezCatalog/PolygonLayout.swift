import KarezGeometry

/// Where the polygons of a draft lie, roughly; enough to divide them among small windows.
///
/// - Shape: one box of four Floats a polygon, rounded outward.
struct PolygonLayout {
  private(set) var boxes: [SIMD4<Float>] = []
  private(set) var bounds: BoundingBox?
  /// Whether every polygon came with its coordinates in the CRS of the source.
  private(set) var isJudgedAsWritten = true
  /// Rows whose polygon is invalid in the plane it is judged in.
  private(set) var invalidRows: Set<Int64> = []
  /// The widest margin of any polygon; see `margin(of:)`.
  private(set) var margin = 0.0

  mutating func noteInvalid(_ row: Int64) { invalidRows.insert(row) }

  mutating func add(_ box: BoundingBox, hasSource: Bool) {
    if !hasSource { isJudgedAsWritten = false }
    bounds = bounds?.union(box) ?? box
    margin = max(margin, Self.margin(of: box))
    boxes.append(
      SIMD4(
        Float(box.minX).nextDown, Float(box.minY).nextDown, Float(box.maxX).nextUp,
        Float(box.maxY).nextUp))
  }

  /// How far beyond its box in degrees a polygon may reach, being straight in another plane.
  ///
  /// An edge of length d, straight in one projection, bends in another by up to d²/8R; twice
  /// that, in degrees, is 0.0044 d² for d in degrees.
  static func margin(of box: BoundingBox) -> Double {
    let width = box.maxX - box.minX
    let height = box.maxY - box.minY
    return 0.005 * (width * width + height * height)
  }
}

extension BoundingBox {
  func contains(_ other: BoundingBox) -> Bool {
    minX <= other.minX && other.maxX <= maxX && minY <= other.minY && other.maxY <= maxY
  }

  func widened(by margin: Double) -> BoundingBox {
    BoundingBox(
      minX: minX - margin, minY: minY - margin, maxX: maxX + margin, maxY: maxY + margin)
  }
}

/// A piece of the plane that owns its lower and left edge, so that pieces share no place.
struct Tile {
  var minX = -Double.infinity
  var minY = -Double.infinity
  var maxX = Double.infinity
  var maxY = Double.infinity
  /// Polygons whose boxes meet the tile.
  var members: [Int32]

  func owns(x: Double, y: Double) -> Bool { minX <= x && x < maxX && minY <= y && y < maxY }

  /// What to ask the store for: the tile as far as there is anything, and a margin.
  func window(within bounds: BoundingBox, margin: Double) -> BoundingBox {
    BoundingBox(
      minX: max(minX, bounds.minX), minY: max(minY, bounds.minY), maxX: min(maxX, bounds.maxX),
      maxY: min(maxY, bounds.maxY)
    ).widened(by: margin)
  }

  /// The tile in two, or nil where dividing it no longer helps.
  func divided(over boxes: [SIMD4<Float>], within bounds: BoundingBox) -> (Tile, Tile)? {
    let window = self.window(within: bounds, margin: 0)
    let isWide = window.maxX - window.minX >= window.maxY - window.minY
    let axis = isWide ? 0 : 1
    let middle = Self.median(
      of: members.lazy.map { (boxes[Int($0)][axis] + boxes[Int($0)][axis + 2]) / 2 })
    guard let middle else { return nil }
    var low = self
    var high = self
    if isWide {
      low.maxX = Double(middle)
      high.minX = Double(middle)
    } else {
      low.maxY = Double(middle)
      high.minY = Double(middle)
    }
    low.members = members.filter { boxes[Int($0)][axis] < middle }
    high.members = members.filter { boxes[Int($0)][axis + 2] >= middle }
    guard low.members.count + high.members.count <= members.count + members.count / 2 else {
      return nil
    }
    return (low, high)
  }

  /// The median of a sample; good enough to divide by.
  private static func median(of values: some Collection<Float>) -> Float? {
    let step = max(1, values.count / 255)
    var sample: [Float] = []
    for (index, value) in values.enumerated() where index.isMultiple(of: step) {
      sample.append(value)
    }
    sample.sort()
    return sample.isEmpty ? nil : sample[sample.count / 2]
  }
}
