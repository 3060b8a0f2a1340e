import CCrypto

/// SHA-256, for protocols of others that ask for this very digest.
public enum SHA256 {
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    let status = EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil)
    precondition(status == 1 && count == 32, "libcrypto has no SHA-256")
    return digest
  }
}
