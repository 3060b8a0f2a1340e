/// Cuts the rings of polygons into lines, so that what two of them share is one line.
///
/// A place where three or more borders meet is one whose neighbours are not the same two wherever
/// a ring passes through it. Rings are cut there and nowhere else: a ring without such a place is
/// one line that closes.
///
/// - Complexity: sixteen bytes a vertex in passes of at most 256 MB, eight a node, some eighty a
///   line.
struct VCTBorders {
  /// Mixed places at which rings are cut.
  private var nodes: Set<UInt64> = []
  private var lines: [Key: Line] = [:]
  private(set) var count: Int64 = 0
  private let first: Int64

  private static let mostInPass = 16 << 20

  /// A line's content, whichever way it is walked.
  private struct Key: Hashable {
    let start: VCTGridPlace
    let next: VCTGridPlace
    let count: Int
    let digest: UInt64
  }

  private struct Line {
    let identifier: Int64
    let isForward: Bool
  }

  /// `rings` are open: the last place is not the first again; `identifier` is the first line's.
  init(of rings: [ArraySlice<VCTGridPlace>], from identifier: Int64) {
    first = identifier
    let total = rings.reduce(0) { $0 + $1.count }
    let passes = UInt64(max(1, (total + Self.mostInPass - 1) / Self.mostInPass))
    for pass in 0..<passes { findNodes(in: rings, pass, of: passes) }
  }

  private mutating func findNodes(
    in rings: [ArraySlice<VCTGridPlace>], _ pass: UInt64, of passes: UInt64
  ) {
    var passings: [(place: UInt64, neighbours: UInt64)] = []
    for ring in rings {
      guard var previous = ring.last else { continue }
      for (offset, place) in ring.enumerated() {
        let mixed = place.mixed
        let index = ring.startIndex + offset + 1
        let next = index < ring.endIndex ? ring[index] : ring[ring.startIndex]
        if mixed % passes == pass {
          // The same whichever way the ring runs.
          passings.append((mixed, previous.mixed &+ next.mixed))
        }
        previous = place
      }
    }
    passings.sort { ($0.place, $0.neighbours) < ($1.place, $1.neighbours) }
    for (one, other) in zip(passings, passings.dropFirst())
    where one.place == other.place && one.neighbours != other.neighbours {
      nodes.insert(one.place)
    }
  }

  /// The lines of a ring as a polygon refers to them; what is new goes to the body.
  mutating func references(
    of ring: ArraySlice<VCTGridPlace>,
    _ write: (Int64, [VCTGridPlace]) throws -> Void
  ) rethrows -> [Int64] {
    let cuts = ring.indices.filter { nodes.contains(ring[$0].mixed) }
    guard let start = cuts.first else {
      return [try reference(to: Array(ring) + ring.prefix(1), isLoop: true, write)]
    }
    var references: [Int64] = []
    for (number, cut) in cuts.enumerated() {
      let isLast = number + 1 == cuts.count
      let line =
        isLast
        ? Array(ring[cut...]) + ring[..<start] + [ring[start]] : Array(ring[cut...cuts[number + 1]])
      references.append(try reference(to: line, isLoop: false, write))
    }
    return references
  }

  private mutating func reference(
    to line: [VCTGridPlace], isLoop: Bool, _ write: (Int64, [VCTGridPlace]) throws -> Void
  ) rethrows -> Int64 {
    let (key, isForward) = isLoop ? Self.loopKey(of: line) : Self.key(of: line)
    if let known = lines[key] {
      return known.isForward == isForward ? known.identifier : -known.identifier
    }
    let identifier = first + count
    count += 1
    lines[key] = Line(identifier: identifier, isForward: isForward)
    try write(identifier, line)
    return identifier
  }

  /// From the lesser end on, so that both ways have the same.
  private static func key(of line: [VCTGridPlace]) -> (Key, isForward: Bool) {
    let last = line.count - 1
    let isForward =
      line[0] == line[last] ? !(line[last - 1] < line[1]) : line[0] < line[last]
    let start = isForward ? line[0] : line[last]
    let next = isForward ? line[1] : line[last - 1]
    var digest: UInt64 = 0
    for index in line.indices {
      digest = VCTGridPlace.mix(digest &+ line[isForward ? index : last - index].mixed)
    }
    return (Key(start: start, next: next, count: line.count, digest: digest), isForward)
  }

  /// As of a line that begins at the least place of the loop.
  private static func loopKey(of line: [VCTGridPlace]) -> (Key, isForward: Bool) {
    let open = line.dropLast()
    guard let least = open.indices.min(by: { open[$0] < open[$1] }) else { return key(of: line) }
    return key(of: Array(open[least...]) + open[..<least] + [open[least]])
  }
}
