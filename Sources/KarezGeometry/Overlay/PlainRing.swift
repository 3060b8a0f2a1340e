/// A valid polygon of one ring, ready to be told apart from its neighbours without an overlay.
///
/// In a coverage nearly all pairs whose boxes meet are neighbours that share vertices bit for
/// bit. For those it can be proved with a few signs that their interiors have nothing in common;
/// where a sign is in doubt, nothing is claimed.
struct PlainRing {
  /// Counterclockwise, the first position repeated at the end.
  let positions: [Position]
  let box: BoundingBox

  /// The ring of a valid multipolygon, if it has no other.
  init?(ofValid multi: MultiPolygon) {
    guard multi.polygons.count == 1, multi.polygons[0].holes.isEmpty,
      let box = multi.boundingBox
    else { return nil }
    let ring = multi.polygons[0].shell.positions
    let doubled = Shoelace.doubledArea(of: ring)
    guard doubled != 0 else { return nil }
    positions = doubled > 0 ? ring : ring.reversed()
    // A position twice in a row has no direction.
    for (one, next) in zip(positions, positions.dropFirst()) where one == next { return nil }
    self.box = box
  }

  /// Whether the interiors are certainly disjoint; `false` says nothing.
  ///
  /// Rings that cross nowhere bound disjoint or nested regions. At a common vertex the angles
  /// the two take up tell which; without one, nested regions have nested boxes.
  func isApart(from other: PlainRing) -> Bool {
    guard box.meets(other.box) else { return true }
    let window = BoundingBox(
      minX: max(box.minX, other.box.minX), minY: max(box.minY, other.box.minY),
      maxX: min(box.maxX, other.box.maxX), maxY: min(box.maxY, other.box.maxY))
    let own = edges(meeting: window)
    let others = other.edges(meeting: window)
    var commonVertices = 0
    for edge in own {
      for otherEdge in others {
        switch meeting(edge, other, otherEdge) {
        case .apart: continue
        case .doubtful: return false
        case .atVertex(let vertex, let otherVertex):
          guard anglesAreApart(at: vertex, other, at: otherVertex) else { return false }
          commonVertices += 1
        }
      }
    }
    return commonVertices > 0 || (window != box && window != other.box)
  }

  private enum Meeting {
    case apart
    case doubtful
    /// They have a vertex in common, by its number in either ring.
    case atVertex(Int, Int)
  }

  private var count: Int { positions.count - 1 }

  /// Numbers of the edges whose boxes meet the window; edge `i` goes from position `i`.
  private func edges(meeting window: BoundingBox) -> [Int] {
    (0..<count).filter { Self.box(positions[$0], positions[$0 + 1]).meets(window) }
  }

  private static func box(_ a: Position, _ b: Position) -> BoundingBox {
    BoundingBox(
      minX: min(a.x, b.x), minY: min(a.y, b.y), maxX: max(a.x, b.x), maxY: max(a.y, b.y))
  }

  private func meeting(_ edge: Int, _ other: PlainRing, _ otherEdge: Int) -> Meeting {
    let (a, b) = (positions[edge], positions[edge + 1])
    let (c, d) = (other.positions[otherEdge], other.positions[otherEdge + 1])
    guard Self.box(a, b).meets(Self.box(c, d)) else { return .apart }
    // Each common vertex is judged once as the start of an edge of either ring.
    if a == c { return .atVertex(edge, otherEdge) }
    // Edges with another end in common; the angles at that vertex are judged at its start.
    if a == d || b == c || b == d { return .apart }
    return Self.areSeparated(a, b, c, d) ? .apart : .doubtful
  }

  /// Whether one segment certainly lies on one side of the other's line.
  private static func areSeparated(
    _ a: Position, _ b: Position, _ c: Position, _ d: Position
  ) -> Bool {
    let sides = [side(of: c, from: a, to: b), side(of: d, from: a, to: b)]
    if sides[0] != 0 && sides[0] == sides[1] { return true }
    let others = [side(of: a, from: c, to: d), side(of: b, from: c, to: d)]
    return others[0] != 0 && others[0] == others[1]
  }

  /// 1 left, -1 right of the line, 0 where rounding could have decided.
  ///
  /// - Source: the error bound of J. R. Shewchuk's first stage, 3.33e-16 of the terms.
  private static func side(of p: Position, from a: Position, to b: Position) -> Int {
    let left = (a.x - p.x) * (b.y - p.y)
    let right = (a.y - p.y) * (b.x - p.x)
    let cross = left - right
    guard abs(cross) > 4e-16 * (abs(left) + abs(right)) else { return 0 }
    return cross > 0 ? 1 : -1
  }

  /// Whether the angles of two rings at a common vertex are certainly disjoint.
  private func anglesAreApart(at vertex: Int, _ other: PlainRing, at otherVertex: Int) -> Bool {
    let centre = positions[vertex]
    // Counterclockwise, a ring's inside reaches from where it goes to where it comes from.
    let (next, last) = (positions[vertex + 1], positions[vertex == 0 ? count - 1 : vertex - 1])
    let otherNext = other.positions[otherVertex + 1]
    let otherLast = other.positions[otherVertex == 0 ? other.count - 1 : otherVertex - 1]
    // Own start and end, then the other's: an end may be the other's start, and no more.
    return
      (otherNext == last || Self.areInTurn(next, last, otherNext, around: centre))
      && (otherLast == next || Self.areInTurn(next, last, otherLast, around: centre))
      && (next == otherLast || Self.areInTurn(otherNext, otherLast, next, around: centre))
      && (last == otherNext || Self.areInTurn(otherNext, otherLast, last, around: centre))
  }

  /// Whether three directions certainly follow one another counterclockwise.
  private static func areInTurn(
    _ a: Position, _ b: Position, _ c: Position, around centre: Position
  ) -> Bool {
    let turns = [
      side(of: b, from: centre, to: a), side(of: c, from: centre, to: b),
      side(of: a, from: centre, to: c),
    ]
    // Counterclockwise, at most one of the three angles is a reflex angle.
    return !turns.contains(0) && turns[0] + turns[1] + turns[2] > 0
  }
}
