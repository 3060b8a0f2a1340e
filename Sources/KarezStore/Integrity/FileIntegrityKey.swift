import Foundation
import KarezCrypto

/// 装置密钥: a key in a file of the data folder that only its owner may read, `keys/integrity.key`.
///
/// - Shape: 64 hexadecimal digits and a line feed. Codes are HMAC-SM3 (GM/T 0042).
public struct FileIntegrityKey: IntegrityProvider {
  public let keyID: String
  private let key: [UInt8]

  private init(_ text: String) {
    key = Array(text.utf8)
    keyID = String(SM3.digest("karez integrity key " + text).description.prefix(16))
  }

  public func code(of text: String) -> String {
    let inner = SM3.digest(key.map { $0 ^ 0x36 } + Array(text.utf8))
    return SM3.digest(key.map { $0 ^ 0x5C } + inner.bytes).description
  }

  // MARK: The file

  static func file(in data: URL) -> URL { data.appending(path: "keys/integrity.key") }
  /// A key that no map is sealed with yet.
  static func freshFile(in data: URL) -> URL { data.appending(path: "keys/integrity.key.new") }

  /// The key in a file; nil where there is none.
  ///
  /// - Errors: `StoreError.unavailable` for a file that others may read, or that holds no key.
  static func read(_ file: URL) throws(StoreError) -> FileIntegrityKey? {
    var status = stat()
    guard stat(file.path, &status) == 0 else {
      guard errno == ENOENT else { throw Self.unusable(String(cString: strerror(errno))) }
      return nil
    }
    guard status.st_mode & 0o077 == 0 else { throw Self.unusable("others may read it") }
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw Self.unusable("it cannot be read")
    }
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    // The digits themselves are the key: they are one block of the hash.
    guard SM3Digest(hexadecimal: text) != nil else { throw Self.unusable("it holds no key") }
    return FileIntegrityKey(text)
  }

  /// A new key in a file; durable, so that no map is ever sealed with a key that is gone.
  ///
  /// What power left of one that was being made is no map's key, and makes way.
  static func make(_ file: URL) throws(StoreError) -> FileIntegrityKey {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Self.unusable("its folder cannot be made")
    }
    let text = Secret.token()
    unlink(file.path)
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unusable(String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data((text + "\n").utf8))
      try handle.synchronize()
      let keys = file.deletingLastPathComponent()
      try DurableNames.sync(keys)
      try DurableNames.sync(keys.deletingLastPathComponent())
    } catch {
      throw Self.unusable("it cannot be written")
    }
    return FileIntegrityKey(text)
  }

  static func unusable(_ why: String) -> StoreError {
    .unavailable(reason: "keys/integrity.key: \(why)")
  }
}
