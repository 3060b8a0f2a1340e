import Foundation
import KarezCore
public import KarezCrypto

/// 外部密钥: a key this process never sees: a program signs and opens for us, in front of a
/// hardware module or of a key on another machine.
///
/// - Shape: the program gets `sign` or `open` as its last argument and the message or the envelope
///   on standard input; it answers with the signature in DER or the secret, as bytes, and ends
///   with status 0. What it says on standard error is for whoever runs it.
public struct ExternalKey: Sendable {
  public let publicKey: PublicKey
  private let program: [String]

  /// `program` is its path and its own arguments.
  public init?(_ program: [String], publicKey: PublicKey) {
    guard program.first?.hasPrefix("/") == true else { return nil }
    self.program = program
    self.publicKey = publicKey
  }

  private func asked(_ verb: String, _ input: [UInt8]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-key-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    // Through files, so that no pipe can fill up.
    let (question, answer) = (folder.appending(path: "in"), folder.appending(path: "out"))
    try Data(input).write(to: question)
    try Data().write(to: answer)
    let process = Process()
    process.executableURL = URL(filePath: program[0])
    process.arguments = program.dropFirst() + [verb]
    process.standardInput = try FileHandle(forReadingFrom: question)
    process.standardOutput = try FileHandle(forWritingTo: answer)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CryptoError.signerFailed(key: publicKey.id)
    }
    return Array(try Data(contentsOf: answer).prefix(1 << 16))
  }
}

extension ExternalKey: Signer {
  public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let signature = try? asked("sign", message),
      publicKey.verifies(signature, of: message)
    else { throw .signerFailed(key: publicKey.id) }
    return signature
  }
}

extension ExternalKey: EnvelopeOpener {
  public func open(_ envelope: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let secret = try? asked("open", envelope) else {
      throw .signerFailed(key: publicKey.id)
    }
    return secret
  }
}
