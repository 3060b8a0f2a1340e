import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService

/// `karez seal`: an answer with all it rests on, in one signed file.
struct SealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "封存审查结果 · seal an answer")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "审查结果编号 · id of the answer") var answer: String
  @Option(name: .long, help: "输出文件 · output file") var out: String
  @Option(
    name: .customLong("signing-key"), help: "签名私钥（KAREZ_SIGNING_KEY）· private key, PEM")
  var signingKey: String?

  func run() async throws {
    let named = signingKey ?? ProcessInfo.processInfo.environment["KAREZ_SIGNING_KEY"]
    guard let named else { throw ValidationError("--signing-key …") }
    let signer = try KeyFile.signer(URL(filePath: named), passPhrase: WitnessOptions.passPhrase)
    let map = try await store.open()
    let bundle = try await map.seal(answer: answer, by: signer, actor: .operator)
    let bytes = bundle.bytes()
    try OutputFile.write(bytes, to: out)
    let sm3 = SM3.digest(bytes).description
    if common.json {
      Terminal.json(
        .object([
          "answer": .string(answer), "bytes": .integer(Int64(bytes.count)), "sm3": .string(sm3),
          "key": .string(bundle.signature.key),
        ]))
    } else {
      Terminal.line("\(out)\t\(bytes.count)\t\(sm3)")
    }
  }
}

/// `karez replay`: verifies a sealed bundle and asks it again, without a One Map.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "核验并重演封存包 · verify and replay a bundle")

  @OptionGroup var common: CommonOptions
  @Argument(help: "封存包 · bundle") var file: String
  @Option(name: .long, help: "信任的公钥（可多次，KAREZ_TRUSTED_KEY）· trusted public key")
  var key: [String] = []

  func run() async throws {
    let named = ProcessInfo.processInfo.environment["KAREZ_TRUSTED_KEY"].map { [$0] } ?? []
    var keys: [PublicKey] = []
    for file in key.isEmpty ? named : key {
      keys.append(try KeyFile.publicKey(URL(filePath: file)))
    }
    guard !keys.isEmpty else { throw ValidationError("--key …") }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ValidationError("\(file): 无法读取 · cannot be read")
    }
    let name = URL(filePath: file).lastPathComponent
    let outcome = try await BundleReplay.run(Array(data), trusting: keys, named: name)
    if common.json {
      Terminal.json(outcome.json)
    } else {
      for line in outcome.differences { Terminal.line(line) }
      let (made, here) = (outcome.engine, outcome.engineHere)
      Terminal.say(
        outcome.isSameEngine
          ? "计算引擎：\(made)，与本程序相同" : "计算引擎：封存时为 \(made)，本程序为 \(here)，数字可能不同",
        outcome.isSameEngine
          ? "engine: \(made), the same as here"
          : "engine: \(made) made it, here is \(here); digits may differ")
      Terminal.say(
        outcome.differences.isEmpty
          ? "签名有效，重演结果逐字节相同" : "签名有效，重演结果有 \(outcome.differences.count) 处不同",
        outcome.differences.isEmpty
          ? "signed, and the same to the byte" : "signed; \(outcome.differences.count) differences")
    }
    if !outcome.differences.isEmpty { throw ExitCode(4) }
  }
}
