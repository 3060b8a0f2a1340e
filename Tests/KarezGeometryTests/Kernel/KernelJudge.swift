import Foundation
import KarezGeometry
import Testing

/// Shapes of whole coordinates, made ready for the kernel and for the oracle.
struct JudgedShapes {
  let shapes: [GridShape]
  let ready: [PlaneShape]
  let rings: [GridRings]
  /// Square units of the grid to a square unit of the plane.
  let areaScale: Double

  /// `reach` is the largest coordinate, of either sign; `perUnit`, a power of two, how many steps
  /// of the grid go to one unit of the plane.
  init(_ shapes: [GridShape], reach: Int, perUnit: Int = 1) throws {
    let frame = PlaneFrame.asGiven(reaching: Double(reach) / Double(perUnit))
    self.shapes = shapes
    areaScale = Double(perUnit * perUnit)
    ready = try shapes.map { PlaneShape(try $0.multiPolygon(perUnit: perUnit), in: frame) }
    rings = shapes.map(\.oriented)
  }
}

/// Compares the kernel with the oracle and keeps what it has seen.
struct KernelJudge {
  /// Errors are judged against the smaller of both areas: nothing common can exceed it.
  static let tolerance = 1e-14

  /// Whether the suites judge every pair, which takes minutes, or an even sample of them.
  static let isExhaustive = ProcessInfo.processInfo.environment["KAREZ_EXHAUSTIVE"] == "1"

  private let kernel = PairKernel()
  private(set) var examined = 0
  private(set) var nonZero = 0
  private(set) var worst = 0.0
  private(set) var failures: [String] = []

  /// Judges the pair `first` of one list, `second` of another.
  mutating func judge(_ one: JudgedShapes, _ first: Int, _ other: JudgedShapes, _ second: Int) {
    let overlap = kernel.overlap(one.ready[first], other.ready[second])
    let expected = AreaOracle.common(one.rings[first], other.rings[second]).double / one.areaScale
    let least = min(one.ready[first].area, other.ready[second].area)
    let error = abs(overlap.area - expected) / least
    examined += 1
    if expected > 0 { nonZero += 1 }
    worst = max(worst, error)
    guard !(error <= Self.tolerance) || !overlap.isSound else { return }
    if failures.count < 5 {
      failures.append(
        """
        \(overlap.area), sound: \(overlap.isSound), expected \(expected)
        \(one.shapes[first])
        \(other.shapes[second])
        """)
    } else {
      failures.append("")
    }
  }

  /// Judges every `step`th of all pairs of a list, or every pair where all are asked for.
  ///
  /// Of lists whose pairs would take too long even then, every `wholeStep`th.
  mutating func judgePairs(of shapes: JudgedShapes, sample step: Int, wholeStep: Int = 1) {
    let count = shapes.shapes.count
    for pair in stride(from: 0, to: count * count, by: Self.isExhaustive ? wholeStep : step) {
      judge(shapes, pair / count, shapes, pair % count)
    }
  }

  /// Requires that no pair failed, and that enough were seen to mean it.
  func conclude(atLeast least: Int, location: SourceLocation = #_sourceLocation) {
    #expect(examined >= least, sourceLocation: location)
    #expect(nonZero >= least / 4, "\(nonZero) of \(examined)", sourceLocation: location)
    let shown = failures.prefix(5).joined(separator: "\n")
    #expect(
      failures.isEmpty, "\(failures.count) of \(examined) pairs, first:\n\(shown)",
      sourceLocation: location)
  }
}
