import Foundation
import KarezCore
import KarezCrypto
import KarezStore

extension ExchangeFile {
  /// Where a bundle's content comes from and goes to.
  struct Envelope {
    let recipient: PublicKey
    /// What the code is bound to.
    let context: [UInt8]
  }

  /// Encrypts files one after the other, and writes a bundle around them: whole or not at all.
  ///
  /// `manifest` says what the bundle says once the content is known. What is returned is SM3 of
  /// the bundle.
  static func write(
    _ parts: [URL], for envelope: Envelope, signedBy signer: any Signer, to place: URL,
    _ manifest: (ExchangeManifest.Content) -> ExchangeManifest
  ) throws(Problem) -> String {
    let name = place.lastPathComponent
    let beside = place.deletingLastPathComponent()
    let cipher = beside.appending(path: ".cipher-\(UUID().uuidString)")
    let fresh = beside.appending(path: ".new-\(UUID().uuidString)")
    defer {
      try? FileManager.default.removeItem(at: cipher)
      try? FileManager.default.removeItem(at: fresh)
    }
    do {
      let content = try encrypt(parts, for: envelope, into: cipher)
      let said = manifest(content).bytes
      let signature = try signer.signature(of: said)
      var whole = SM3()
      let output = try created(fresh)
      let head = magic + lengthed(said) + lengthed(Array(signature.json.canonicalText.utf8))
      whole.update(head)
      try output.write(contentsOf: Data(head))
      let input = try FileHandle(forReadingFrom: cipher)
      defer { try? input.close() }
      while let piece = try input.read(upToCount: pieceBytes), !piece.isEmpty {
        whole.update(piece)
        try output.write(contentsOf: piece)
      }
      try output.synchronize()
      try output.close()
      guard rename(fresh.path, place.path) == 0 else { throw POSIXError(.EIO) }
      try DurableNames.sync(beside)
      return whole.finish().description
    } catch let problem as Problem {
      throw problem
    } catch let error as CryptoError {
      throw .crypto(error, at: name)
    } catch {
      throw .exchangeDisk(name)
    }
  }

  private static func encrypt(
    _ parts: [URL], for envelope: Envelope, into file: URL
  ) throws -> ExchangeManifest.Content {
    let secret = Secret.bytes(count: SealedText.keyBytes)
    let counter = Secret.bytes(count: SM4.counterBytes)
    let sealed = try envelope.recipient.sealed(secret)
    var stream = try SM4Stream(key: Array(secret[..<SM4.keyBytes]), counter: counter)
    var code = SM3Code(key: Array(secret[SM4.keyBytes...]))
    code.update(envelope.context + counter)
    var digest = SM3()
    var count: Int64 = 0
    let output = try created(file)
    for part in parts {
      let input = try FileHandle(forReadingFrom: part)
      defer { try? input.close() }
      while let piece = try input.read(upToCount: pieceBytes), !piece.isEmpty {
        let text = stream.next(Array(piece))
        code.update(text)
        digest.update(text)
        count += Int64(text.count)
        try output.write(contentsOf: Data(text))
      }
    }
    try output.close()
    return ExchangeManifest.Content(
      bytes: count, sm3: digest.finish().description, code: Hexadecimal.text(code.finish()),
      counter: Hexadecimal.text(counter), envelope: Hexadecimal.text(sealed))
  }

  private static func created(_ file: URL) throws -> FileHandle {
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw POSIXError(.EIO) }
    return try FileHandle(forWritingTo: file)
  }
}
