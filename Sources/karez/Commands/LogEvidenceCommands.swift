import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezStore

/// `karez log checkpoint`: has the log vouched for now.
struct LogCheckpoint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "签发检查点 · sign a checkpoint")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var witness: WitnessOptions

  func run() async throws {
    guard let (folder, signer) = try witness.open() else {
      throw ValidationError("--witness … --signing-key …")
    }
    let map = try await store.open()
    let made = try await map.checkpointer(into: folder, by: signer).run()
    if common.json {
      Terminal.json(
        .object([
          "size": made.map { .integer($0.size) } ?? .null,
          "file": .optional(made?.fileName), "sm3": .optional(made?.sm3),
        ]))
    } else if let made {
      Terminal.say("已见证至第 \(made.size) 条", "witnessed up to entry \(made.size)")
      Terminal.line("\(made.fileName)\t\(made.sm3)")
    } else {
      Terminal.say("没有新的日志", "nothing new to witness")
    }
  }
}

/// `karez log export`: what somebody needs who verifies without our database.
struct LogExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "导出核验副本 · export for a verifier")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "尚不存在的文件夹 · a folder that is not there yet") var folder: String

  func run() async throws {
    let map = try await store.open()
    let progress = ProgressLine("导出", "exporting")
    try await map.exportLog(to: URL(filePath: folder)) { progress.show($0) }
    progress.finish()
    Terminal.say("已导出，内含受限数据，请妥善保管", "exported; it holds restricted data, keep it well")
  }
}

/// `karez log key`: makes the key that signs checkpoints and bundles.
struct LogKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "生成 SM2 签名密钥 · make a signing key")

  @OptionGroup var common: CommonOptions
  @Argument(help: "私钥文件；公钥另存为 .pub · private key; the public one gets .pub")
  var file: String

  func run() throws {
    let key = try KeyFile.make(URL(filePath: file), passPhrase: WitnessOptions.passPhrase)
    if common.json {
      Terminal.json(
        .object(["key": .string(key.id), "algorithm": .string(key.algorithm.rawValue)]))
    } else {
      Terminal.line(key.id)
    }
  }
}
