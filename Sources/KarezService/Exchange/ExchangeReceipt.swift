public import Foundation
public import KarezCore
public import KarezCrypto
import KarezStore

/// 交换回执: what the receiver says became of a bundle, signed.
public struct ExchangeReceipt: Hashable, Sendable {
  static let format = "karez-receipt/1"
  static let mostBytes = 1 << 20

  /// Of the bundle's file.
  public let bundle: String
  public let sequence: Int64
  public let state: ExchangedBundle.State
  public let json: JSONValue
  public let signature: Signature

  /// Says what became of a bundle.
  static func signed(
    _ bundle: ExchangedBundle, at now: Timestamp, by signer: any Signer
  ) throws(Problem) -> [UInt8] {
    let body = JSONValue.object([
      "format": .string(format), "bundle": .string(bundle.sm3),
      "sequence": .integer(bundle.sequence), "state": .string(bundle.state.rawValue),
      "outcomes": bundle.body["outcomes"] ?? .null, "problem": bundle.body["problem"] ?? .null,
      "at": .string(now.description),
    ])
    do throws(CryptoError) {
      let signature = try signer.signature(of: Array(body.canonicalText.utf8))
      let whole = JSONValue.object(["receipt": body, "signature": signature.json])
      return Array((whole.canonicalText + "\n").utf8)
    } catch {
      throw .crypto(error)
    }
  }

  /// A pure function of the bytes; nil for what is no receipt.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.mostBytes, let json = try? JSONValue(parsing: bytes),
      let receipt = json["receipt"], receipt["format"]?.string == Self.format,
      let bundle = receipt["bundle"]?.string, let sequence = receipt["sequence"]?.integer,
      let state = receipt["state"]?.string.flatMap({ ExchangedBundle.State(rawValue: $0) }),
      let signed = json["signature"], let signature = try? Signature(json: signed)
    else { return nil }
    self.bundle = bundle
    self.sequence = sequence
    self.state = state
    self.json = receipt
    self.signature = signature
  }

  func isSigned(by keys: [PublicKey]) -> Bool {
    let message = Array(json.canonicalText.utf8)
    return keys.contains { signature.isValid(of: message, by: $0) }
  }
}

extension Exchange {
  /// The receipt of a bundle that came in, for its sender.
  public func receipt(
    of bundle: ExchangedBundle, signedBy signer: any Signer
  ) throws(Problem) -> [UInt8] {
    try ExchangeReceipt.signed(bundle, at: map.clock.now(), by: signer)
  }

  /// Takes the receipt of a bundle that went out.
  public func confirm(_ file: URL, by actor: Actor) async throws(Problem) -> ExchangedBundle {
    let name = file.lastPathComponent
    guard let data = FileManager.default.contents(atPath: file.path),
      let receipt = ExchangeReceipt(Array(data))
    else { throw .exchangeForm(name) }
    let partner = try await partners().first { receipt.isSigned(by: $0.signingKeys) }
    guard let partner else { throw .exchangeSigner(receipt.signature.key, at: name) }
    let found = try await bundles(ExchangedBundle.sent, of: partner.id)
      .first { $0.sequence == receipt.sequence }
    guard var found, found.sm3 == receipt.bundle else {
      throw .exchangeChain(receipt.sequence, at: name)
    }
    // A later receipt says more: what was held is applied by then.
    found.body["receipt"] = receipt.json
    if receipt.state.isConcluded { found.state = .acknowledged }
    try await put(
      [found.change(ExchangedBundle.sent)], "exchange-confirmed", found.said, by: actor)
    return found
  }
}
