import Foundation
import KarezCore

/// One transfer by curl, a program of its own: it speaks the protocols, we say what to send.
///
/// - Shape: what it is told, secrets among it, comes by standard input, so no list of processes and
///   no file shows it; the body lies in a folder of its own that is gone afterwards. It reads no
///   settings and no environment, follows no redirection and speaks no protocol but those named.
struct Curl {
  private static let program = "/usr/bin/curl"

  /// What came of it.
  struct Outcome: Hashable {
    /// Curl's own status; 0 for a transfer that was made.
    let status: Int32
    /// What the other side answered last; 0 for nothing.
    let answer: Int
  }

  let address: String
  /// As `--proto` takes them.
  let protocols: String
  let seconds: Int
  /// The option that takes the body: `upload-file` or `data-binary`.
  let bodyOption: String
  var options: [(name: String, value: String?)] = []

  /// - Errors: `Problem` of kind unavailable where curl cannot be started or is not done in time;
  ///   of kind defect for an option that could be two.
  func run(_ body: String) async throws(Problem) -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-carry-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch { throw Self.notStarted }
    defer { try? FileManager.default.removeItem(at: folder) }
    let (sent, said) = (folder.appending(path: "body"), folder.appending(path: "said"))
    let told = try text(sent.path)
    let process = Process()
    let (ends, ending) = AsyncStream<Void>.makeStream()
    do {
      try Data(body.utf8).write(to: sent)
      try Data().write(to: said)
      let pipe = Pipe()
      // What fits into a pipe waits there for its reader.
      try pipe.fileHandleForWriting.write(contentsOf: Data(told.utf8))
      try pipe.fileHandleForWriting.close()
      process.executableURL = URL(filePath: Self.program)
      process.arguments = ["-q", "-K", "-"]
      process.environment = [:]
      process.standardInput = pipe.fileHandleForReading
      process.standardOutput = try FileHandle(forWritingTo: said)
      process.standardError = FileHandle.nullDevice
      process.terminationHandler = { _ in ending.finish() }
      try process.run()
    } catch { throw Self.notStarted }
    await Self.wait(for: ends, most: seconds + 5)
    guard !process.isRunning else {
      process.terminate()
      throw Self.notStarted
    }
    let answer = FileManager.default.contents(atPath: said.path) ?? Data()
    return Outcome(
      status: process.terminationStatus, answer: Int(String(decoding: answer, as: UTF8.self)) ?? 0)
  }

  private static func wait(for ends: AsyncStream<Void>, most seconds: Int) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in ends {} }
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      _ = await group.next()
      group.cancelAll()
    }
  }

  /// The options as a file of curl's settings has them.
  func text(_ body: String) throws(Problem) -> String {
    var all: [(name: String, value: String?)] = [
      ("url", address), ("proto", "=" + protocols), ("max-time", String(seconds)),
      ("noproxy", "*"), ("silent", nil), ("output", "/dev/null"),
      ("write-out", "%{response_code}"),
      (bodyOption, bodyOption == "data-binary" ? "@" + body : body),
    ]
    all += options
    var lines = ""
    for (name, value) in all {
      guard let value else {
        lines += name + "\n"
        continue
      }
      guard !value.hasControl, value.utf8.count <= 2_000 else { throw Self.twoOptions(name) }
      let quoted = value.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined()
      lines += "\(name) = \"\(quoted)\"\n"
    }
    return lines
  }

  private static let notStarted = Wording(
    "carrier-curl", "不能运行 curl，或它没有按时结束", "curl cannot be run, or did not end in time",
    do: "apt install curl，检查 /usr/bin/curl", "apt install curl, see to /usr/bin/curl"
  ).problem(.unavailable, at: "curl")

  private static func twoOptions(_ name: String) -> Problem {
    Wording(
      "carrier-option", "传给 curl 的选项含控制字符或过长",
      "an option for curl holds a control character or is too long",
      do: "检查送达设置与收件地址", "see to the settings of the carriers and the recipient"
    ).problem(at: name)
  }
}
