import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezStore

/// `karez backup`: a consistent copy while others work.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "备份，使用中也可进行 · copy the whole map while it is in use")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "新文件夹 · a new folder") var folder: String
  @Flag(
    name: .customLong("without-keys"),
    help: "不含 keys/，密钥另行保管 · without keys/, which are kept by other means")
  var withoutKeys = false

  func run() async throws {
    let map = try await store.open()
    let progress = ProgressLine("备份 MB", "copying, MB")
    let receipt = try await map.backUp(
      to: URL(filePath: folder), withKeys: !withoutKeys, by: .operator
    ) {
      progress.show($0, of: $1)
    }
    progress.finish()
    receipt.print(json: common.json, "已备份到 \(folder)", "backed up to \(folder)")
  }
}

/// `karez restore`: a data folder out of a backup, verified.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "由备份恢复并逐项核验 · restore a backup and verify all of it")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "备份文件夹 · the backup's folder") var folder: String
  @Option(name: .long, help: "备份时给出的清单摘要 · the manifest digest the backup told")
  var manifest: String?
  @Option(name: .long, help: "见证文件夹，与恢复的日志核对 · witness folder to hold the log against")
  var checkpoints: String?
  @Option(name: .long, help: "签发检查点的公钥（可多次）· public key of who signs them, may be repeated")
  var key: [String] = []

  func validate() throws {
    guard (checkpoints == nil) == key.isEmpty else {
      throw ValidationError("--checkpoints … --key …")
    }
  }

  func run() async throws {
    var keys: [PublicKey] = []
    for file in key { keys.append(try KeyFile.publicKey(URL(filePath: file))) }
    let known = keys
    let witness = checkpoints.map { (folder: WitnessFolder(URL(filePath: $0)), keys: known) }
    let copying = ProgressLine("复制 MB", "copying, MB")
    let verifying = ProgressLine("核验", "verifying")
    let receipt = try await OneMap.restore(
      URL(filePath: folder), to: store.folder, manifestSM3: manifest,
      witness: witness
    ) { step, done in
      (step == "verify" ? verifying : copying).show(done)
    }
    copying.finish()
    verifying.finish()
    let name = store.folder.lastPathComponent
    receipt.print(
      json: common.json, "已恢复到 \(name)，全部核验通过", "restored to \(name); all of it verified")
  }
}

extension BackupReceipt {
  fileprivate func print(json isJSON: Bool, _ zh: String, _ en: String) {
    if isJSON { return Terminal.json(json) }
    let figures = "\(files) · \(bytes >> 20) MB"
    Terminal.say(
      "\(zh)：第 \(state.commit) 次提交，日志 \(state.logEntries) 条，文件 \(figures)",
      "\(en): commit \(state.commit), \(state.logEntries) log entries, files \(figures)")
    Terminal.line(manifestSM3)
  }
}
