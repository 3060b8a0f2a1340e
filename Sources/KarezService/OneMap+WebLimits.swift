import Foundation
public import KarezCore
public import KarezPacks

extension OneMap {
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
