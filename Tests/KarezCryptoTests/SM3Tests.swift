import KarezCrypto
import Testing

@Suite struct SM3Tests {
  @Test func `the standard's first example`() {
    let digest = SM3.digest("abc").description
    #expect(digest == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
  }

  @Test func `the standard's second example, given in pieces`() {
    var hash = SM3()
    for _ in 0..<16 { hash.update("abcd") }
    let digest = hash.finish().description
    #expect(digest == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
  }

  @Test func `a digest reads back from its own text`() {
    let digest = SM3.digest("karez")
    #expect(SM3Digest(hexadecimal: digest.description) == digest)
    #expect(SM3Digest(hexadecimal: "66c7") == nil)
    #expect(SM3Digest(hexadecimal: String(repeating: "+a", count: 32)) == nil)
  }
}
