import KarezCrypto
import Testing

/// The second factor's codes, against the vectors of the standards.
@Suite struct OneTimePasswordTests {
  /// The secret of RFC 6238, Appendix B.
  static let known = OneTimePassword(secret: Array("12345678901234567890".utf8))

  @Test(
    arguments: [
      (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
      (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ] as [(Int64, String)])
  func `a code is the one RFC 6238 gives, in its last six digits`(
    seconds: Int64, code: String
  ) {
    #expect(Self.known.code(step: OneTimePassword.step(atSeconds: seconds)) == code)
  }

  @Test func `a code holds one step before and after its own, and not two`() {
    let step = OneTimePassword.step(atSeconds: 1_234_567_890)
    let code = Self.known.code(step: step)
    for (shift, isTaken) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
      let found = Self.known.step(
        of: code, atSeconds: 1_234_567_890 + Int64(shift), after: -1)
      #expect((found == step) == isTaken, "\(shift)")
    }
  }

  @Test func `a code of a step that was used, or of one before it, is not taken again`() {
    let now: Int64 = 1_234_567_890
    let step = OneTimePassword.step(atSeconds: now)
    let code = Self.known.code(step: step)
    #expect(Self.known.step(of: code, atSeconds: now, after: step - 1) == step)
    #expect(Self.known.step(of: code, atSeconds: now, after: step) == nil)
    let earlier = Self.known.code(step: step - 1)
    #expect(Self.known.step(of: earlier, atSeconds: now, after: step) == nil)
    for wrong in ["", "00592", "0059241", "abcdef", "００５９２４"] {
      #expect(Self.known.step(of: wrong, atSeconds: now, after: -1) == nil, "\(wrong)")
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
    ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
  ])
  func `base 32 is that of RFC 4648 without padding, both ways`(plain: String, coded: String) {
    #expect(Base32.text(of: Array(plain.utf8)) == coded)
    #expect(Base32.bytes(of: coded) == Array(plain.utf8))
    #expect(Base32.bytes(of: coded.lowercased()) == Array(plain.utf8))
    #expect(Base32.bytes(of: coded + "1") == nil)
  }

  @Test func `two fresh secrets differ, and have the length of the hash`() {
    let (one, two) = (OneTimePassword.fresh(), OneTimePassword.fresh())
    #expect(one != two && one.secret.count == 20 && two.secret.count == 20)
  }
}
