public import KarezCore
import KarezRules

/// 文件保留: how long files nobody refers to are kept.
public struct Retention: Hashable, Sendable {
  /// Of files of cases, from when they were brought.
  public let caseFileSeconds: Int
  public let certainty: Certainty
  public let source: LocalizedText

  /// What its file is called in the packs' folder.
  public static let file = "retention.yaml"

  /// Reads `retention.yaml` of the packs' folder.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> Retention {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + file, named: file).bytes
    } catch {
      throw .refused([error])
    }
    return try read(bytes)
  }

  /// The retention of a text.
  public static func read(_ bytes: [UInt8]) throws(RulePackError) -> Retention {
    let node = try PackNode.read(bytes, file: file)
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    var found: Retention?
    if let own = fields.required("caseFiles") {
      var parts = PackFields(own)
      let seconds = parts.seconds("unreferenced")
      let certainty = parts.choice("certainty", of: Certainty.self)
      let source = parts.localized("source")
      fields.add(parts.finish())
      if let seconds, let certainty, let source {
        found = Retention(caseFileSeconds: seconds, certainty: certainty, source: source)
      }
    }
    let faults = fields.finish()
    guard faults.isEmpty, let found else { throw .refused(faults) }
    return found
  }
}
