import Foundation

/// A port that counts who comes, and answers nobody.
final class Listener: Sendable {
  private let descriptor: Int32
  let port: Int

  init() throws {
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    descriptor = made
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(made, $0, size) == 0 && listen(made, 64) == 0 && getsockname(made, $0, &size) == 0
      }
    }
    guard bound, fcntl(made, F_SETFL, O_NONBLOCK) == 0 else { throw POSIXError(.EADDRINUSE) }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// How many have come since it was asked last.
  func connections() -> Int {
    var count = 0
    while true {
      let one = accept(descriptor, nil, nil)
      guard one >= 0 else { return count }
      close(one)
      count += 1
    }
  }
}

/// An archive whose entries are stored as they are, with any name and any attributes.
struct StoredZip {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  mutating func add(_ name: String, _ content: [UInt8], attributes: UInt32 = 0) {
    let sum = content.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1
      }
    }
    let size = UInt32(content.count)
    let common =
      Self.two(20) + Self.two(0x800) + Self.two(0) + Self.four(0) + Self.four(~sum)
      + Self.four(size) + Self.four(size) + Self.two(UInt16(name.utf8.count)) + Self.two(0)
    let place = UInt32(body.count)
    body += Self.four(0x0403_4B50) + common + Array(name.utf8) + content
    directory +=
      Self.four(0x0201_4B50) + Self.two(0x031E) + common + Self.two(0) + Self.two(0)
      + Self.two(0) + Self.four(attributes) + Self.four(place) + Array(name.utf8)
    count += 1
  }

  var bytes: [UInt8] {
    body + directory + Self.four(0x0605_4B50) + Self.two(0) + Self.two(0) + Self.two(count)
      + Self.two(count) + Self.four(UInt32(directory.count)) + Self.four(UInt32(body.count))
      + Self.two(0)
  }

  private static func two(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
  private static func four(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(value >> (8 * UInt32($0)) & 0xFF) }
  }
}
