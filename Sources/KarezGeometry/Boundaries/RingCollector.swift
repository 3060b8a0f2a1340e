/// Gathers points that carry ring numbers into the rings of one parcel.
///
/// - Shape: 圈号 1 is the shell, the others are holes in it, in the order they come.
struct RingCollector {
  private struct OpenRing {
    let number: Int
    var positions: [Position] = []
    var line: Int
    var isClosed = false
  }

  private var rings: [OpenRing] = []
  private var numbers: Set<Int> = []
  private(set) var pointCount = 0
  /// Rings whose first point is not repeated at the end.
  private(set) var openCount = 0

  var isEmpty: Bool { rings.isEmpty }
  var ringCount: Int { rings.count }

  /// Adds the next point.
  ///
  /// - Errors: with the line, when a ring goes on after it was closed or comes back after another.
  mutating func add(_ position: Position, ring number: Int, line: Int) throws(GeometryError) {
    pointCount += 1
    guard var last = rings.last, last.number == number else {
      guard numbers.insert(number).inserted else {
        throw .located(
          InputPlace(line: line, ring: number),
          .unexpected(found: String(number), expected: .newRing))
      }
      rings.append(OpenRing(number: number, positions: [position], line: line))
      return
    }
    guard !last.isClosed else {
      throw .located(
        InputPlace(line: line, ring: number),
        .unexpected(found: String(number), expected: .newRing))
    }
    // The copy in the array is replaced, not doubled.
    rings.removeLast()
    last.positions.append(position)
    last.isClosed = last.positions.count >= 4 && position == last.positions[0]
    rings.append(last)
  }

  /// The parcel's polygon; rings that were left open are closed.
  ///
  /// - Errors: `ringTooShort`, with ring and line.
  mutating func polygon() throws(GeometryError) -> Polygon {
    var closed: [Ring] = []
    for open in rings {
      let ends = open.isClosed ? [] : open.positions.prefix(1)
      if !open.isClosed { openCount += 1 }
      do throws(GeometryError) {
        closed.append(try Ring(open.positions + ends))
      } catch {
        throw error.located(at: InputPlace(line: open.line, ring: open.number))
      }
    }
    guard let shell = closed.first else { throw .noGeometry }
    return Polygon(shell: shell, holes: Array(closed.dropFirst()))
  }
}
