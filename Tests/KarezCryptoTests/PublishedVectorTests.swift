import KarezCrypto
import Testing

/// Answers the standards print.
@Suite struct PublishedVectorTests {
  /// - Source: GM/T 0042-2015, appendix D.3.
  @Test(arguments: [
    (
      [UInt8](1...32),
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      2, "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    ),
    (
      [UInt8](1...37), [0xcd], 50,
      "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"
    ),
    (
      [UInt8](repeating: 0x0b, count: 32), Array("Hi There".utf8), 1,
      "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), 1,
      "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"
    ),
  ])
  func `HMAC over SM3`(key: [UInt8], piece: [UInt8], times: Int, expected: String) {
    let message = Array(repeatElement(piece, count: times).joined())
    #expect(Hexadecimal.text(HashFunction.sm3.code(of: message, key: key)) == expected)
  }

  /// - Source: RFC 2202 cases 1 and 2 (SHA-1), RFC 4231 cases 1 and 2 (SHA-256).
  @Test(arguments: [
    (HashFunction.sha1, true, "b617318655057264e28bc0b6fb378c8ef146be00"),
    (.sha1, false, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (.sha256, true, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (.sha256, false, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
  ])
  func `HMAC over SHA-1 and SHA-256`(hash: HashFunction, isFirst: Bool, expected: String) {
    let key = isFirst ? [UInt8](repeating: 0x0b, count: 20) : Array("Jefe".utf8)
    let message = isFirst ? "Hi There" : "what do ya want for nothing?"
    #expect(Hexadecimal.text(hash.code(of: Array(message.utf8), key: key)) == expected)
  }

  /// - Source: FIPS 180-4 examples; GB/T 32905-2016, A.1.
  @Test(arguments: [
    (HashFunction.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (.sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
  ])
  func `digests of abc`(hash: HashFunction, expected: String) {
    #expect(Hexadecimal.text(hash.digest(Array("abc".utf8))) == expected)
  }

  /// - Source: GB/T 32918.5-2017, A.2: signature over the recommended curve.
  @Test func `an SM2 signature of the standard verifies, and none that differs by a bit`() throws {
    let key = try PublicKey(.sm2, x: SM2Example.x, y: SM2Example.y)
    let message = Array("message digest".utf8)
    #expect(key.verifies(SM2Example.signature, of: message))
    #expect(!key.verifies(SM2Example.signature, of: message + [0]))
    for index in SM2Example.signature.indices {
      var other = SM2Example.signature
      other[index] ^= 1
      #expect(!key.verifies(other, of: message), "byte \(index)")
    }
    #expect(!key.verifies([], of: message))
    #expect(!key.verifies(SM2Example.signature + [0], of: message))
  }

  /// - Source: GB/T 32918.5-2017, A.2: the key pair.
  @Test func `the standard's private key gives the standard's public key`() throws {
    let secret = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
    let head = "308187020100301306072A8648CE3D020106082A811CCF5501822D046D306B0201010420"
    let key = try PrivateKey(
      der: try #require(Hexadecimal.bytes(head + secret + "A144034200" + "04"))
        + SM2Example.x + SM2Example.y)
    #expect(key.publicKey == (try PublicKey(.sm2, x: SM2Example.x, y: SM2Example.y)))
    let signature = try key.sign(Array("message digest".utf8))
    #expect(key.publicKey.verifies(signature, of: Array("message digest".utf8)))
  }

  /// - Source: RFC 6979, A.2.5: P-256 with SHA-256, message "sample".
  @Test func `a P-256 signature of the RFC verifies`() throws {
    let key = try PublicKey(
      .ecdsaP256,
      x: #require(
        Hexadecimal.bytes("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6")),
      y: #require(
        Hexadecimal.bytes("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")))
    let signature = try #require(
      Hexadecimal.bytes(
        "3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
          + "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"))
    #expect(key.verifies(signature, of: Array("sample".utf8)))
    #expect(!key.verifies(signature, of: Array("samples".utf8)))
  }

  /// - Source: draft-ribose-cfrg-sm4-10, A.2.5.1; GB/T 32907-2016, A.1 for the block.
  @Test func `SM4 in counter mode, and the standard's own block`() throws {
    let key = try #require(Hexadecimal.bytes("0123456789abcdeffedcba9876543210"))
    let counter = [UInt8](0...15)
    let text = ([0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xaa, 0xbb] as [UInt8])
      .flatMap { Array(repeating: $0, count: 8) }
    let cipher = try SM4.counter(text, key: key, from: counter)
    #expect(
      Hexadecimal.text(cipher)
        == "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
        + "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514")
    #expect(try SM4.counter(cipher, key: key, from: counter) == text)
    let block = try SM4.counter([UInt8](repeating: 0, count: 16), key: key, from: key)
    #expect(Hexadecimal.text(block) == "681edf34d206965e86b3e94f536e4246")
  }
}

/// - Source: GB/T 32918.5-2017, A.2.
enum SM2Example {
  static let x = bytes("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020")
  static let y = bytes("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
  static let signature = bytes(
    "3046022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
      + "022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")

  private static func bytes(_ text: String) -> [UInt8] { Hexadecimal.bytes(text) ?? [] }
}
