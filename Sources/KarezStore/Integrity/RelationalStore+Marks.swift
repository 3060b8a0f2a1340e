import KarezCrypto

extension RelationalStore {
  /// What logs beside the map call somebody: always the same within an installation, and nothing
  /// to whoever has not got its key.
  public func mark(of id: String) -> String {
    // No text that carries a code begins like this one: those are lists of JSON.
    let code = integrity?.code(of: "mark\n" + id) ?? SM3.digest("mark\n" + id).description
    return String(code.prefix(12))
  }

  /// 48 bytes that only this installation has, for one use; nil for a map that is held to no key.
  public func sealingKey(for use: String) -> [UInt8]? {
    guard let integrity else { return nil }
    let codes = ["1", "2"].map { integrity.code(of: "key " + $0 + "\n" + use) }
    return Hexadecimal.bytes(codes.joined()).map { Array($0.prefix(48)) }
  }
}
