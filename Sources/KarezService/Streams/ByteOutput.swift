import Glibc
import KarezCore

/// Bytes going out to a descriptor, gathered into blocks.
///
/// Not Sendable: it belongs to the task that writes.
final class ByteOutput {
  private static let blockLength = 1 << 18

  private let descriptor: Int32
  /// What problems call it.
  private let name: String
  private(set) var pending: [UInt8] = []

  init(descriptor: Int32, name: String = "stdout") {
    self.descriptor = descriptor
    self.name = name
  }

  /// Adds bytes; they go out when enough has come together, or on `flush`.
  func write(_ body: (inout [UInt8]) -> Void) throws(Problem) {
    body(&pending)
    if pending.count >= Self.blockLength { try flush() }
  }

  /// Sends everything out.
  func flush() throws(Problem) {
    let error: Int32 = pending.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let block = UnsafeRawBufferPointer(rebasing: rest)
        let count = Glibc.write(descriptor, block.baseAddress, block.count)
        if count < 0, errno != EINTR { return errno }
        rest = rest.dropFirst(max(0, count))
      }
      return 0
    }
    guard error == 0 else { throw StreamWording.unwritable(error, at: name) }
    pending.removeAll(keepingCapacity: true)
  }
}

/// Output that is held back until it is known to be whole; what memory should not hold is kept
/// in a file without a name.
///
/// Not Sendable: it belongs to the task that writes.
final class HeldOutput {
  private let file: UnsafeMutablePointer<FILE>
  private let held: ByteOutput

  init() throws(Problem) {
    guard let file = tmpfile() else { throw StreamWording.unwritable(errno, at: "tmpfile") }
    self.file = file
    held = ByteOutput(descriptor: fileno(file), name: "tmpfile")
  }

  deinit { fclose(file) }

  func write(_ body: (inout [UInt8]) -> Void) throws(Problem) { try held.write(body) }

  /// Sends all of it on.
  func release(to output: ByteOutput) throws(Problem) {
    try held.flush()
    guard lseek(fileno(file), 0, SEEK_SET) == 0 else {
      throw StreamWording.unwritable(errno, at: "tmpfile")
    }
    let input = ByteInput(descriptor: fileno(file), name: "tmpfile", isOwned: false)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = try input.read(into: block)
      if count == 0 { break }
      try output.write { $0 += block[..<count] }
    }
    try output.flush()
  }
}
