import ArgumentParser
import KarezCore
import KarezService
import KarezStore

/// `karez log`: the chained record of everything that happened.
struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "留痕 · the chained log",
    subcommands: [Verify.self, Show.self])

  /// Recomputes the chain and compares the rows with it.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "核验日志链与数据行 · verify")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let map = try await store.open()
      let progress = ProgressLine("核验", "verifying")
      let found = try await map.verifyLog { progress.show($0) }
      progress.finish()
      if common.json {
        Terminal.json(found.json)
      } else {
        Terminal.say(
          "日志 \(found.entries) 条，数据行 \(found.rows) 行，问题 \(found.faults.count) 处",
          "\(found.entries) entries, \(found.rows) rows, \(found.faults.count) faults")
        for fault in found.faults { Terminal.line("\(fault.entry)\t\(fault.kind)\t\(fault.what)") }
      }
      if !found.faults.isEmpty { throw ExitCode(4) }
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
