import CCrypto

/// How something is signed, by the id that every signed object carries.
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
  /// SM2 over SM3 with the default user id (GB/T 32918.2, GB/T 35276).
  case sm2 = "sm2-sm3"
  /// ECDSA over P-256 and SHA-256 (FIPS 186-4), which browsers' authenticators speak.
  case ecdsaP256 = "ecdsa-p256-sha256"

  /// Who signs, where nobody said otherwise (GB/T 35276-2017, clause 10).
  static let defaultUserID = Array("1234567812345678".utf8)

  /// The object identifier of the curve, in DER.
  var curve: [UInt8] {
    switch self {
    case .sm2: [0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D]
    case .ecdsaP256: [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    }
  }

  var keyType: String { self == .sm2 ? "SM2" : "EC" }
  var group: String { self == .sm2 ? "SM2" : "P-256" }
  var hash: HashFunction { self == .sm2 ? .sm3 : .sha256 }
}
