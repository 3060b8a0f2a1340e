public import Foundation
import Synchronization

/// A program of this package, run the way a user runs it.
public struct Program: Sendable {
  public struct Outcome: Sendable {
    public let status: Int32
    public let output: String
    /// What it said beside its output, without how far it was: only a slow machine tells that.
    public let problems: String
  }

  /// The folder the tests and the programs were built into.
  public static let folder =
    Bundle.allBundles.map(\.bundleURL)
    .first { $0.pathExtension == "xctest" }?.deletingLastPathComponent()
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  /// Starting a process copies what is everyone's: one at a time.
  private static let starting = Mutex(())

  public static func path(of name: String) -> URL { folder.appending(path: name) }

  /// Runs a program to its end; output goes through files, so that no pipe can fill up.
  ///
  /// `input` is a file that stands for standard input; nothing comes in without it.
  public static func run(
    _ name: String, _ arguments: [String], in directory: URL? = nil,
    environment: [String: String] = [:], input: URL? = nil
  ) throws -> Outcome {
    let scratch = FileManager.default.temporaryDirectory
      .appending(path: "karez-run-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = try prepare(name, arguments, scratch: scratch, environment: environment)
    process.currentDirectoryURL = directory
    if let input { process.standardInput = try FileHandle(forReadingFrom: input) }
    try start(process)
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try text(scratch.appending(path: "out")),
      problems: withoutProgress(try text(scratch.appending(path: "err"))))
  }

  private static func withoutProgress(_ text: String) -> String {
    text.replacing(/(?m)^ {2}.* \d+ s\n/, with: "")
  }

  /// A server, stopped by its process id when the body ends.
  ///
  /// - Returns: what the body returned, and what the server wrote to standard error.
  public static func serving<Result>(
    _ name: String, _ arguments: [String], until line: String, environment: [String: String] = [:],
    _ body: (String) async throws -> Result
  ) async throws -> (result: Result, log: String) {
    let served = try await running(name, arguments, until: line, environment: environment) {
      announced, _ in try await body(announced)
    }
    return (served.result, served.log)
  }

  /// What became of a server: what the body returned, what it wrote to standard error, how it ended.
  public struct Served<Result> {
    public let result: Result
    public let log: String
    public let status: Int32
  }

  /// A server whose end the body may bring about; it gets the line and the process id.
  public static func running<Result>(
    _ name: String, _ arguments: [String], until line: String, environment: [String: String] = [:],
    _ body: (String, Int32) async throws -> Result
  ) async throws -> Served<Result> {
    let scratch = FileManager.default.temporaryDirectory
      .appending(path: "karez-run-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = try prepare(name, arguments, scratch: scratch, environment: environment)
    try start(process)
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    let file = scratch.appending(path: "out")
    let announced = try await announcement(in: file, containing: line, of: process)
    let result = try await body(announced, process.processIdentifier)
    process.terminate()
    process.waitUntilExit()
    return Served(
      result: result, log: try text(scratch.appending(path: "err")),
      status: process.terminationStatus)
  }

  /// Threads of a pool take no signals, and what is started from one would not either: it could
  /// not be stopped.
  private static func start(_ process: Process) throws {
    try starting.withLock { _ in
      var none = sigset_t()
      var before = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try process.run()
    }
  }

  private static func prepare(
    _ name: String, _ arguments: [String], scratch: URL, environment: [String: String]
  ) throws -> Process {
    let process = Process()
    process.executableURL = name.hasPrefix("/") ? URL(filePath: name) : path(of: name)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    for stream in ["out", "err"] {
      let file = scratch.appending(path: stream)
      try Data().write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      if stream == "out" { process.standardOutput = handle } else { process.standardError = handle }
    }
    return process
  }

  private static func announcement(
    in file: URL, containing words: String, of process: Process
  ) async throws -> String {
    // Waits on what the server says of itself, not on a guess about how long it takes.
    while true {
      let lines = try text(file).split(separator: "\n")
      if let line = lines.first(where: { $0.contains(words) }) { return String(line) }
      guard process.isRunning else {
        let problems = try text(file.deletingLastPathComponent().appending(path: "err"))
        throw EndedEarly(status: process.terminationStatus, problems: problems)
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private static func text(_ file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  public struct EndedEarly: Error {
    public let status: Int32
    public let problems: String
  }
}
