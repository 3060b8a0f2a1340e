/// The exact pack an answer rests on.
public struct PackVersion: Hashable, Sendable {
  public let id: String
  public let version: String
  /// SM3 over the sorted lines `path⇥sm3 of file`.
  public let sm3: String

  public init(id: String, version: String, sm3: String) {
    self.id = id
    self.version = version
    self.sm3 = sm3
  }
}
