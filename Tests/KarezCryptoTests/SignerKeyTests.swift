import KarezCrypto
import Testing

/// Signatures of keys from outside, made once by the OpenSSL command line (3.0).
@Suite struct SignerKeyTests {
  static let message = Array("karez sign-in li 0123".utf8)
  static let sm2 = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEtkunB6TgBjvgtujtpp18N4nmqbJC
    bXL3XGf9Be7gjKuqILPRAD2qH62zVHSiOJ2CepP9qyCXQdf/1jt4u1ROFA==
    -----END PUBLIC KEY-----
    """
  static let sm2Signature =
    "3046022100a833c09ad6a11c7405f0e1b5420a4e8bb7418296713cc4497d50fe"
    + "53e7147b0602210081e2c77db1db2e7f143799e2438f86ff3fee558ff4365b77"
    + "6fe3e462bb258cab"
  static let p256 = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELzOcFULjG3itU5jBw3tKryj7fl3W
    HuIYNdP3xZGUaqxHusNgl2QrR57NNN0mxj00jkWt2sZtOwK7pCgvWVGvwQ==
    -----END PUBLIC KEY-----
    """
  static let p256Signature =
    "3046022100c23ce8fd94804c18aee0bd7996c1b35991ecbf3f42ec8638d6c82e"
    + "fa28f3f37b022100adf2640b12f6864dba97d29ee376ec51deaeaf5f40dccb15"
    + "8e3e19935866fe6c"
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBdTCCARugAwIBAgIUPsmKlalJ/YF8tkgV7RNq1q+vxmswCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjkwMjM3MjZaGA8yMTI2MTEwNTAyMzcy
    NlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC8z
    nBVC4xt4rVOYwcN7Sq8o+35d1h7iGDXT98WRlGqsR7rDYJdkK0eezTTdJsY9NI5F
    rdrGbTsCu6QoL1lRr8GjUzBRMB0GA1UdDgQWBBSE99e1qVZNaY6JJpthslUg4IZo
    QzAfBgNVHSMEGDAWgBSE99e1qVZNaY6JJpthslUg4IZoQzAPBgNVHRMBAf8EBTAD
    AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDxIW+TnSuDShvpnNKYJp+BrYirgzDTsr4U
    OJ2f8vQAZQIgWDLaLacQLKmb+wznpifj4RetvBJ/vP1mCopTQdd7FNc=
    -----END CERTIFICATE-----
    """
  static let p384 = """
    -----BEGIN PUBLIC KEY-----
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqBc3YEKf7ZM5Ccfdl4dK/Glnnkj7OfPS
    JbdaztNsTWhW5AcT38+ILp3cQmKWGeALbP3s21PwvjRw4WKXM0NfMbO1y9+F/Jxm
    /nbAXvjLTJelF3PYee9KRBBzJeRbaq2B
    -----END PUBLIC KEY-----
    """

  static func bytes(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }

  @Test(arguments: [
    (sm2, sm2Signature, SignerKey.Algorithm.sm2), (p256, p256Signature, .p256),
    (certificate, p256Signature, .p256),
  ])
  func `a signature holds for its message and its key, and for nothing altered`(
    pem: String, signature: String, algorithm: SignerKey.Algorithm
  ) throws {
    let key = try #require(SignerKey(pem: pem))
    #expect(key.algorithm == algorithm)
    let signature = Self.bytes(signature)
    #expect(key.isValid(signature, over: Self.message))
    #expect(SignerKey(bytes: key.bytes) == key)
    #expect(!key.isValid(signature, over: Self.message + [0]))
    #expect(!key.isValid([], over: Self.message))
    for place in signature.indices {
      var altered = signature
      altered[place] ^= 1
      #expect(!key.isValid(altered, over: Self.message), "byte \(place)")
    }
  }

  @Test func `neither key takes the other's signature`() throws {
    let (sm2, p256) = (
      try #require(SignerKey(pem: Self.sm2)), try #require(SignerKey(pem: Self.p256))
    )
    #expect(!sm2.isValid(Self.bytes(Self.p256Signature), over: Self.message))
    #expect(!p256.isValid(Self.bytes(Self.sm2Signature), over: Self.message))
  }

  @Test func `what is no key of the two kinds is none`() {
    for text in ["", "x", Self.p384, "-----BEGIN PUBLIC KEY-----", String(Self.sm2.dropLast(40))] {
      #expect(SignerKey(pem: text) == nil)
    }
    #expect(SignerKey(bytes: []) == nil)
    #expect(SignerKey(pem: Self.certificate)?.bytes == SignerKey(pem: Self.p256)?.bytes)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `base 64 is read with and without padding, and written for addresses`(
    plain: String, coded: String
  ) {
    #expect(Base64.bytes(of: coded) == Array(plain.utf8))
    let bare = coded.filter { $0 != "=" }
    #expect(Base64.bytes(of: bare) == Array(plain.utf8))
    #expect(Base64.addressText(of: Array(plain.utf8)) == bare)
  }

  @Test func `base 64 of either alphabet is the same, and what is neither is refused`() {
    #expect(Base64.bytes(of: "-_-_") == Base64.bytes(of: "+/+/"))
    #expect(Base64.addressText(of: [0xFB, 0xFF, 0xBF]) == "-_-_")
    for text in ["Z", "Zg=", "Zh==", "Z g=", "Zm9v====", "\u{FF21}AAA"] {
      #expect(Base64.bytes(of: text) == nil, "\(text)")
    }
  }
}
