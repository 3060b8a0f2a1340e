import Foundation
import HTTPTypes
import Hummingbird

/// Where a request comes from: from a machine, or through the server in front of this one.
struct Caller: Hashable, Sendable {
  /// The machine that asks; of IPv6 the network, of which everyone has many addresses.
  let address: String
  /// Whether it reached the server in front of this one over TLS.
  let isSecure: Bool

  static let unknown = Caller(address: "-", isSecure: false)

  init(address: String, isSecure: Bool) {
    self.address = address
    self.isSecure = isSecure
  }

  /// What `X-Forwarded-For` and `X-Forwarded-Proto` say counts where a named proxy is the peer.
  ///
  /// Of a chain the last address counts that is not a proxy's: what stands before it the client
  /// may have written itself.
  init(peer: String?, headers: HTTPFields, proxies: Set<String>) {
    let peer = peer.flatMap(Self.plain) ?? ""
    guard proxies.contains(peer) else {
      self.init(address: Self.network(of: peer), isSecure: false)
      return
    }
    func lines(_ name: String) -> [String] {
      guard let field = HTTPField.Name(name) else { return [] }
      return headers[values: field].flatMap { $0.split(separator: ",") }
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    var address = peer
    for hop in lines("X-Forwarded-For").reversed() {
      guard let plain = Self.plain(hop) else { break }
      address = plain
      if !proxies.contains(plain) { break }
    }
    self.init(
      address: Self.network(of: address), isSecure: lines("X-Forwarded-Proto").last == "https")
  }

  /// Whether the headers say that another server passes the request on.
  static func isPassedOn(_ headers: HTTPFields) -> Bool {
    headers.contains { field in
      let name = field.name.canonicalName
      return name.hasPrefix("x-forwarded-") || ["forwarded", "x-real-ip", "via"].contains(name)
    }
  }

  /// An address as it is always written, or nil for what is none.
  static func plain(_ text: String) -> String? {
    // What reads it as C's text stops at a NUL.
    guard !text.utf8.contains(0) else { return nil }
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return text }
    guard let bytes = six(text) else { return nil }
    // An IPv4 address in IPv6's clothes is that address.
    if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10...11].allSatisfy({ $0 == 0xFF }) {
      return bytes.suffix(4).map(String.init).joined(separator: ".")
    }
    return stride(from: 0, to: 16, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }.joined(separator: ":")
  }

  private static func network(of address: String) -> String {
    let groups = address.split(separator: ":")
    return groups.count == 8 ? groups.prefix(4).joined(separator: ":") + "::/64" : address
  }

  private static func six(_ text: String) -> [UInt8]? {
    var found = in6_addr()
    guard inet_pton(AF_INET6, text, &found) == 1 else { return nil }
    return withUnsafeBytes(of: &found) { Array($0) }
  }
}
