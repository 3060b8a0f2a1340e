import Foundation
import KarezCore
import KarezCrypto

@testable import KarezService

/// A package of changes, as it is and with its last line made to fit.
enum IncrementTarget: FuzzTarget {
  static let name = "increment"

  static func feed(_ bytes: [UInt8]) {
    _ = try? IncrementReader.package(of: Data(bytes), named: "fuzz")
    // The digest at the end keeps a fuzzer out; whoever sends a package can make it.
    let body = Data(bytes)
    let lines = bytes.count { $0 == UInt8(ascii: "\n") }
    let end = JSONValue.object([
      "end": .object([
        "lines": .integer(Int64(lines)), "sm3": .string(SM3.digest(body).description),
      ])
    ])
    _ = try? IncrementReader.package(
      of: body + Data((end.canonicalText + "\n").utf8), named: "fuzz")
  }
}
