import Foundation
public import KarezCore
public import KarezPacks

extension OneMap {
  /// The pictures of other servers that the portal lays under its own layers.
  public func baseLayers() throws(Problem) -> BaseLayers {
    try refuseUnpublished(BaseLayers.file)
    do throws(RulePackError) {
      return try BaseLayers.load(from: installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  /// The limits of the server: the installation's, or those of the operator's own file.
  public func webLimits(file: String? = nil) throws(Problem) -> WebLimits {
    if file == nil { try refuseUnpublished("web.yaml") }
    do throws(RulePackError) {
      return try WebLimits.load(file: file ?? installation.packs.appending(path: "web.yaml").path)
    } catch {
      throw .packs(error)
    }
  }
}
