import KarezCrypto
import Testing

@Suite struct PasswordHashTests {
  static let cheap = PasswordHash.Cost(memoryKiB: 64, passes: 1, lanes: 1)

  @Test func `a password matches its own hash and no other`() {
    let hash = PasswordHash(of: "Salt-and-water-7", cost: Self.cheap)
    #expect(hash.encoded.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
    #expect(hash.matches("Salt-and-water-7"))
    for other in ["", "salt-and-water-7", "Salt-and-water-7 ", "Salt-and-water-7\u{0}"] {
      #expect(!hash.matches(other), "\(other)")
    }
    #expect(PasswordHash(of: "Salt-and-water-7", cost: Self.cheap) != hash, "salts differ")
  }

  @Test func `an empty, a long and a Chinese password are hashed like any other`() {
    for password in ["", String(repeating: "长", count: 1_000), "口令 \u{202E}\u{0}x"] {
      #expect(PasswordHash(of: password, cost: Self.cheap).matches(password))
    }
  }

  @Test func `what is no hash matches nothing`() {
    for text in ["", "x", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA", "plain"] {
      #expect(!PasswordHash(encoded: text).matches("plain"), "\(text)")
      #expect(!PasswordHash(encoded: text).costs(Self.cheap) || text.contains("m=64"))
    }
  }

  /// - Source: test vectors of the reference implementation, version 0x13.
  @Test func `a hash of the reference implementation is understood`() {
    let hash = PasswordHash(
      encoded:
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
    #expect(hash.matches("password") && !hash.matches("Password"))
  }

  @Test func `the cost of a hash is told from the hash`() {
    let hash = PasswordHash(of: "x", cost: Self.cheap)
    #expect(hash.costs(Self.cheap))
    #expect(!hash.costs(.standard))
    #expect(!hash.costs(PasswordHash.Cost(memoryKiB: 6, passes: 1, lanes: 1)))
  }

  @Test func `secrets are long, of plain letters, and never the same`() {
    let tokens = Set((0..<100).map { _ in Secret.token() })
    #expect(tokens.count == 100 && tokens.allSatisfy { $0.utf8.count == 64 })
    let spoken = Set((0..<100).map { _ in Secret.spoken() })
    #expect(spoken.count == 100)
    for secret in spoken {
      #expect(secret.wholeMatch(of: /([a-z0-9]{4}-){3}[a-z0-9]{4}/) != nil)
      #expect(!secret.contains("i") && !secret.contains("l") && !secret.contains("o"))
    }
    #expect(Secret.isSame("abc", "abc") && !Secret.isSame("abc", "abd"))
    #expect(!Secret.isSame("abc", "abcd") && Secret.isSame("", ""))
  }
}
