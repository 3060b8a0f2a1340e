import KarezCore
import TestSupport
import Testing

@testable import KarezService

@Suite struct LineInputTests {
  static func lines(of bytes: [UInt8], limit: Int = 1 << 28) throws -> [[UInt8]] {
    try Descriptors.reading(bytes) { input in
      let lines = LineInput(input, lengthLimit: limit)
      var found: [[UInt8]] = []
      while let line = try lines.next() {
        found.append(Array(line))
        #expect(lines.number == found.count)
      }
      return found
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `lines of any length come whole and in order`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var written: [[UInt8]] = []
    for _ in 0..<60 {
      // A few are longer than the first buffer, so that it must grow and move.
      let length =
        seed % 5 == 0
        ? Int.random(in: 0..<300_000, using: &random)
        : Int.random(in: 0..<90, using: &random)
      let letter = UInt8.random(in: 0x30..<0x7A, using: &random)
      written.append([UInt8](repeating: letter, count: length))
    }
    written.append([0x41])
    let unix = written.joined(separator: [0x0A])
    #expect(try Self.lines(of: Array(unix)) == written)
    #expect(try Self.lines(of: Array(unix) + [0x0A]) == written)
    #expect(try Self.lines(of: Array(written.joined(separator: [0x0D, 0x0A]))) == written)
  }

  @Test func `an empty input has no line, an empty line is one`() throws {
    #expect(try Self.lines(of: []) == [])
    #expect(try Self.lines(of: [0x0A]) == [[]])
    #expect(try Self.lines(of: [0x0D, 0x0A, 0x0A]) == [[], []])
    #expect(try Self.lines(of: [0xEF, 0xBB, 0xBF, 0x41, 0x0A, 0x42]) == [[0x41], [0x42]])
  }

  @Test func `a line without an end is refused, not kept`() throws {
    let problem = try #require(throws: Problem.self) {
      try Self.lines(of: [0x41, 0x0A] + [UInt8](repeating: 0x41, count: 5 << 20), limit: 1 << 20)
    }
    #expect(problem.code == "line-too-long")
    #expect(problem.place == "stdin: line 2")
  }

  @Test func `what is held back goes out when it is released, whatever its size`() throws {
    let bytes = try Descriptors.written { output in
      let held = try HeldOutput()
      for number in 0..<200_000 { try held.write { $0 += "\(number)\n".utf8 } }
      #expect(output.pending.isEmpty)
      try held.release(to: output)
    }
    let expected = (0..<200_000).map { "\($0)\n" }.joined()
    #expect(bytes == Array(expected.utf8))
  }

  @Test func `numbers are written with seventeen digits and read back to the last bit`() {
    #expect(FullDigits.text(1) == "1")
    #expect(FullDigits.text(0) == "0")
    #expect(FullDigits.text(0.1) == "0.10000000000000001")
    #expect(FullDigits.text(0.5) == "0.5")
    #expect(FullDigits.text(1_000_000) == "1000000")
    #expect(FullDigits.text(5.0 / 6) == "0.83333333333333337")
    #expect(FullDigits.text(1e-300) == "1e-300")
    #expect(FullDigits.text(1e22) == "1e+22")
    var random = SplitMix64(seed: 1)
    for _ in 0..<2_000 {
      let value = Double(bitPattern: .random(in: 0...0x7FEF_FFFF_FFFF_FFFF, using: &random))
      #expect(Double(FullDigits.text(value)) == value)
    }
  }
}
