import ArgumentParser
import Foundation
import KarezCore
import KarezService
import KarezStore

/// `karez copy`: a whole One Map to another engine, proved by digests.
struct CopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "整体搬迁一张图并核验 · move a whole One Map to another engine, proved by digests",
    discussion: """
      中断后以同样的命令继续；目标须为空。 · An interrupted copy goes on with the same command; the \
      target must be empty.
      """)

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "来源：文件夹或 postgresql://… · source") var from: String
  @Option(name: .long, help: "目标：文件夹或 postgresql://… · target") var to: String

  func run() async throws {
    let progress = ProgressLine("搬迁", "copying")
    let cache = FileManager.default.temporaryDirectory
    let digest = try await MapTransfer.run(from: from, to: to, cache: cache) { progress.show($0) }
    progress.finish()
    if common.json {
      Terminal.json(
        .object([
          "datasets": .integer(Int64(digest.datasets)),
          "versions": .integer(Int64(digest.versions)),
          "entries": .integer(Int64(digest.logEntries)), "sm3": .string(digest.sm3),
        ]))
    } else {
      Terminal.say(
        "已搬迁并核验：\(digest.datasets) 个数据集，\(digest.versions) 个版本，日志 \(digest.logEntries) 条",
        "copied and verified: \(digest.datasets) datasets, \(digest.versions) versions, "
          + "\(digest.logEntries) log entries")
      Terminal.line("sm3:\(digest.sm3)")
    }
  }
}
