import Glibc
import KarezCore

@testable import KarezService

/// Files without a name, to read from and to write to.
enum Descriptors {
  /// Runs the body with an input of these bytes.
  static func reading<Result>(
    _ bytes: [UInt8], _ body: (ByteInput) throws -> Result
  ) throws -> Result {
    guard let file = tmpfile() else { throw Unwritable() }
    defer { fclose(file) }
    _ = bytes.withUnsafeBytes { Glibc.write(fileno(file), $0.baseAddress, $0.count) }
    lseek(fileno(file), 0, SEEK_SET)
    return try body(ByteInput(descriptor: fileno(file), name: "stdin", isOwned: false))
  }

  /// What the body writes.
  static func written(_ body: (ByteOutput) throws -> Void) throws -> [UInt8] {
    guard let file = tmpfile() else { throw Unwritable() }
    defer { fclose(file) }
    let output = ByteOutput(descriptor: fileno(file))
    try body(output)
    try output.flush()
    lseek(fileno(file), 0, SEEK_SET)
    let input = ByteInput(descriptor: fileno(file), name: "back", isOwned: false)
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try block.withUnsafeMutableBytes { try input.read(into: $0) }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }

  struct Unwritable: Error {}
}
