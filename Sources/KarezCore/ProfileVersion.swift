/// The exact rule profile that a report or a commit rests on.
public struct ProfileVersion: Hashable, Sendable, CustomStringConvertible {
  public let id: String
  public let version: String

  public init(id: String, version: String) {
    self.id = id
    self.version = version
  }

  /// `land-patches 1.0.0`.
  public var description: String { "\(id) \(version)" }
}
