import Foundation
public import KarezCore
import KarezGeometry
import KarezStore

/// A layer as a user names it: a file, or a dataset of the One Map.
public struct LayerArgument: Hashable, Sendable {
  public let text: String
  /// The file's CRS where it names none.
  public var crs: String?
  /// The state of a dataset; today's last if nil.
  public var validOn: LegalDate?
  public var recorded: CommitNumber?

  public init(
    _ text: String, crs: String? = nil, validOn: LegalDate? = nil,
    recorded: CommitNumber? = nil
  ) {
    self.text = text
    self.crs = crs
    self.validOn = validOn
    self.recorded = recorded
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
    if argument.text.hasSuffix(".layer") { return try laid(argument.text, columns: columns) }
    guard let file = argument.file else {
      let layer = try await recorded(argument, columns: columns)
      return Found(
        selections: layer.parts.map { part in LayerSelection(part.layer) { part.shows($0) } },
        name: argument.text, warnings: [])
    }
    let intake = LayerIntake(installation: installation, region: nil)
    let read = try await intake.layer(
      LayerIntake.Order(
        file: file, crs: argument.crs, columns: columns, identifier: identifier),
      progress: progress)
    return Found(
      selections: [LayerSelection(read.layer)], name: file.name, warnings: read.warnings)
  }

  /// A dataset's polygons in the state asked for; every part holds the columns.
  func recorded(
    _ argument: LayerArgument, columns: [String]
  ) async throws(Problem) -> MapLayer {
    let missing = Wording(
      "layer-not-found", "没有文件或面数据集 \(argument.text)",
      "there is no file or dataset of polygons \(argument.text)",
      do: "检查路径，或用 karez datasets 查看数据集", "check the path, or see karez datasets"
    ).problem(at: argument.text)
    guard let dataset = DatasetID(argument.text) else { throw missing }
    let map = try await map()
    let today = try await map.today()
    let asOf = AsOf(
      validOn: argument.validOn ?? today.validOn,
      recorded: min(argument.recorded ?? today.recorded, today.recorded))
    let layer = try await map.layer(of: dataset, asOf: asOf, columns: columns, in: .all)
    guard let layer else { throw missing }
    return layer
  }

  /// A layer file, made by `karez layer` or kept by a store.
  private func laid(_ path: String, columns: [String]) throws(Problem) -> Found {
    let name = FileArgument(path).name
    let layer: Layer
    do throws(LayerError) {
      layer = try Layer(at: path)
    } catch {
      throw .layer(error, of: name)
    }
    for column in columns where layer.column(named: column) == nil {
      let known = layer.columns.map(\.name).joined(separator: ", ")
      throw Wording.attributeUnknown(column, known: known).problem(.usage, at: name)
    }
    return Found(selections: [LayerSelection(layer)], name: name, warnings: [])
  }
}

extension Wording {
  /// An attribute the source does not have.
  static func attributeUnknown(_ name: String, known: String) -> Wording {
    Wording(
      "attribute-unknown", "没有字段 \(name)", "there is no attribute \(name)",
      do: known.isEmpty ? "该图层没有字段" : "可选：\(known)",
      known.isEmpty ? "the layer has no attributes" : "choose from \(known)")
  }
}
