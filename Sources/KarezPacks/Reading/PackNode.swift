/// Where in a pack something is written: a file, relative to the packs' folder, and a line from 1.
public struct PackOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let file: String
  public let line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  public static func < (left: PackOrigin, right: PackOrigin) -> Bool {
    (left.file, left.line) < (right.file, right.line)
  }

  public var description: String { "\(file):\(line)" }
}

/// A value of a pack file, with the place it is written at.
///
/// Read a file with `PackNode.read(_:file:)` and take it apart with `PackFields`, which collects
/// every fault and refuses keys nobody asked for.
///
/// - Shape: the YAML subset of the packs. Block mappings and lists indented by two spaces, lists
///   and mappings in brackets on one line, text in double quotes, plain words of letters, digits,
///   `_`, `-` and `/` that begin with a letter, `true`, `false`, `null`. No bare numbers, dates,
///   anchors, tags, block scalars or second documents.
public struct PackNode: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case null
    case boolean(Bool)
    case text(String)
    case list([PackNode])
    case map([PackEntry])
  }

  public let kind: Kind
  public let origin: PackOrigin

  public init(_ kind: Kind, at origin: PackOrigin) {
    self.kind = kind
    self.origin = origin
  }

  public var text: String? {
    guard case .text(let text) = kind else { return nil }
    return text
  }

  public var list: [PackNode]? {
    guard case .list(let nodes) = kind else { return nil }
    return nodes
  }

  public var entries: [PackEntry]? {
    guard case .map(let entries) = kind else { return nil }
    return entries
  }

  /// The value under a key of a mapping.
  public subscript(key: String) -> PackNode? {
    entries?.first { $0.key == key }?.value
  }

  /// Reads the text of a pack file.
  ///
  /// - Errors: `RulePackError.refused` with the first fault of form, or with a missing Chinese
  ///   comment on the first line.
  public static func read(_ bytes: [UInt8], file: String) throws(RulePackError) -> PackNode {
    do throws(PackFault) {
      var reader = try PackReader(bytes: bytes, file: file)
      return try reader.document()
    } catch {
      throw .refused([error])
    }
  }

  /// Reads a pack file written as text.
  public static func read(_ text: String, file: String) throws(RulePackError) -> PackNode {
    try read(Array(text.utf8), file: file)
  }
}

/// One key of a mapping and its value.
public struct PackEntry: Hashable, Sendable {
  public let key: String
  public let origin: PackOrigin
  public let value: PackNode

  public init(key: String, origin: PackOrigin, value: PackNode) {
    self.key = key
    self.origin = origin
    self.value = value
  }
}
