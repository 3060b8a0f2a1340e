import Foundation

/// A file as a user names it: a path, or `FILE:LAYER`.
public struct FileArgument: Hashable, Sendable {
  public let path: String
  public let layer: String?

  /// Splits at the last colon, unless the whole text is a file that exists.
  public init(_ text: String, layer: String? = nil) {
    let isWhole = layer != nil || FileManager.default.fileExists(atPath: text)
    if !isWhole, let colon = text.lastIndex(of: ":"), colon != text.startIndex {
      path = String(text[..<colon])
      self.layer = String(text[text.index(after: colon)...])
    } else {
      path = text
      self.layer = layer
    }
  }

  /// The name people see; never a folder of the server.
  public var name: String { URL(filePath: path).lastPathComponent }
}
