import Foundation
public import KarezCore
import KarezGeometry
import Synchronization

/// `karez coverage`: gaps, overlaps and mismatches of a polygon layer.
public struct CoverageJob: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    public var layer: LayerArgument
    /// The attribute that names a feature; the file's own row id if nil.
    public var identifier: String?
    /// Gaps wider than this are meant to be there; metres.
    public var gapWidthMetres: Double?
    /// Faults of no more square metres than this are noise.
    public var toleranceM2: Double

    public init(
      _ layer: LayerArgument, identifier: String? = nil, gapWidthMetres: Double? = nil,
      toleranceM2: Double = noiseM2
    ) {
      self.layer = layer
      self.identifier = identifier
      self.gapWidthMetres = gapWidthMetres
      self.toleranceM2 = toleranceM2
    }

    /// The tolerance of the quality gate.
    public static let noiseM2 = CoverageLimits.noiseM2
  }

  /// Which part of the job is at work, for progress.
  public enum Phase: Sendable {
    case reading
    case examining
  }

  let source: LayerSource

  public init(source: LayerSource) { self.source = source }

  public func run(
    _ order: Order, progress: @escaping @Sendable (Phase, Int) -> Void
  ) async throws(Problem) -> CoverageReport {
    guard order.toleranceM2 >= 0, order.toleranceM2.isFinite, order.gapWidthMetres ?? 0 >= 0,
      order.gapWidthMetres?.isFinite ?? true
    else {
      throw Wording(
        "option-out-of-range", "--tolerance 与 --gap-width 不得为负数",
        "--tolerance and --gap-width are not negative", do: "更正选项", "mend the option"
      ).problem(.usage, at: "coverage")
    }
    let found = try await source.layers(
      order.layer, columns: [], identifier: order.identifier
    ) { progress(.reading, $0) }
    return try await Self.report(on: found, order, progress: progress)
  }

  /// What is wrong with polygons that were found.
  static func report(
    on found: LayerSource.Found, _ order: Order,
    progress: @escaping @Sendable (Phase, Int) -> Void
  ) async throws(Problem) -> CoverageReport {
    let limits = CoverageLimits(
      toleranceM2: order.toleranceM2, gapWidthMetres: order.gapWidthMetres)
    do {
      let layer = try Layer.merging(
        found.selections, spoolingIn: FileManager.default.temporaryDirectory.path)
      let count = RunningCount()
      let examination = try await CoverageExamination(of: layer, limits: limits) { more in
        progress(.examining, count.adding(more))
      }
      return try CoverageReport(examination, of: layer, order, warnings: found.warnings)
    } catch let error as LayerError {
      throw .layer(error, of: order.layer.text)
    } catch {
      throw Problem.from(error, file: order.layer.text)
    }
  }
}

/// Counts what several tasks have done.
private final class RunningCount: Sendable {
  private let count = Mutex(0)

  func adding(_ more: Int) -> Int {
    count.withLock { count in
      count += more
      return count
    }
  }
}
