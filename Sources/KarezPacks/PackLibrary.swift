public import KarezCore
public import KarezRules

/// 规则包: everything the packs say, read and linked.
///
/// - Shape: only a library without a fault can exist; `load(from:)` throws otherwise.
public struct PackLibrary: Sendable {
  public internal(set) var manifests: [PackManifest] = []
  /// The exact packs read, sorted by id.
  public internal(set) var packs: [PackVersion] = []
  /// Sorted by id.
  public internal(set) var schemas: [DatasetSchema] = []
  public internal(set) var codeTables: [String: CodeTable] = [:]
  /// Text of the style file of each dataset that has one (MapLibre style layers).
  public internal(set) var styles: [DatasetID: String] = [:]

  /// Reads the folder of packs.
  ///
  /// - Errors: `RulePackError.folderUnreadable`, or `refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> PackLibrary {
    var loader = PackLoader(folder: folder)
    return try loader.load()
  }

  /// 用途: the purposes a check can be asked for.
  public var purposes: CodeTable? { codeTables["purposes"] }

  public func schema(_ id: DatasetID) -> DatasetSchema? { schemas.first { $0.id == id } }
}
