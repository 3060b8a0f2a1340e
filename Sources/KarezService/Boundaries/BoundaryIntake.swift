import Foundation
public import KarezCore
import KarezGeometry
public import KarezPacks
import KarezReading

/// Reads a boundary file into parcels in EPSG:4490, and says what it doubts.
///
/// Nothing is repaired: what cannot be measured is refused with its place, what can be measured
/// but looks wrong is a warning on the answer.
public struct BoundaryIntake: Sendable {
  let reader: SourceReader
  let region: Region?

  public init(installation: Installation, region: Region?) {
    reader = SourceReader(program: installation.reader.path)
    self.region = region
  }

  /// The parcels of a file.
  ///
  /// - Errors: `Problem` of kind refused, with the place, what is wrong and what to do.
  public func read(
    file: FileArgument, named name: String?, crs: String?
  ) async throws(Problem) -> ReadBoundary {
    let name = name ?? file.name
    let declared = try crs.map { text throws(Problem) in try DeclaredCRS.parse(text, in: name) }
    let source = try await load(file, declared: declared, name: name)
    // Before the numbers are judged: what could not be read has a place, and that is the news.
    for feature in source.features {
      if let fault = feature.fault { throw SourceFaultWording.problem(fault, feature, in: name) }
    }
    let system = try ResolvedCRS.resolve(source, declared: declared, region: region, name: name)
    let assembly = BoundaryAssembly(name: name, system: system)
    return try assembly.boundary(of: source)
  }

  private func load(
    _ file: FileArgument, declared: CoordinateReferenceSystem?, name: String
  ) async throws(Problem) -> SourceContent {
    let options = ReadOptions(
      layer: file.layer, profile: .interactive, declared: declared.map { SourceCRS($0) },
      extent: region?.box)
    do {
      var layer: SourceLayer?
      var features: [SourceFeature] = []
      try await reader.read(file.path, options) {
        layer = $0
      } onFeatures: {
        features += $0
      }
      guard let layer else { throw ReadingError.noLayer }
      return SourceContent(layer: layer, features: features)
    } catch {
      throw Problem.from(error, file: name)
    }
  }
}

/// A layer of a file with all its features.
struct SourceContent {
  let layer: SourceLayer
  let features: [SourceFeature]

  /// Every position of every geometry, in the file's own numbers.
  var positions: [Position] {
    features.flatMap { feature -> [Position] in
      switch feature.geometry {
      case .points(let positions): positions
      case .lines(let lines): lines.flatMap { $0 }
      case .polygons(let multi): multi.polygons.flatMap { $0.rings.flatMap(\.positions) }
      case nil: []
      }
    }
  }
}

extension Problem {
  /// Whatever a reading call threw, as one problem.
  static func from(_ error: any Error, file: String) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let reading as ReadingError: .reading(reading, of: file)
    case let geometry as GeometryError: .geometry(geometry, of: file)
    case is CancellationError:
      Wording(
        "cancelled", "已取消", "cancelled", do: "需要时重新开始", "start again when needed"
      ).problem(.conflict, at: file)
    default:
      Wording(
        "defect", "程序内部错误", "a defect of the program", do: "请把此信息报告给管理员",
        "report this to the operator"
      ).problem(.defect, at: file)
    }
  }
}
