public import Foundation
public import KarezCore
public import KarezCrypto

/// 交换包文件: head, signature and encrypted content in one file, read piece by piece.
///
/// - Shape: the line of the format; the manifest and its signature, each after its length in four
///   bytes, the highest first; the cipher text to the end. Nothing of the file is outside the
///   signature: the manifest names the digest of the cipher text, and both heads have one form.
public struct ExchangeFile: Sendable {
  static let magic = Array((ExchangeManifest.format + "\n").utf8)
  static let mostSignatureBytes = 16 << 10
  static let pieceBytes = 1 << 20

  let file: URL
  /// What problems call it.
  let name: String
  public let manifest: ExchangeManifest
  public let signature: Signature
  private let contentStart: UInt64

  /// Reads the head; nothing is believed yet.
  ///
  /// - Errors: `Problem` where the file is none, or is not of the form.
  public init(reading file: URL) throws(Problem) {
    self.file = file
    name = file.lastPathComponent
    guard let handle = try? FileHandle(forReadingFrom: file) else {
      throw .unreadableFile(name)
    }
    defer { try? handle.close() }
    guard Self.bytes(Self.magic.count, of: handle) == Self.magic else {
      throw .exchangeForm(name)
    }
    guard let manifest = Self.block(of: handle, most: ExchangeManifest.mostBytes),
      let signed = Self.block(of: handle, most: Self.mostSignatureBytes)
    else { throw .exchangeAltered("head", at: name) }
    do throws(ExchangeManifest.Fault) {
      self.manifest = try ExchangeManifest(manifest)
    } catch {
      if error == .otherFormat { throw .exchangeForm(name) }
      throw .exchangeAltered("manifest", at: name)
    }
    let read = (try? JSONValue(parsing: signed)).flatMap { try? Signature(json: $0) }
    guard let read, Array(read.json.canonicalText.utf8) == signed else {
      throw .exchangeAltered("signature", at: name)
    }
    signature = read
    contentStart = UInt64(Self.magic.count + 8 + manifest.count + signed.count)
  }

  private static func bytes(_ count: Int, of handle: FileHandle) -> [UInt8]? {
    guard count > 0 else { return [] }
    guard let data = try? handle.read(upToCount: count), data.count == count else { return nil }
    return Array(data)
  }

  private static func block(of handle: FileHandle, most: Int) -> [UInt8]? {
    guard let length = bytes(4, of: handle) else { return nil }
    let count = length.reduce(0) { $0 << 8 | Int($1) }
    return count <= most ? bytes(count, of: handle) : nil
  }

  /// Refuses whatever none of these keys signed, and whatever was changed since.
  ///
  /// What is returned is SM3 of the whole file, which the next bundle names.
  public func verify(signedBy keys: [PublicKey]) throws(Problem) -> String {
    guard let key = keys.first(where: { $0.id == signature.key && $0.id == manifest.sender.key })
    else { throw .exchangeSigner(signature.key, at: name) }
    guard signature.isValid(of: manifest.bytes, by: key) else {
      throw .exchangeAltered("signature", at: name)
    }
    var whole = SM3()
    var content = SM3()
    let head =
      Self.magic + Self.lengthed(manifest.bytes)
      + Self.lengthed(Array(signature.json.canonicalText.utf8))
    whole.update(head)
    var count: Int64 = 0
    try pieces { piece throws(Problem) in
      whole.update(piece)
      content.update(piece)
      count += Int64(piece.count)
    }
    guard count == manifest.content.bytes,
      content.finish().description == manifest.content.sm3
    else { throw .exchangeAltered("content", at: name) }
    return whole.finish().description
  }

  /// Decrypts the content into files of a folder, one a part, after it was authenticated.
  ///
  /// - Assumes: the file was verified.
  func open(with opener: any EnvelopeOpener, into folder: URL) throws(Problem) -> [URL] {
    guard opener.publicKey.id == manifest.recipient.key else {
      throw .exchangeRecipient(manifest.recipient.key, at: name)
    }
    let secret: [UInt8]
    do throws(CryptoError) {
      secret = try opener.open(Hexadecimal.bytes(manifest.content.envelope) ?? [])
    } catch {
      if case .signerFailed = error { throw .crypto(error, at: name) }
      throw .exchangeAltered("key", at: name)
    }
    guard secret.count == SealedText.keyBytes,
      let counter = Hexadecimal.bytes(manifest.content.counter)
    else { throw .exchangeAltered("key", at: name) }
    var code = SM3Code(key: Array(secret[SM4.keyBytes...]))
    code.update(manifest.context + counter)
    try pieces { piece throws(Problem) in code.update(piece) }
    guard Secret.isSame(Hexadecimal.text(code.finish()), manifest.content.code) else {
      throw .exchangeAltered("content", at: name)
    }
    let sizes = manifest.parts.map(\.bytes)
    var writer = try PartFiles(sizes, in: folder, name)
    var stream = try Self.stream(secret, counter, name)
    try pieces { piece throws(Problem) in try writer.write(stream.next(piece)) }
    let files = try writer.finish()
    for (part, file) in zip(manifest.parts, files) {
      guard try FileFingerprint.sm3(ofFileAt: file.path) == part.sm3 else {
        throw .exchangeAltered(part.dataset.text, at: name)
      }
    }
    return files
  }

  private static func stream(
    _ secret: [UInt8], _ counter: [UInt8], _ name: String
  ) throws(Problem) -> SM4Stream {
    do throws(CryptoError) {
      return try SM4Stream(key: Array(secret[..<SM4.keyBytes]), counter: counter)
    } catch {
      throw .exchangeAltered("key", at: name)
    }
  }

  private func pieces(_ body: ([UInt8]) throws(Problem) -> Void) throws(Problem) {
    guard let handle = try? FileHandle(forReadingFrom: file),
      (try? handle.seek(toOffset: contentStart)) != nil
    else { throw .unreadableFile(name) }
    defer { try? handle.close() }
    while true {
      let piece: Data?
      do { piece = try handle.read(upToCount: Self.pieceBytes) } catch {
        throw .unreadableFile(name)
      }
      guard let piece, !piece.isEmpty else { return }
      try body(Array(piece))
    }
  }

  static func lengthed(_ bytes: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: UInt32(clamping: bytes.count).bigEndian, Array.init) + bytes
  }
}

extension ExchangeManifest {
  /// What the content's code is bound to besides the content.
  var context: [UInt8] {
    Self.context(sender: sender.key, recipient: recipient.key, sequence: sequence)
  }

  static func context(sender: String, recipient: String, sequence: Int64) -> [UInt8] {
    Array("\(format)\n\(sender)\n\(recipient)\n\(sequence)\n".utf8)
  }
}

/// Cuts what is decrypted into files of known lengths.
private struct PartFiles {
  private let name: String
  private var left: [Int64]
  private let files: [URL]
  private var current = 0
  private var handle: FileHandle?

  init(_ sizes: [Int64], in folder: URL, _ name: String) throws(Problem) {
    self.name = name
    left = sizes
    files = sizes.indices.map { folder.appending(path: "part-\($0 + 1)") }
    for file in files {
      guard
        FileManager.default.createFile(
          atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw .exchangeDisk(name) }
    }
  }

  mutating func write(_ bytes: [UInt8]) throws(Problem) {
    var rest = bytes[...]
    while !rest.isEmpty {
      while current < left.count, left[current] == 0 { try close() }
      guard current < left.count else { throw .exchangeAltered("content", at: name) }
      let count = Int(min(Int64(rest.count), left[current]))
      do {
        let open = try handle ?? FileHandle(forWritingTo: files[current])
        handle = open
        try open.write(contentsOf: Data(rest.prefix(count)))
      } catch {
        throw .exchangeDisk(name)
      }
      left[current] -= Int64(count)
      rest = rest.dropFirst(count)
    }
  }

  private mutating func close() throws(Problem) {
    do { try handle?.close() } catch { throw .exchangeDisk(name) }
    handle = nil
    current += 1
  }

  mutating func finish() throws(Problem) -> [URL] {
    while current < left.count, left[current] == 0 { try close() }
    guard current == left.count else { throw .exchangeAltered("content", at: name) }
    return files
  }
}
