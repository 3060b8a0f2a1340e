import Foundation
import KarezCore
import Synchronization

/// What goes to the terminal: results to standard output, everything else to standard error.
enum Terminal {
  private static let arguments = ProcessInfo.processInfo.arguments.dropFirst()

  /// `--json` anywhere asks for machine-readable results and problems.
  static var isJSON: Bool { arguments.contains("--json") }

  /// `--lang zh|ug|en`; Chinese unless said otherwise.
  static var language: Language {
    let joined = arguments.last { $0.hasPrefix("--lang=") }
    if let joined { return Language(rawValue: String(joined.dropFirst(7))) ?? .zh }
    guard let index = arguments.firstIndex(of: "--lang"), index + 1 < arguments.endIndex else {
      return .zh
    }
    return Language(rawValue: arguments[index + 1]) ?? .zh
  }

  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
  static func line(_ text: String) { write(text + "\n") }
  static func error(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
  static func json(_ value: JSONValue) { write(value.prettyText) }

  /// One line for a person, problem+json for a program.
  static func report(_ problem: Problem) {
    guard isJSON else {
      error(problem.line(in: language))
      return
    }
    error(problem.json.canonicalText)
  }

  /// A secret: from the environment, typed without echo, or a line of standard input.
  static func secret(_ zh: String, _ en: String, variable: String) -> String {
    if let given = ProcessInfo.processInfo.environment[variable] { return given }
    guard isatty(0) == 1 else { return readLine() ?? "" }
    return getpass((language == .en ? en : zh) + ": ").map { String(cString: $0) } ?? ""
  }

  /// The text in the language asked for.
  static func say(_ zh: String, _ en: String) {
    error(language == .en ? en : zh)
  }
}

/// Progress on standard error: a line that is rewritten on a terminal, one every ten seconds in a log.
final class ProgressLine: @unchecked Sendable {
  private let lock = NSLock()
  private let title: String
  private let isTerminal = isatty(2) == 1
  private let started = Date()
  private var lastShown = Date.distantPast
  private var hasShown = false

  init(_ zh: String, _ en: String) { title = Terminal.language == .en ? en : zh }

  func show(_ done: Int, of total: Int? = nil) {
    lock.lock()
    defer { lock.unlock() }
    let now = Date()
    // Safe because every access to the mutable state is inside the lock.
    let interval = isTerminal ? 0.2 : 10
    guard now.timeIntervalSince(started) > 1, now.timeIntervalSince(lastShown) > interval else {
      return
    }
    lastShown = now
    hasShown = true
    let count = total.map { "\(done)/\($0)" } ?? "\(done)"
    let text = "  \(title) \(count)  \(Int(now.timeIntervalSince(started))) s"
    let line = isTerminal ? "\r\u{1B}[K" + text : text + "\n"
    FileHandle.standardError.write(Data(line.utf8))
  }

  func finish() {
    lock.lock()
    defer { lock.unlock() }
    if isTerminal, hasShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}

/// One progress line after another, as the work goes from phase to phase.
final class PhasedProgress: Sendable {
  private let current = Mutex<(title: LocalizedText, line: ProgressLine)?>(nil)

  func show(_ title: LocalizedText, _ done: Int, of total: Int?) {
    let line = current.withLock { current in
      if let current, current.title == title { return current.line }
      current?.line.finish()
      let line = ProgressLine(title.zh, title.en)
      current = (title, line)
      return line
    }
    line.show(done, of: total)
  }

  func finish() { current.withLock { $0?.line.finish() } }
}
