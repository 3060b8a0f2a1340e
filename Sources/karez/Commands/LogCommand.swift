import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezStore

/// `karez log`: the chained record of everything that happened.
struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "留痕 · the chained log",
    subcommands: [
      Verify.self, Show.self, LogCheckpoint.self, LogExport.self, LogKey.self,
    ])

  /// Recomputes the chain and compares the rows with it.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "核验日志链与数据行 · verify")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Option(name: .long, help: "核验导出的副本而非数据库 · an exported copy, not the database")
    var export: String?
    @Option(
      name: [.customLong("checkpoints"), .customLong("checkpoint")],
      help: "见证文件夹或检查点文件 · witness folder or a checkpoint")
    var checkpoints: String?
    @Option(name: .long, help: "公钥（可多次）· public key, may be repeated") var key: [String] = []

    func validate() throws {
      guard (checkpoints == nil) == key.isEmpty else {
        throw ValidationError("--checkpoints … --key …")
      }
    }

    func run() async throws {
      var keys: [PublicKey] = []
      for file in key { keys.append(try KeyFile.publicKey(URL(filePath: file))) }
      var chain: CheckpointChain?
      if let checkpoints {
        chain = try EvidenceVerification.checkpoints(at: URL(filePath: checkpoints), keys: keys)
      }
      let progress = ProgressLine("核验", "verifying")
      let found: LogVerification
      if let export {
        found = try await EvidenceVerification.verify(
          export: URL(filePath: export), against: chain
        ) { progress.show($0) }
      } else {
        let map = try await store.open()
        found = try await map.verifyLog(against: chain) { progress.show($0) }
      }
      progress.finish()
      report(found)
      if !found.faults.isEmpty { throw ExitCode(4) }
    }

    private func report(_ found: LogVerification) {
      guard !common.json else { return Terminal.json(found.json) }
      Terminal.say(
        "日志 \(found.entries) 条，数据行 \(found.rows) 行，检查点 \(found.checkpoints) 个"
          + "（见证至第 \(found.covered) 条），问题 \(found.faults.count) 处",
        "\(found.entries) entries, \(found.rows) rows, \(found.checkpoints) checkpoints "
          + "(up to entry \(found.covered)), \(found.faults.count) faults")
      for fault in found.faults { Terminal.line("\(fault.entry)\t\(fault.kind)\t\(fault.what)") }
    }
  }

  /// Prints the entries.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "显示日志 · show")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Option(name: .long, help: "自第几条之后 · after entry") var after: Int64 = 0

    func run() async throws {
      let map = try await store.open()
      var last = after
      while true {
        let entries = try await map.logEntries(after: last, limit: 500)
        guard let end = entries.last else { return }
        for entry in entries { Terminal.line(common.json ? entry.jsonLine : entry.textLine) }
        last = end.number
      }
    }
  }
}
