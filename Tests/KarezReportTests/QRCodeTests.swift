import Testing

@testable import KarezReport

/// The QR code, module by module against what another encoder (qrcode 8.2 of PyPI) draws.
@Suite struct QRCodeTests {
  static let known = """
    #######....##.#######
    #.....#.#.##..#.....#
    #.###.#..#..#.#.###.#
    #.###.#...#...#.###.#
    #.###.#.###.#.#.###.#
    #.....#.....#.#.....#
    #######.#.#.#.#######
    ..........###........
    #.#.#.#...##....#..#.
    ..##.#..##....#..#.##
    .##..####...#...#####
    .#.###.###....#.....#
    ..######.##.#.#.##...
    ........##.#.#.#.#.##
    #######...##.###...##
    #.....#..#.###.##....
    #.###.#.##.#.###...##
    #.###.#...#...##...#.
    #.###.#.#...#...###.#
    #.....#..##...###..#.
    #######.##..#.#..#.##
    """

  @Test func `a short text is drawn as the other encoder draws it`() throws {
    let code = try #require(QRCode("karez", mask: 0))
    let drawn = (0..<code.size).map { row in
      (0..<code.size).map { code[row, $0] ? "#" : "." }.joined()
    }
    #expect(drawn.joined(separator: "\n") == Self.known)
  }

  @Test func `an address with a secret has the size it needs, and its patterns where they belong`()
    throws
  {
    let text =
      "otpauth://totp/Karez:li.na?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Karez"
      + "&algorithm=SHA1&digits=6&period=30"
    let code = try #require(QRCode(text))
    #expect(code.size == 45, "version 7")
    let best = try #require(QRCode(text, mask: code.mask))
    #expect(best == code)
    for mask in 0..<8 {
      let one = try #require(QRCode(text, mask: mask))
      #expect(one[0, 0] && !one[1, 1] && one[3, 3] && !one[7, 7], "finder")
      #expect(one[6, 8] && !one[6, 9], "timing")
      #expect(one[22, 22] && !one[21, 22] && one[20, 22], "alignment")
    }
    #expect(code.path.hasPrefix("M4 4h7v1h-7z") && code.side == 53)
  }

  @Test func `a text too long for a screen is refused`() {
    #expect(QRCode(String(repeating: "x", count: 213)) != nil)
    #expect(QRCode(String(repeating: "x", count: 214)) == nil)
    #expect(QRCode("") != nil)
  }
}
