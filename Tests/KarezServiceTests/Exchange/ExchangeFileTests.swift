import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezService

/// The file of a bundle: nothing of it can be another and still be believed.
@Suite struct ExchangeFileTests {
  static let signer = PrivateKey()
  static let opener = PrivateKey()
  static let texts = ["第一份 one\n", "", String(repeating: "x", count: 300)]

  static func write(in folder: URL, signedBy signer: any Signer = signer) throws -> URL {
    var files: [URL] = []
    for (index, text) in texts.enumerated() {
      files.append(folder.appending(path: "in-\(index)"))
      try Data(text.utf8).write(to: files[index])
    }
    let place = folder.appending(path: "bundle.karez")
    let context = ExchangeManifest.context(
      sender: signer.publicKey.id, recipient: opener.publicKey.id, sequence: 7)
    let sm3 = try ExchangeFile.write(
      files, for: .init(recipient: opener.publicKey, context: context), signedBy: signer,
      to: place
    ) { manifest($0, signer.publicKey) }
    #expect(try FileFingerprint.sm3(ofFileAt: place.path) == sm3)
    return place
  }

  static func manifest(
    _ content: ExchangeManifest.Content, _ key: PublicKey
  ) -> ExchangeManifest {
    let day = Timestamp(millisecondsSince1970: 1_740_816_000_000)
    return ExchangeManifest(
      sender: .init(key: key.id, zone: .classified),
      recipient: .init(key: opener.publicKey.id, zone: .public), sequence: 7,
      previous: ExchangeManifest.noPrevious, created: day,
      expires: day.adding(seconds: 86_400), classification: .internal,
      order: .object(["datasets": .texts(["villages"])]),
      parts: texts.enumerated().map { index, text in
        ExchangeManifest.Part(
          dataset: TimeFixture.patches, form: index == 1 ? .state : .increment,
          validOn: index == 1 ? LegalDate("2025-01-01") : nil, features: Int64(index),
          bytes: Int64(text.utf8.count), sm3: SM3.digest(text).description,
          classification: index == 0 ? .internal : .public)
      },
      derivation: .init(
        edition: "public", version: "1.0.0", sm3: SM3.digest("rules").description,
        mapApproval: "新S(2025)001号",
        figures: [
          .init(
            name: "accuracy", value: "10.0 m", certainty: .unconfirmed,
            source: LocalizedText(zh: "未核", en: "unchecked"))
        ], removed: ["attributes": 4]),
      approvals: [
        .init(
          act: "zone-publication", proposal: "P-1", proposer: "li", proposedAt: day,
          approver: "wang", approvedAt: day, order: SM3.digest("order").description)
      ], content: content)
  }

  /// What a receiver makes of a file: the content's texts, once all was verified.
  static func read(_ file: URL, into folder: URL) throws -> [String] {
    let bundle = try ExchangeFile(reading: file)
    _ = try bundle.verify(signedBy: [signer.publicKey])
    return try bundle.open(with: opener, into: folder).map {
      try String(contentsOf: $0, encoding: .utf8)
    }
  }

  @Test func `what is written is read, and its manifest from its own bytes`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = try Self.write(in: folder)
      #expect(try Self.read(file, into: folder) == Self.texts)
      let manifest = try ExchangeFile(reading: file).manifest
      #expect(try ExchangeManifest(manifest.bytes) == manifest)
      #expect(manifest.derivation?.figures.first?.certainty == .unconfirmed)
      let stored = try Data(contentsOf: file)
      #expect(!stored.contains(Data("第一份".utf8)), "the content is nowhere in the clear")
    }
  }

  @Test func `no byte can be changed, added or taken away, in any region`() async throws {
    try await Places.withTemporaryFolder { folder in
      let whole = try Data(contentsOf: try Self.write(in: folder))
      let other = folder.appending(path: "other.karez")
      var examined = 0
      func expectRefused(_ bytes: Data, _ what: String) throws {
        try bytes.write(to: other)
        examined += 1
        #expect(throws: Problem.self, "\(what)") { try Self.read(other, into: folder) }
      }
      for index in whole.indices {
        // Every bit has its turn, a case bit of hexadecimal digits among them.
        let bit = UInt8(1) << UInt8(index % 8)
        var changed = whole
        changed[index] ^= bit
        try expectRefused(changed, "byte \(index) ^ \(bit)")
      }
      for count in stride(from: 0, to: whole.count, by: 31) {
        try expectRefused(whole.prefix(count), "cut at \(count)")
      }
      try expectRefused(whole + [0], "one more")
      try expectRefused(Data([0]) + whole, "one before")
      #expect(examined > whole.count)
    }
  }

  @Test func `a stranger's signature under a partner's name is none`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = try Self.write(in: folder, signedBy: PrivateKey())
      let problem = #expect(throws: Problem.self) { try Self.read(file, into: folder) }
      #expect(problem?.code == "exchange-signer")
      // The manifest of the one under the signature of the other.
      let honest = try ExchangeFile(reading: try Self.write(in: folder))
      let theirs = try PrivateKey().signature(of: honest.manifest.bytes)
      for named in [Self.signer.publicKey.id, theirs.key] {
        let said = Signature(algorithm: .sm2, key: named, bytes: theirs.bytes)
        let forged = folder.appending(path: "forged.karez")
        let head =
          ExchangeFile.magic + ExchangeFile.lengthed(honest.manifest.bytes)
          + ExchangeFile.lengthed(Array(said.json.canonicalText.utf8))
        try Data(head).write(to: forged)
        let refused = #expect(throws: Problem.self) { try Self.read(forged, into: folder) }
        #expect(["exchange-signer", "exchange-altered"].contains(refused?.code))
      }
    }
  }

  @Test func `a manifest with a member more, less, or of another form is none`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bytes = try ExchangeFile(reading: try Self.write(in: folder)).manifest.bytes
      guard case .object(let members) = try JSONValue(parsing: bytes) else { return }
      var examined = 0
      func expectRefused(_ members: [String: JSONValue], _ what: String) {
        examined += 1
        let text = Array(JSONValue.object(members).canonicalText.utf8)
        #expect(throws: ExchangeManifest.Fault.self, "\(what)") { try ExchangeManifest(text) }
      }
      for name in members.keys {
        var fewer = members
        fewer[name] = nil
        expectRefused(fewer, "without \(name)")
        for value in [JSONValue.integer(-1), .boolean(true), .array([.null]), .string("x")] {
          var other = members
          other[name] = value
          // What was ordered is the sender's own; only that two agreed to it is looked at.
          if name != "order" { expectRefused(other, "\(name) as \(value)") }
        }
      }
      expectRefused(members.merging(["more": .null]) { $1 }, "more")
      #expect(throws: ExchangeManifest.Fault.self) { try ExchangeManifest(bytes + [0x20]) }
      #expect(throws: ExchangeManifest.Fault.self) { try ExchangeManifest([0x20] + bytes) }
      #expect(examined > 50)
    }
  }

  @Test func `a key in another process signs and opens, and one that lies is found out`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let key = folder.appending(path: "key.pem")
      try Data(Self.opener.pem().utf8).write(to: key)
      let program = folder.appending(path: "module")
      let script = """
        #!/bin/sh
        case "$2" in
          sign) exec openssl dgst -sm3 -sigopt distid:1234567812345678 -sign "$1" ;;
          open) exec openssl pkeyutl -decrypt -inkey "$1" ;;
        esac
        exit 1
        """
      try Data(script.utf8).write(to: program)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: program.path)
      let outside = try #require(
        ExternalKey([program.path, key.path], publicKey: Self.opener.publicKey))
      let file = try Self.write(in: folder, signedBy: outside)
      let bundle = try ExchangeFile(reading: file)
      _ = try bundle.verify(signedBy: [Self.opener.publicKey])
      let texts = try bundle.open(with: outside, into: folder).map {
        try String(contentsOf: $0, encoding: .utf8)
      }
      #expect(texts == Self.texts)
      // A module that signs with another key than it says.
      let lying = try #require(
        ExternalKey([program.path, key.path], publicKey: Self.signer.publicKey))
      #expect(throws: CryptoError.signerFailed(key: Self.signer.publicKey.id)) {
        try lying.sign([1])
      }
      #expect(ExternalKey(["module"], publicKey: Self.signer.publicKey) == nil, "by its path")
    }
  }
}
