import Glibc
import KarezGeometry

/// The one door for files from outside: each is read by a worker process in a sandbox.
///
/// - Errors: a `ReadingError` for the file or the worker; whatever a handler throws; a
///   `CancellationError` when the task is cancelled. The worker is gone in every case.
public struct SourceReader: Sendable {
  private let sandbox: Sandbox

  /// A reader that runs the program in bubblewrap; without bubblewrap it reads nothing.
  public init(program: String, bubblewrap: String = "/usr/bin/bwrap") {
    sandbox = Sandbox(bubblewrap: bubblewrap, program: program)
  }

  /// The worker that lies beside the running program.
  public static func besideProgram(bubblewrap: String = "/usr/bin/bwrap") -> SourceReader {
    SourceReader(program: Sandbox.programBeside("karez-reader"), bubblewrap: bubblewrap)
  }

  /// The layers of a file, without their features.
  public func layers(
    of file: String, _ options: ReadOptions = ReadOptions()
  ) async throws -> [SourceLayer] {
    var layers: [SourceLayer] = []
    try await converse("layers", file, options) { frame in
      guard case .layers(let found) = frame else { throw ReadingError.badFrame(.outOfOrder) }
      layers += found
    }
    return layers
  }

  /// Reads one layer: its description once, then its features in batches, in the file's order.
  ///
  /// The next batch is not handed over before the handler has returned.
  public func read(
    _ file: String, _ options: ReadOptions = ReadOptions(),
    onLayer: (SourceLayer) async throws -> Void,
    onFeatures: ([SourceFeature]) async throws -> Void
  ) async throws {
    var described = false
    try await converse("read", file, options) { frame in
      switch frame {
      case .layer(let layer) where !described:
        described = true
        try await onLayer(layer)
      case .features(let features) where described: try await onFeatures(features)
      default: throw ReadingError.badFrame(.outOfOrder)
      }
    }
  }

  private func converse(
    _ verb: String, _ file: String, _ options: ReadOptions,
    _ body: (Frame) async throws -> Void
  ) async throws {
    try check(file, options.limits)
    let command = try sandbox.command(
      input: file, arguments: [verb] + Self.arguments(for: file, options))
    try await WorkerTalk.converse(command, options.limits) { frame in
      if case .end = frame { return }
      try await body(frame)
    }
  }

  private func check(_ file: String, _ limits: ReadingLimits) throws(ReadingError) {
    let bytes = try FileBytes(path: file)
    if let limit = limits.fileBytes, bytes.size > limit {
      throw .fileTooLarge(bytes: bytes.size, limit: limit)
    }
  }

  private static func arguments(for file: String, _ options: ReadOptions) -> [String] {
    let limits = options.limits
    var arguments = ["--memory", String(limits.memoryBytes)]
    arguments += ["--feature-vertices", String(limits.verticesInFeature)]
    if let count = limits.verticesInFile { arguments += ["--file-vertices", String(count)] }
    if let seconds = limits.seconds {
      arguments += ["--seconds", String(Int(seconds.rounded(.up)))]
    }
    if let layer = options.layer, !layer.utf8.contains(0) { arguments += ["--layer", layer] }
    if let declared = options.declared { arguments += ["--crs", declared.argument] }
    if let box = options.extent {
      let numbers = [box.minX, box.minY, box.maxX, box.maxY].map { "\($0)" }
      arguments += ["--extent", numbers.joined(separator: " ")]
    }
    let name = file.split(separator: "/").last.map(String.init) ?? "input"
    return arguments + ["--name", name]
  }
}
