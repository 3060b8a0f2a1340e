public import KarezCore

/// 签名者: who can sign without saying with what: a key in memory, or a hardware module.
public protocol Signer: Sendable {
  var publicKey: PublicKey { get }

  /// A signature in DER over the whole message.
  func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8]
}

extension Signer {
  public var algorithm: SignatureAlgorithm { publicKey.algorithm }

  /// The message signed, with algorithm and key named.
  public func signature(of message: [UInt8]) throws(CryptoError) -> Signature {
    Signature(algorithm: algorithm, key: publicKey.id, bytes: try sign(message))
  }
}

/// 签名: what every signed object of ours carries: how, by which key, and the signature.
public struct Signature: Hashable, Sendable {
  public let algorithm: SignatureAlgorithm

  /// The id of the key, see `PublicKey.id`.
  public let key: String

  /// In DER.
  public let bytes: [UInt8]

  public init(algorithm: SignatureAlgorithm, key: String, bytes: [UInt8]) {
    self.algorithm = algorithm
    self.key = key
    self.bytes = bytes
  }

  public init(json: JSONValue) throws(CryptoError) {
    guard let name = json["algorithm"]?.string, let key = json["key"]?.string,
      let bytes = json["value"]?.string.flatMap({ Hexadecimal.bytes($0) })
    else { throw .altered }
    guard let algorithm = SignatureAlgorithm(rawValue: name) else {
      throw .algorithmUnknown(name)
    }
    self.init(algorithm: algorithm, key: key, bytes: bytes)
  }

  public var json: JSONValue {
    .object([
      "algorithm": .string(algorithm.rawValue), "key": .string(key),
      "value": .string(Hexadecimal.text(bytes)),
    ])
  }

  /// Whether it is this key's signature of this message, by the algorithm it names.
  public func isValid(of message: [UInt8], by publicKey: PublicKey) -> Bool {
    publicKey.algorithm == algorithm && publicKey.id == key
      && publicKey.verifies(bytes, of: message)
  }
}

/// 密码服务: what a cryptographic module does for us; a certified one can stand in for ours.
public protocol CryptoProvider: Sendable {
  /// Who signs under a name; nil where the module holds no such key.
  func signer(named name: String) throws(CryptoError) -> (any Signer)?

  /// The keyed SM3 digest under a named key; nil where the module holds no such key.
  func code(of message: [UInt8], keyNamed name: String) -> [UInt8]?

  func randomBytes(count: Int) -> [UInt8]
}

/// 软件密码: keys in this process's memory, and libcrypto.
///
/// Right for development and for offices without a module; an assessment of commercial
/// cryptography (密评) asks for a certified one.
public struct SoftwareCrypto: CryptoProvider {
  private let signers: [String: PrivateKey]
  private let codeKeys: [String: [UInt8]]

  public init(signers: [String: PrivateKey] = [:], codeKeys: [String: [UInt8]] = [:]) {
    self.signers = signers
    self.codeKeys = codeKeys
  }

  public func signer(named name: String) throws(CryptoError) -> (any Signer)? { signers[name] }

  public func code(of message: [UInt8], keyNamed name: String) -> [UInt8]? {
    codeKeys[name].map { HashFunction.sm3.code(of: message, key: $0) }
  }

  public func randomBytes(count: Int) -> [UInt8] { Secret.bytes(count: count) }
}
