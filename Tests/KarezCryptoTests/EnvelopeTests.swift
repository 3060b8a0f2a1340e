import Foundation
import KarezCrypto
import TestSupport
import Testing

/// Secrets sealed for a key, and the running forms of cipher and code.
@Suite struct EnvelopeTests {
  static let key = PrivateKey()
  static let secret = Array("48 bytes that encrypt and authenticate a bundle!".utf8)

  @Test func `what is sealed for a key opens with its other half, and with no other`() throws {
    let envelope = try Self.key.publicKey.sealed(Self.secret)
    #expect(try Self.key.open(envelope) == Self.secret)
    #expect(try Self.key.publicKey.sealed(Self.secret) != envelope, "never the same twice")
    #expect(throws: CryptoError.altered) { try PrivateKey().open(envelope) }
    let p256 = PrivateKey(generating: .ecdsaP256)
    #expect(throws: CryptoError.algorithmUnknown("ecdsa-p256-sha256")) {
      try p256.publicKey.sealed(Self.secret)
    }
  }

  @Test func `no byte of an envelope can be changed, nor its end cut off`() throws {
    let envelope = try Self.key.publicKey.sealed(Self.secret)
    for index in envelope.indices {
      var other = envelope
      other[index] ^= 1
      #expect((try? Self.key.open(other)) != Self.secret, "byte \(index)")
      #expect((try? Self.key.open(Array(envelope.prefix(index)))) == nil, "cut at \(index)")
    }
  }

  @Test func `another program opens it, and what it seals opens here`() async throws {
    try await Places.withTemporaryFolder { folder in
      let (key, envelope) = (folder.appending(path: "key.pem"), folder.appending(path: "sealed"))
      try Data(Self.key.pem().utf8).write(to: key)
      try Data(try Self.key.publicKey.sealed(Self.secret)).write(to: envelope)
      let opened = try Program.run(
        "/usr/bin/openssl", ["pkeyutl", "-decrypt", "-inkey", key.path, "-in", envelope.path])
      #expect(Array(opened.output.utf8) == Self.secret, "\(opened.problems)")
      let plain = folder.appending(path: "plain")
      try Data(Self.secret).write(to: plain)
      let sealed = try Program.run(
        "/usr/bin/openssl",
        [
          "pkeyutl", "-encrypt", "-inkey", key.path, "-in", plain.path, "-out", envelope.path,
        ])
      #expect(sealed.status == 0, "\(sealed.problems)")
      #expect(try Self.key.open(Array(Data(contentsOf: envelope))) == Self.secret)
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `in pieces cipher and code are what they are in one piece`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in random.next() } }
    let message = bytes(Int.random(in: 0..<400, using: &random))
    let (key, counter) = (bytes(SM4.keyBytes), bytes(SM4.counterBytes))
    let codeKey = bytes(Int.random(in: 0..<130, using: &random))
    var stream = try SM4Stream(key: key, counter: counter)
    var code = SM3Code(key: codeKey)
    var text: [UInt8] = []
    var rest = message[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(Int.random(in: 1...90, using: &random)))
      rest = rest.dropFirst(piece.count)
      text += stream.next(piece)
      code.update(piece)
    }
    #expect(try text == SM4.counter(message, key: key, from: counter))
    #expect(code.finish() == HashFunction.sm3.code(of: message, key: codeKey))
  }
}
