import KarezCore

@testable import KarezService

/// What another installation says of a bundle it sent, or of one it was sent.
enum ExchangeTarget: FuzzTarget {
  static let name = "exchange"

  static func feed(_ bytes: [UInt8]) {
    if let manifest = try? ExchangeManifest(bytes) {
      hold(manifest.bytes == bytes, "a manifest has one form")
      hold(manifest.sequence > 0, "bundles are counted from 1")
      hold(manifest.classification == manifest.parts.map(\.classification).max(), "the highest")
    }
    if let receipt = ExchangeReceipt(bytes) {
      hold(!receipt.isSigned(by: []), "nobody signed, and it is believed")
    }
    guard let json = try? JSONValue(parsing: bytes), let order = ExchangeOrder(json) else { return }
    hold(!order.datasets.isEmpty || json["datasets"] == .array([]), "datasets come from nowhere")
  }
}
