import Foundation
import KarezStore
import Synchronization
import TestSupport

/// Stands between a store and its server on the loopback, and cuts connections at a COMMIT.
final class CuttingProxy: Sendable {
  enum Cut {
    /// The server never hears the COMMIT.
    case before
    /// The server carries it out, but the store never hears so.
    case after
  }

  let port: Int
  private let upstream: Int
  private let listener: Int32
  private let armed = Mutex<Cut?>(nil)
  private let cuts = Mutex(0)

  /// How many connections were cut.
  var cutCount: Int { cuts.withLock { $0 } }

  init(to upstream: Int) throws {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listening, $0, length) == 0 && listen(listening, 16) == 0
          && getsockname(listening, $0, &length) == 0
      }
    }
    guard isListening else { throw CocoaError(.fileReadUnknown) }
    self.upstream = upstream
    listener = listening
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in accepting() }
  }

  /// Cuts the next connection that sends a COMMIT.
  func arm(_ cut: Cut) { armed.withLock { $0 = cut } }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }

  private func accepting() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = Self.loopback(upstream)
      let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isConnected else {
        close(client)
        continue
      }
      let pair = Pair(client: client, server: server)
      Thread.detachNewThread { [self] in
        pump(from: client, to: server, pair) { chunk in chunk == Self.commit ? armedCut(pair) : .go
        }
      }
      Thread.detachNewThread { [self] in
        pump(from: server, to: client, pair) { _ in pair.isSwallowing.withLock { $0 } ? .cut : .go }
      }
    }
  }

  /// The message of a simple query `COMMIT`, as the protocol frames it.
  private static let commit: [UInt8] = [0x51, 0, 0, 0, 11] + Array("COMMIT".utf8) + [0]

  private final class Pair: Sendable {
    let client: Int32
    let server: Int32
    let isSwallowing = Mutex(false)

    init(client: Int32, server: Int32) {
      self.client = client
      self.server = server
    }

    func cut() {
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
    }
  }

  private enum Step {
    case go
    case cut
  }

  private func armedCut(_ pair: Pair) -> Step {
    let cut = armed.withLock { armed in
      defer { armed = nil }
      return armed
    }
    if cut != nil { cuts.withLock { $0 += 1 } }
    if cut == .after { pair.isSwallowing.withLock { $0 = true } }
    return cut == .before ? .cut : .go
  }

  private func pump(
    from source: Int32, to target: Int32, _ pair: Pair, _ judge: ([UInt8]) -> Step
  ) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(source, &buffer, buffer.count, 0)
      guard count > 0, judge(Array(buffer[..<count])) == .go else { break }
      var sent = 0
      while sent < count {
        let more = buffer[sent..<count].withUnsafeBytes {
          send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard more > 0 else { break }
        sent += more
      }
    }
    pair.cut()
  }
}

extension CuttingProxy {
  /// A new map on the server, whose store reaches it through a proxy.
  static func withStore(
    _ body: (RelationalStore, CuttingProxy) async throws -> Void
  ) async throws {
    try await StoreEngine(kind: .server).withPlace { place in
      let server = try PostgreSQLServer.shared()
      let proxy = try CuttingProxy(to: server.port)
      defer { proxy.stop() }
      let store = try await RelationalStore.server(
        PostgreSQLSettings(
          address: server.address(of: place.database, port: proxy.port), connections: 2),
        isMade: true, cache: place.folder, clock: Fixture.clock)
      try await body(store, proxy)
    }
  }
}
