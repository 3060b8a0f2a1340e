import Foundation
public import KarezCore
import KarezGeometry
import KarezStore

/// A layer as a user names it: a file, or a dataset of the One Map.
public struct LayerArgument: Hashable, Sendable {
  public let text: String
  /// The file's CRS where it names none.
  public var crs: String?

  public init(_ text: String, crs: String? = nil) {
    self.text = text
    self.crs = crs
  }

  /// The file it names, if there is one.
  var file: FileArgument? {
    let file = FileArgument(text)
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }
}

/// Finds the layers users name.
public struct LayerSource: Sendable {
  let installation: Installation
  /// Opens the One Map, for what is not a file.
  let map: @Sendable () async throws(Problem) -> OneMap

  public init(
    installation: Installation, map: @escaping @Sendable () async throws(Problem) -> OneMap
  ) {
    self.installation = installation
    self.map = map
  }

  /// Polygons to work on, as layers of which some polygons may not take part.
  struct Found {
    let selections: [LayerSelection]
    /// 32 characters at the most of what people call it.
    let name: String
    let warnings: [BoundaryWarning]
  }

  func layers(
    _ argument: LayerArgument, columns: [String], identifier: String? = nil,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> Found {
    guard let file = argument.file else {
      throw Wording(
        "layer-not-found", "没有文件或数据集 \(argument.text)",
        "there is no file or dataset \(argument.text)",
        do: "检查路径，或用 karez datasets 查看数据集", "check the path, or see karez datasets"
      ).problem(at: argument.text)
    }
    let intake = LayerIntake(installation: installation, region: nil)
    let read = try await intake.layer(
      LayerIntake.Order(
        file: file, crs: argument.crs, columns: columns, identifier: identifier),
      progress: progress)
    return Found(
      selections: [LayerSelection(read.layer)], name: file.name, warnings: read.warnings)
  }
}
