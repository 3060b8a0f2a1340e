import Foundation

/// A connection whose every byte the test writes itself.
public final class RawClient: Sendable {
  private let descriptor: Int32

  /// Connects to the port of `http://127.0.0.1:PORT`.
  public init(_ base: String) throws {
    let port = UInt16(base.split(separator: ":").last ?? "") ?? 0
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(descriptor) }

  /// False where the other side has closed.
  @discardableResult
  public func send(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      bytes = bytes.dropFirst(sent)
    }
    return true
  }

  /// What comes until the other side closes, or nothing more comes for so long.
  public func receive(waitingSeconds seconds: Int = 900) async -> (text: String, isClosed: Bool) {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [self] in
        continuation.resume(returning: read(seconds))
      }
    }
  }

  private func read(_ seconds: Int) -> (text: String, isClosed: Bool) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else {
        let isTimeOver = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
        return (String(decoding: all, as: UTF8.self), !isTimeOver)
      }
      all += piece[..<count]
    }
  }
}
