public import KarezCore

/// 外部底图: pictures of other servers that the portal lays under its own layers.
public struct BaseLayers: Hashable, Sendable {
  public struct Layer: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    /// With `{z}`, `{x}` and `{y}` of Web Mercator's tiles.
    public let template: String
    public let attribution: String
    public let maxZoom: Int
    /// Scheme, host and port: `https://tiles.example.org`.
    public let origin: String
  }

  public let layers: [Layer]

  public static let none = BaseLayers(layers: [])
  public static let file = "base-layers.yaml"

  /// The servers they come from, each once.
  public var origins: [String] { Set(layers.map(\.origin)).sorted() }

  /// Reads `base-layers.yaml` of the packs' folder.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> BaseLayers {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + file, named: file).bytes
    } catch {
      throw .refused([error])
    }
    var reader = BaseLayersFile()
    reader.read(try PackNode.read(bytes, file: file))
    guard reader.faults.isEmpty else { throw .refused(reader.faults) }
    return BaseLayers(layers: reader.layers)
  }
}
