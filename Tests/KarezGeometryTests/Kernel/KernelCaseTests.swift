import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// The kernel on the published cases of JTS and Clipper.
///
/// What it answers otherwise is listed in `Cases/known-differences.csv` with the reason: a listed
/// case that agrees fails as much as an unlisted one that differs.
@Suite(.enabled(if: Places.shared != nil)) struct KernelCaseTests {
  /// Two published shapes, measured and overlaid.
  struct Pair {
    let a: Double
    let b: Double
    let common: Double
    let isSound: Bool

    init(_ one: MultiPolygon, _ other: MultiPolygon) {
      let boxes = [one.boundingBox, other.boundingBox].compactMap(\.self)
      let reach = boxes.map { max(-$0.minX, -$0.minY, $0.maxX, $0.maxY, 0) }.max() ?? 0
      let frame = PlaneFrame.asGiven(reaching: reach)
      let shapes = (PlaneShape(one, in: frame), PlaneShape(other, in: frame))
      let overlap = PairKernel().overlap(shapes.0, shapes.1)
      a = shapes.0.area
      b = shapes.1.area
      common = overlap.area
      isSound = shapes.0.isSound && shapes.1.isSound && overlap.isSound
    }

    /// What an overlay operation has of area; nil for an operation that is none.
    func area(_ operation: String, startsWithB: Bool) -> Double? {
      switch operation {
      case "intersection", "intersectionng", "intersectionsr": common
      case "union", "unionng", "unionsr": a + b - common
      case "difference", "differenceng", "differencesr": (startsWithB ? b : a) - common
      case "symdifference", "symdifferenceng", "symdifferencesr": a + b - 2 * common
      default: nil
      }
    }

    /// Whether a predicate's answer is borne out by the areas; nil for one they say nothing of.
    func bearsOut(_ predicate: String, startsWithB: Bool, pattern: String, _ isTrue: Bool) -> Bool?
    {
      let least = 1e-12 * max(a, b)
      let (own, other) = startsWithB ? (b, a) : (a, b)
      let (holds, isHeld) = (abs(common - other) <= least, abs(common - own) <= least)
      switch predicate {
      case "intersects": return isTrue ? nil : abs(common) <= least
      case "disjoint", "touches": return isTrue ? abs(common) <= least : nil
      case "contains", "covers": return isTrue == holds
      case "within", "coveredby": return isTrue == isHeld
      case "equalstopo": return isTrue == (holds && isHeld)
      case "overlaps": return isTrue == (common > least && !holds && !isHeld)
      case "relate":
        guard isTrue, let inner = pattern.first, inner == "2" || inner == "F" else { return nil }
        return (common > least) == (inner == "2")
      default: return nil
      }
    }
  }

  @Test func `overlays and predicates of JTS are borne out by the areas`() throws {
    var examined = (areas: 0, predicates: 0)
    var keys: Set<String> = []
    var differing: [String: String] = [:]
    for example in try PublishedShapes.jtsFiles().flatMap(PublishedShapes.jtsCases) {
      guard let a = PublishedShapes.polygons(example.a),
        let b = PublishedShapes.polygons(example.b)
      else { continue }
      let pair = Pair(a, b)
      for operation in example.operations {
        let key =
          "\(example.file)#\(example.number),\(operation.name)"
          + (operation.startsWithB ? "-of-B" : "")
        if let area = pair.area(operation.name, startsWithB: operation.startsWithB) {
          guard let published = PublishedShapes.area(operation.result) else { continue }
          examined.areas += 1
          keys.insert(key)
          // Published results are rounded to the digits they are printed with.
          if !pair.isSound || abs(area - published) > 1e-6 * max(1, published) {
            differing[key] = "\(pair.isSound ? "" : "unsound, ")\(area) and not \(published)"
          }
        } else if let agrees = pair.bearsOut(
          operation.name, startsWithB: operation.startsWithB, pattern: operation.pattern,
          operation.result == "true")
        {
          examined.predicates += 1
          keys.insert(key)
          if !pair.isSound || !agrees {
            differing[key] =
              "\(pair.isSound ? "" : "unsound, ")\(operation.result) with \(pair.common) "
              + "common to \(pair.a) and \(pair.b)"
          }
        }
      }
    }
    #expect(examined.areas >= 264 && examined.predicates >= 38, "\(examined)")
    try PublishedShapes.expect(differing: differing, of: "jts", examined: keys)
  }

  @Test func `what JTS calls valid is sound, and what is sound bounds an area`() throws {
    var examined = (valid: 0, invalid: 0, soundAllTheSame: 0)
    var keys: Set<String> = []
    var differing: [String: String] = [:]
    let files = try PublishedShapes.jtsFiles().filter { $0.hasPrefix("TestValid") }
    for example in try files.flatMap(PublishedShapes.jtsCases) {
      guard let multi = PublishedShapes.polygons(example.a), let box = multi.boundingBox,
        let operation = example.operations.first(where: { $0.name == "isvalid" })
      else { continue }
      let reach = max(-box.minX, -box.minY, box.maxX, box.maxY)
      let shape = PlaneShape(multi, in: .asGiven(reaching: reach))
      let isValid = operation.result == "true"
      let key = "\(example.file)#\(example.number),isvalid"
      keys.insert(key)
      if isValid { examined.valid += 1 } else { examined.invalid += 1 }
      #expect((try multi.validityFault() == nil) == isValid, "\(key)")
      if isValid {
        if !shape.isSound { differing[key] = "valid, called unsound" }
        continue
      }
      // An invalid shape may bound an area all the same, as where rings touch along an edge.
      guard shape.isSound else { continue }
      examined.soundAllTheSame += 1
      guard let exact = Self.grid(multi) else {
        differing[key] = "invalid, called sound"
        continue
      }
      if !AreaOracle.isSound(exact.oriented) { differing[key] = "unsound, called sound" }
      let area = AreaOracle.area(exact.oriented).double / 64
      if abs(shape.area - area) > 1e-12 * area { differing[key] = "\(shape.area), not \(area)" }
    }
    #expect(examined.valid >= 276 && examined.invalid >= 45, "\(examined)")
    #expect(examined.soundAllTheSame >= 26, "\(examined)")
    try PublishedShapes.expect(differing: differing, of: "jts-validity", examined: keys)
  }

  /// The shape in eighths of a unit, if it lies on that grid.
  static func grid(_ multi: MultiPolygon) -> GridShape? {
    var polygons: [GridRings] = []
    for polygon in multi.polygons {
      var rings: GridRings = []
      for ring in polygon.rings {
        var points: [GridPoint] = []
        for position in ring.positions.dropLast() {
          guard let x = Int(exactly: position.x * 8), let y = Int(exactly: position.y * 8) else {
            return nil
          }
          points.append(GridPoint(x, y))
        }
        rings.append(points)
      }
      polygons.append(rings)
    }
    return GridShape(polygons)
  }

  /// Rings as shells and holes by how many others lie around them, as the even-odd rule has it.
  static func nested(_ rings: GridRings) throws -> GridShape {
    let shapes = try rings.map { try GridShape($0).multiPolygon() }
    var shells: [GridRings] = []
    var holes: GridRings = []
    for (index, ring) in rings.enumerated() {
      let start = Position(x: Double(ring[0].x), y: Double(ring[0].y))
      let around = shapes.indices.count { $0 != index && shapes[$0].covers(start) }
      if around.isMultiple(of: 2) { shells.append([ring]) } else { holes.append(ring) }
    }
    // Windings do not ask which shell a hole is written with.
    if !shells.isEmpty { shells[0] += holes }
    return GridShape(shells)
  }

  @Test func `areas of Clipper come out where winding numbers are 0 or 1`() throws {
    var keys: Set<String> = []
    var differing: [String: String] = [:]
    for example in try PublishedShapes.clipperCases() {
      let pair = Pair(
        try Self.nested(example.subjects).multiPolygon(),
        try Self.nested(example.clips).multiPolygon())
      let area = try #require(pair.area(example.operation.lowercased(), startsWithB: false))
      let key = "\(example.number),\(example.operation.lowercased())"
      keys.insert(key)
      // Clipper rounds every crossing to whole coordinates.
      if !pair.isSound {
        differing[key] = "unsound"
      } else if abs(area - example.area) > 0.005 * max(example.area, 400) {
        differing[key] = "\(example.fillRule): \(area) and not \(example.area)"
      }
    }
    #expect(keys.count == 195)
    try PublishedShapes.expect(differing: differing, of: "clipper", examined: keys)
  }

  /// What Clipper fills, by the winding number.
  static func fills(_ rule: String, _ winding: Int) -> Bool {
    switch rule {
    case "EVENODD": !winding.isMultiple(of: 2)
    case "POSITIVE": winding > 0
    case "NEGATIVE": winding < 0
    default: winding != 0
    }
  }

  @Test func `the oracle and Clipper agree on self-crossing rings, and the kernel with the oracle`()
    throws
  {
    var keys: Set<String> = []
    var differing: [String: String] = [:]
    let kernel = PairKernel()
    let most = KernelJudge.isExhaustive ? 1_000 : 24
    for example in try PublishedShapes.clipperCases() {
      let (a, b) = (example.subjects, example.clips)
      guard (a + b).reduce(0, { $0 + $1.count }) <= most else { continue }
      let key = "\(example.number),\(example.operation.lowercased())"
      keys.insert(key)
      let area = AreaOracle.integral(a, b) { one, other in
        let (inA, inB) = (Self.fills(example.fillRule, one), Self.fills(example.fillRule, other))
        return switch example.operation {
        case "INTERSECTION": inA && inB ? 1 : 0
        case "UNION": inA || inB ? 1 : 0
        default: inA && !inB ? 1 : 0
        }
      }.double
      if abs(area - example.area) > 0.005 * max(example.area, 400) {
        differing[key] =
          "\(example.fillRule): \(area) and not \(example.area)"
      }
      // The integral of both winding numbers, which the kernel gives of crossing rings too.
      let (one, other) = (GridShape(a.map { [$0] }), GridShape(b.map { [$0] }))
      let reach = (a + b).joined().reduce(1) { max($0, abs($1.x), abs($1.y)) }
      let frame = PlaneFrame.asGiven(reaching: Double(reach))
      let shapes = (
        PlaneShape(try one.multiPolygon(), in: frame),
        PlaneShape(try other.multiPolygon(), in: frame)
      )
      #expect(shapes.0.isSound == AreaOracle.isSound(one.oriented), "\(example.number)")
      #expect(shapes.1.isSound == AreaOracle.isSound(other.oriented), "\(example.number)")
      let overlap = kernel.overlap(shapes.0, shapes.1)
      let common = AreaOracle.common(one.oriented, other.oriented).double
      #expect(abs(overlap.area - common) <= 1e-9 * max(1, abs(common)), "\(example.number)")
    }
    #expect(keys.count >= 50)
    try PublishedShapes.expect(differing: differing, of: "clipper-oracle", examined: keys)
  }
  @Test func `crossing rings, handed over for repair, have the areas of Clipper`() throws {
    var keys: Set<String> = []
    var differing: [String: String] = [:]
    let repairing = RepairingOverlap(plane: .asGiven)
    let most = KernelJudge.isExhaustive ? 40 : 14
    for example in try PublishedShapes.clipperCases()
    where example.operation == "INTERSECTION" && example.fillRule == "EVENODD" && example.area >= 0
    {
      let (a, b) = (example.subjects, example.clips)
      let shapes = (try Self.nested(a).multiPolygon(), try Self.nested(b).multiPolygon())
      guard !Pair(shapes.0, shapes.1).isSound else { continue }
      let key = "\(example.number),intersection"
      keys.insert(key)
      let area = try repairing.area(shapes.0, shapes.1)
      if abs(area - example.area) > 0.005 * max(example.area, 400) {
        differing[key] = "\(area) and not \(example.area)"
      }
      guard (a + b).reduce(0, { $0 + $1.count }) <= most else { continue }
      let exact = AreaOracle.integral(a, b) { one, other in
        one.isMultiple(of: 2) || other.isMultiple(of: 2) ? 0 : 1
      }.double
      #expect(abs(area - exact) <= 1e-3, "\(key): \(area) and not \(exact)")
    }
    #expect(keys.count >= 40)
    try PublishedShapes.expect(differing: differing, of: "clipper-repaired", examined: keys)
  }
}
