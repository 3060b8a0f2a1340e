import CArgon2

/// What remains of a password: its Argon2id hash, with the parameters it was made with.
///
/// - Shape: the encoded form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
/// - Source: RFC 9106.
public struct PasswordHash: Hashable, Sendable {
  /// What a guess costs; recorded in each hash, so that hashes of all ages can be verified.
  public struct Cost: Hashable, Sendable {
    public let memoryKiB: UInt32
    public let passes: UInt32
    public let lanes: UInt32

    public init(memoryKiB: UInt32, passes: UInt32, lanes: UInt32) {
      self.memoryKiB = memoryKiB
      self.passes = passes
      self.lanes = lanes
    }

    /// The second choice of RFC 9106 with one lane, for machines of few cores.
    public static let standard = Cost(memoryKiB: 64 << 10, passes: 3, lanes: 1)
  }

  public let encoded: String

  /// A hash that was kept; whether it is one shows when a password is tried.
  public init(encoded: String) { self.encoded = encoded }

  /// The hash of a password with a fresh salt.
  ///
  /// - Complexity: by design a tenth of a second and `memoryKiB` of memory.
  public init(of password: String, cost: Cost = .standard) {
    let salt = Secret.bytes(count: 16)
    let secret = Array(password.utf8)
    let length = argon2_encodedlen(
      cost.passes, cost.memoryKiB, cost.lanes, UInt32(salt.count), 32, Argon2_id)
    var text = [CChar](repeating: 0, count: length)
    let status = argon2id_hash_encoded(
      cost.passes, cost.memoryKiB, cost.lanes, secret, secret.count, salt, salt.count, 32, &text,
      length)
    precondition(status == ARGON2_OK.rawValue, "argon2: \(status)")
    encoded = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Whether the password is the one hashed; takes as long whatever the answer.
  ///
  /// A text that is no hash matches nothing.
  public func matches(_ password: String) -> Bool {
    let secret = Array(password.utf8)
    return argon2id_verify(encoded, secret, secret.count) == ARGON2_OK.rawValue
  }

  /// Whether the hash was made with these parameters.
  public func costs(_ cost: Cost) -> Bool {
    encoded.hasPrefix(
      "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=\(cost.lanes)$")
  }
}
