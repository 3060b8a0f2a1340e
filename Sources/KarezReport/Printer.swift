import Foundation

/// `karez-print`: typst and QR codes in a Python process that sees neither network nor data.
///
/// JSON goes in on stdin and a PDF, or a picture of a sheet, comes out on stdout. bubblewrap is required: without it nothing
/// is printed.
public struct Printer: Sendable {
  /// Folder with `karez_print.py` and the templates.
  public let folder: String
  /// Folder of the virtual environment with the pinned packages.
  public let environment: String
  public let timeLimitSeconds: Int
  public let memoryLimitBytes: Int

  public init(
    folder: String, environment: String, timeLimitSeconds: Int = 30,
    memoryLimitBytes: Int = 2 << 30
  ) {
    self.folder = folder
    self.environment = environment
    self.timeLimitSeconds = timeLimitSeconds
    self.memoryLimitBytes = memoryLimitBytes
  }

  /// What comes out, and how it begins.
  enum Output {
    case pdf
    case png

    fileprivate var beginning: [UInt8] {
      switch self {
      case .pdf: Array("%PDF-".utf8)
      case .png: [0x89, 0x50, 0x4E, 0x47]
      }
    }
  }

  /// Sets a sheet that says itself which template it is for.
  func print(sheet: some Encodable, as output: Output) async throws(ReportError) -> [UInt8] {
    let input: Data
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      input = try encoder.encode(sheet)
    } catch {
      throw .printerFailed(status: 0, reason: "\(error)")
    }
    return try await print(input, as: output)
  }

  func print(_ input: Data, as output: Output = .pdf) async throws(ReportError) -> [UInt8] {
    let arguments = try command()
    let work = FileManager.default.temporaryDirectory
      .appending(path: "karez-print-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: work) }
    let run: Run
    do {
      try FileManager.default.createDirectory(
        at: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      run = try Run(arguments, input: input, in: work)
      try run.process.run()
    } catch {
      throw .printerFailed(status: -1, reason: (error as NSError).domain)
    }
    let isInTime = await run.ended(within: timeLimitSeconds)
    guard isInTime else { throw .printerTooSlow(seconds: timeLimitSeconds) }
    let status = run.process.terminationStatus
    let bytes = FileManager.default.contents(atPath: run.outputPath) ?? Data()
    guard status == 0, bytes.starts(with: output.beginning) else {
      throw .printerFailed(status: status, reason: run.lastWords)
    }
    return Array(bytes)
  }

  /// The whole command line; an argument a line of thought.
  private func command() throws(ReportError) -> [String] {
    let script = folder + "/karez_print.py"
    let python = environment + "/bin/python"
    for needed in ["/usr/bin/bwrap", "/usr/bin/prlimit", script, python] {
      guard FileManager.default.fileExists(atPath: needed) else {
        throw .printerMissing(part: String(needed.split(separator: "/").last ?? ""))
      }
    }
    var words = [
      "/usr/bin/prlimit", "--as=\(memoryLimitBytes)", "--cpu=\(timeLimitSeconds)", "--core=0",
      "/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
      "--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",
      "--ro-bind", "/usr/lib", "/usr/lib", "--ro-bind", "/usr/bin", "/usr/bin",
      "--ro-bind-try", "/usr/lib64", "/usr/lib64", "--symlink", "usr/lib", "/lib",
      "--symlink", "usr/lib64", "/lib64", "--ro-bind-try", "/usr/share/fonts", "/usr/share/fonts",
      "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp",
    ]
    if let home = interpreterHome(), !home.hasPrefix("/usr/bin") {
      let root = URL(filePath: home).deletingLastPathComponent().path
      words += ["--ro-bind", root, root]
    }
    words += ["--ro-bind", environment, environment, "--ro-bind", folder, "/print"]
    return words + [python, "-I", "-B", "/print/karez_print.py"]
  }

  /// Where the environment's own interpreter lies, as its `pyvenv.cfg` says.
  private func interpreterHome() -> String? {
    guard let data = FileManager.default.contents(atPath: environment + "/pyvenv.cfg") else {
      return nil
    }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      if parts.count == 2, parts[0] == "home" { return parts[1] }
    }
    return nil
  }
}

/// One run of the printer, its files and its end.
private struct Run {
  let process = Process()
  let outputPath: String
  private let errorPath: String
  private let ends: AsyncStream<Void>

  init(_ arguments: [String], input: Data, in folder: URL) throws {
    let inputFile = folder.appending(path: "in.json")
    let output = folder.appending(path: "out.pdf")
    let errors = folder.appending(path: "err.txt")
    try input.write(to: inputFile)
    try Data().write(to: output)
    try Data().write(to: errors)
    outputPath = output.path
    errorPath = errors.path
    process.executableURL = URL(filePath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    process.environment = [:]
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let (ends, continuation) = AsyncStream<Void>.makeStream()
    self.ends = ends
    process.terminationHandler = { _ in continuation.finish() }
  }

  /// Waits for the end; stops the process when the time is up.
  func ended(within seconds: Int) async -> Bool {
    let ends = self.ends
    let isInTime = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for await _ in ends {}
        return !Task.isCancelled
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(seconds))
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
    // bwrap dies with its signal and takes the sandbox along (--die-with-parent).
    if !isInTime { process.terminate() }
    return isInTime
  }

  /// The last line the process wrote to stderr, at most 200 characters.
  var lastWords: String {
    let data = FileManager.default.contents(atPath: errorPath) ?? Data()
    let lines = String(decoding: data.suffix(4_096), as: UTF8.self).split(separator: "\n")
    return String((lines.last ?? "").prefix(200))
  }
}
