import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService

/// Who signs: a key file, or a program in front of a hardware module.
struct SignerOptions: ParsableArguments {
  @Option(
    name: .customLong("signing-key"), help: "签名私钥（KAREZ_SIGNING_KEY）· private key, PEM")
  var signingKey: String?
  @Option(
    name: .customLong("signer-command"),
    help: "签名程序（/路径 参数），末尾另加 sign · program that signs, given sign besides")
  var command: String?
  @Option(name: .customLong("signer-key"), help: "签名程序的公钥 · its public key, PEM")
  var publicKey: String?

  func signer() throws -> any Signer {
    if let command { return try ExternalKey.named(command, publicKey, "--signer-key") }
    let named = signingKey ?? ProcessInfo.processInfo.environment["KAREZ_SIGNING_KEY"]
    guard let named else { throw ValidationError("--signing-key …") }
    return try KeyFile.signer(URL(filePath: named), passPhrase: WitnessOptions.passPhrase)
  }
}

/// Who opens what was sealed for this installation.
struct OpenerOptions: ParsableArguments {
  @Option(
    name: .customLong("opening-key"), help: "收件私钥（KAREZ_OPENING_KEY）· private key, PEM")
  var openingKey: String?
  @Option(
    name: .customLong("opener-command"),
    help: "解封程序（/路径 参数），末尾另加 open · program that opens, given open besides")
  var command: String?
  @Option(name: .customLong("opener-key"), help: "解封程序的公钥 · its public key, PEM")
  var publicKey: String?

  func opener() throws -> any EnvelopeOpener {
    if let command { return try ExternalKey.named(command, publicKey, "--opener-key") }
    let named = openingKey ?? ProcessInfo.processInfo.environment["KAREZ_OPENING_KEY"]
    guard let named else { throw ValidationError("--opening-key …") }
    return try KeyFile.signer(URL(filePath: named), passPhrase: WitnessOptions.passPhrase)
  }
}

extension ExternalKey {
  fileprivate static func named(
    _ command: String, _ publicKey: String?, _ option: String
  ) throws -> ExternalKey {
    guard let publicKey else { throw ValidationError("\(option) …") }
    let key = try KeyFile.publicKey(URL(filePath: publicKey))
    let words = command.split(separator: " ").map(String.init)
    guard let made = ExternalKey(words, publicKey: key) else {
      throw ValidationError("\(command): /…")
    }
    return made
  }
}
