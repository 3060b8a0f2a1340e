import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@Suite struct KeyTests {
  @Test(arguments: SignatureAlgorithm.allCases)
  func `a key signs, and comes back from its own text`(algorithm: SignatureAlgorithm) throws {
    let key = PrivateKey(generating: algorithm)
    let message = Array("第一号".utf8)
    let signature = try key.signature(of: message)
    #expect(signature.algorithm == algorithm && signature.key == key.publicKey.id)
    for phrase in [nil, "盐与水 7"] {
      let read = try PrivateKey(pem: key.pem(passPhrase: phrase), passPhrase: phrase)
      #expect(read.publicKey == key.publicKey)
      #expect(try read.signature(of: message).isValid(of: message, by: key.publicKey))
    }
    let half = try PublicKey(pem: key.publicKey.pem)
    #expect(half == key.publicKey)
    #expect(signature.isValid(of: message, by: half))
    #expect(!signature.isValid(of: message + [0], by: half))
    #expect(!signature.isValid(of: message, by: PrivateKey(generating: algorithm).publicKey))
    #expect(try Signature(json: JSONValue(parsing: signature.json.canonicalText)) == signature)
  }

  @Test func `a locked key opens with its pass phrase only`() throws {
    let locked = PrivateKey().pem(passPhrase: "right")
    #expect(locked.contains("BEGIN ENCRYPTED PRIVATE KEY"))
    #expect(throws: CryptoError.passPhraseMissing) { try PrivateKey(pem: locked) }
    #expect(throws: CryptoError.passPhraseWrong) {
      try PrivateKey(pem: locked, passPhrase: "wrong")
    }
  }

  @Test(arguments: [
    "", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
  ])
  func `what is no key is refused`(text: String) {
    #expect(throws: CryptoError.keyUnreadable) { try PrivateKey(pem: text, passPhrase: "x") }
    #expect(throws: CryptoError.keyUnreadable) { try PublicKey(pem: text) }
  }

  @Test func `a point that is not on the curve is no key`() throws {
    #expect(throws: CryptoError.keyUnreadable) {
      try PublicKey(.sm2, x: SM2Example.y, y: SM2Example.x)
    }
    #expect(throws: CryptoError.wrongLength(what: "coordinate", expected: 32, found: 31)) {
      try PublicKey(.sm2, x: SM2Example.x, y: Array(SM2Example.y.dropLast()))
    }
  }

  @Test func `a private key tells nothing of itself`() {
    let key = PrivateKey()
    var text = ""
    dump(key, to: &text)
    #expect("\(key)" == "private key \(key.publicKey.id)")
    #expect(text.utf8.count < 400, "\(text)")
  }

  @Test func `a sealed text opens with its key in its place, and not when a bit differs`() throws {
    let key = Secret.bytes(count: SealedText.keyBytes)
    let message = Array("JBSWY3DPEHPK3PXP".utf8)
    let sealed = try SealedText(message, key: key, context: "user 7")
    #expect(try sealed.opened(key: key, context: "user 7") == message)
    #expect(try SealedText(message, key: key, context: "user 7") != sealed, "counters differ")
    #expect(throws: CryptoError.altered) { try sealed.opened(key: key, context: "user 8") }
    var other = key
    other[47] ^= 1
    #expect(throws: CryptoError.altered) { try sealed.opened(key: other, context: "user 7") }
    for index in sealed.bytes.indices {
      var bytes = sealed.bytes
      bytes[index] ^= 0x80
      #expect(throws: CryptoError.altered) {
        try SealedText(bytes: bytes).opened(key: key, context: "user 7")
      }
    }
    for count in 0..<sealed.bytes.count {
      #expect(throws: CryptoError.altered) {
        try SealedText(bytes: Array(sealed.bytes.prefix(count))).opened(
          key: key, context: "user 7")
      }
    }
    #expect(try SealedText([], key: key, context: "").opened(key: key, context: "") == [])
  }

  @Test func `SM4 refuses a key or a counter of another length`() {
    #expect(throws: CryptoError.wrongLength(what: "SM4 key", expected: 16, found: 15)) {
      try SM4.counter([1], key: [UInt8](repeating: 0, count: 15), from: [UInt8](0...15))
    }
    #expect(throws: CryptoError.wrongLength(what: "SM4 counter", expected: 16, found: 0)) {
      try SM4.counter([1], key: [UInt8](repeating: 0, count: 16), from: [])
    }
  }

  @Test func `digits read back strictly`() {
    #expect(Hexadecimal.bytes("00fFa0") == [0, 255, 160])
    #expect(Hexadecimal.bytes("0") == nil && Hexadecimal.bytes("+1") == nil)
    #expect(Hexadecimal.bytes("0g") == nil && Hexadecimal.bytes("") == [])
    #expect(Secret.isSame([1, 2], [1, 2]) && !Secret.isSame([1, 2], [1, 3]))
    #expect(!Secret.isSame([1], []) && Secret.isSame([UInt8](), []))
  }

  @Test func `a module is asked by name`() throws {
    let key = PrivateKey()
    let module: any CryptoProvider = SoftwareCrypto(
      signers: ["checkpoint": key], codeKeys: ["rows": [1, 2, 3]])
    #expect(try module.signer(named: "checkpoint")?.publicKey == key.publicKey)
    #expect(try module.signer(named: "another") == nil)
    #expect(
      module.code(of: [7], keyNamed: "rows") == HashFunction.sm3.code(of: [7], key: [1, 2, 3]))
    #expect(module.code(of: [7], keyNamed: "columns") == nil)
    #expect(module.randomBytes(count: 32) != module.randomBytes(count: 32))
  }
}

/// The same keys and signatures in the hands of the `openssl` program.
@Suite struct CommandLineAgreementTests {
  static let program = "/usr/bin/openssl"

  @Test func `what we sign with SM2 openssl verifies, and the other way about`() throws {
    let folder = try Scratch()
    let key = PrivateKey()
    try folder.write("ours.pem", key.pem(passPhrase: "phrase"))
    try folder.write("ours.pub", key.publicKey.pem)
    try folder.write("message", "三区三线")
    let message = Array("三区三线".utf8)
    try folder.write("ours.sig", bytes: key.sign(message))
    let distid = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    let verified = try folder.run(
      [
        "pkeyutl", "-verify", "-pubin", "-inkey", "ours.pub", "-in", "message", "-sigfile",
        "ours.sig",
      ] + distid)
    #expect(verified.status == 0, "\(verified.problems)")
    let signed = try folder.run(
      [
        "pkeyutl", "-sign", "-inkey", "ours.pem", "-passin", "pass:phrase", "-in", "message",
        "-out", "theirs.sig",
      ] + distid)
    #expect(signed.status == 0, "\(signed.problems)")
    #expect(key.publicKey.verifies(try folder.bytes("theirs.sig"), of: message))
  }

  @Test func `a key openssl made and locked is ours to use`() throws {
    let folder = try Scratch()
    for arguments in [
      ["genpkey", "-algorithm", "SM2", "-out", "plain.pem"],
      [
        "pkcs8", "-topk8", "-in", "plain.pem", "-v2", "sm4-cbc", "-passout", "pass:phrase", "-out",
        "locked.pem",
      ],
      ["pkey", "-in", "plain.pem", "-pubout", "-out", "plain.pub"],
    ] {
      let made = try folder.run(arguments)
      #expect(made.status == 0, "\(made.problems)")
    }
    let plain = try PrivateKey(pem: folder.text("plain.pem"))
    let locked = try PrivateKey(pem: folder.text("locked.pem"), passPhrase: "phrase")
    #expect(plain.publicKey == locked.publicKey && plain.algorithm == .sm2)
    #expect(try PublicKey(pem: folder.text("plain.pub")) == plain.publicKey)
  }

  @Test func `P-256 signatures and SM4 streams agree`() throws {
    let folder = try Scratch()
    let key = PrivateKey(generating: .ecdsaP256)
    try folder.write("key.pub", key.publicKey.pem)
    try folder.write("message", "challenge")
    try folder.write("sig", bytes: key.sign(Array("challenge".utf8)))
    let verified = try folder.run(
      ["dgst", "-sha256", "-verify", "key.pub", "-signature", "sig", "message"])
    #expect(verified.status == 0, "\(verified.problems)")
    let secret = Secret.bytes(count: 16)
    let counter = Secret.bytes(count: 16)
    let text = Secret.bytes(count: 70_001)
    try folder.write("plain", bytes: text)
    let streamed = try folder.run([
      "enc", "-sm4-ctr", "-K", Hexadecimal.text(secret), "-iv", Hexadecimal.text(counter), "-in",
      "plain", "-out", "cipher",
    ])
    #expect(streamed.status == 0, "\(streamed.problems)")
    #expect(try SM4.counter(text, key: secret, from: counter) == folder.bytes("cipher"))
  }

  /// A folder of this test's own.
  final class Scratch {
    let folder: URL

    init() throws {
      folder = FileManager.default.temporaryDirectory
        .appending(path: "karez-keys-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func run(_ arguments: [String]) throws -> Program.Outcome {
      try Program.run(CommandLineAgreementTests.program, arguments, in: folder)
    }

    func write(_ name: String, _ text: String) throws { try write(name, bytes: Array(text.utf8)) }

    func write(_ name: String, bytes: [UInt8]) throws {
      try Data(bytes).write(to: folder.appending(path: name))
    }

    func bytes(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: folder.appending(path: name)))
    }

    func text(_ name: String) throws -> String {
      String(decoding: try bytes(name), as: UTF8.self)
    }
  }
}
