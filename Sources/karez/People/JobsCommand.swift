import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez jobs`: work that waits, and a worker that does it.
struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "任务队列 · the queue of jobs",
    subcommands: [List.self, Run.self, Cancel.self, Retry.self])

  /// Lists the jobs.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出任务 · list")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Flag(name: .long, help: "含已结束的 · also those that are over") var all = false

    func run() async throws {
      let map = try await store.open()
      let states = all ? Job.State.allCases : Job.State.allCases.filter { !$0.isOver }
      let jobs = try await map.jobs.list(states)
      if common.json {
        Terminal.json(.array(jobs.map(\.json)))
        return
      }
      for job in jobs {
        let done = job.progress.map { "\($0.phase) \($0.done)" } ?? ""
        Terminal.line(
          [job.id, job.state.rawValue, String(job.attempts), done].joined(separator: "\t"))
      }
    }
  }

  /// Works until stopped, or until nothing is due.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "办理任务；--once 做完到期的即止 · work; --once ends when nothing is due")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Flag(name: .long, help: "做完到期的即止 · end when nothing is due") var once = false

    func run() async throws {
      let map = try await store.open()
      let worker = Workers(map: map) { id, state in
        Terminal.error("\(id)\t\(state)")
      }
      if once { try await worker.runDue() } else { await worker.run(count: 1) }
    }
  }

  /// Cancels a job.
  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "取消任务 · cancel")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "任务 · job") var id: String

    func run() async throws {
      try await store.open().jobs.cancel(id, by: .operator)
    }
  }

  /// Has a job that was given up tried anew.
  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "重试已放弃的任务 · try a job that was given up anew")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "任务 · job") var id: String

    func run() async throws {
      try await store.open().jobs.retry(id, by: .operator)
    }
  }
}
