import KarezCore
public import KarezCrypto

/// 检查点: how long the log was at a moment and what stood in it, signed, to be kept elsewhere.
///
/// - Shape: canonical JSON. `root` is that of the Merkle tree over the first `size` entries;
///   `leaves` are the hashes of those entries that the previous checkpoint did not cover, so that
///   whoever keeps the checkpoints can tell which entry was touched, without having any.
public struct Checkpoint: Hashable, Sendable {
  public static let format = "karez-checkpoint/1"

  /// More entries than this are covered by several checkpoints, one after the other.
  public static let mostLeaves = 65_536

  /// The checkpoint before, and SM3 of its file.
  public struct Link: Hashable, Sendable {
    public let size: Int64
    public let sm3: String

    public init(size: Int64, sm3: String) {
      self.size = size
      self.sm3 = sm3
    }
  }

  public let size: Int64
  public let root: [UInt8]
  /// RFC 3339, UTC.
  public let at: String
  public let previous: Link?
  public let leaves: [[UInt8]]
  public let signature: Signature

  /// How many entries the checkpoint before covered.
  public var start: Int64 { previous?.size ?? 0 }

  public var text: [UInt8] {
    guard case .object(var members) = content else { return [] }
    members["signature"] = .string(Hexadecimal.text(signature.bytes))
    return Array(JSONValue.object(members).canonicalText.utf8) + [0x0A]
  }

  /// SM3 of the file, by which the next checkpoint names this one.
  public var sm3: String { SM3.digest(text).description }

  public var fileName: String { Self.fileName(size: size) }

  static func fileName(size: Int64) -> String {
    let digits = String(size)
    return "checkpoint-" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
      + ".json"
  }

  /// Everything but the signature, which is over the canonical text of this.
  private var content: JSONValue {
    .object([
      "format": .string(Self.format), "size": .integer(size),
      "root": .string(Hexadecimal.text(root)), "at": .string(at),
      "algorithm": .string(signature.algorithm.rawValue), "key": .string(signature.key),
      "previous": previous.map {
        .object(["size": .integer($0.size), "sm3": .string($0.sm3)])
      } ?? .null,
      "leaves": .array(leaves.map { .string(Hexadecimal.text($0)) }),
    ])
  }

  /// A checkpoint of a tree, signed.
  public static func signed(
    _ head: MerkleHead, adding leaves: [[UInt8]], after previous: Link?, at time: String,
    by signer: any Signer
  ) throws(CryptoError) -> Checkpoint {
    let unsigned = Checkpoint(
      size: head.size, root: head.root, at: time, previous: previous, leaves: leaves,
      signature: Signature(algorithm: signer.algorithm, key: signer.publicKey.id, bytes: []))
    let signature = try signer.signature(of: Array(unsigned.content.canonicalText.utf8))
    return Checkpoint(
      size: head.size, root: head.root, at: time, previous: previous, leaves: leaves,
      signature: signature)
  }

  private init(
    size: Int64, root: [UInt8], at: String, previous: Link?, leaves: [[UInt8]],
    signature: Signature
  ) {
    self.size = size
    self.root = root
    self.at = at
    self.previous = previous
    self.leaves = leaves
    self.signature = signature
  }

  public enum Standing: Hashable, Sendable {
    case signed
    case unknownSigner
    case badSignature
  }

  /// Whether one of these keys signed it.
  public func standing(among keys: [PublicKey]) -> Standing {
    guard let key = keys.first(where: { $0.id == signature.key }) else { return .unknownSigner }
    let message = Array(content.canonicalText.utf8)
    return signature.isValid(of: message, by: key) ? .signed : .badSignature
  }
}

extension Checkpoint {
  /// The checkpoint a file holds, or nil where it is not exactly the text of one.
  public init?(parsing text: [UInt8]) {
    guard let json = try? JSONValue(parsing: text), json["format"]?.string == Self.format,
      let size = json["size"]?.integer, let at = json["at"]?.string,
      let root = json["root"]?.string.flatMap({ Hexadecimal.bytes($0) }), root.count == 32,
      let listed = json["leaves"]?.array,
      let algorithm = json["algorithm"]?.string.flatMap({ SignatureAlgorithm(rawValue: $0) }),
      let key = json["key"]?.string,
      let signature = json["signature"]?.string.flatMap({ Hexadecimal.bytes($0) })
    else { return nil }
    var previous: Link?
    if let link = json["previous"], link != .null {
      guard let size = link["size"]?.integer, let sm3 = link["sm3"]?.string else { return nil }
      previous = Link(size: size, sm3: sm3)
    }
    let leaves = listed.compactMap { $0.string.flatMap { Hexadecimal.bytes($0) } }
    let start = previous?.size ?? 0
    guard leaves.count == listed.count, leaves.allSatisfy({ $0.count == 32 }), start >= 0,
      size > start, size - start == Int64(leaves.count)
    else { return nil }
    self.init(
      size: size, root: root, at: at, previous: previous, leaves: leaves,
      signature: Signature(algorithm: algorithm, key: key, bytes: signature))
    guard self.text == text else { return nil }
  }
}
