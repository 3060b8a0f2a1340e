import Glibc

/// Has a worker in the sandbox write one layer in a format of others.
///
/// The features come as frames in a file, which the worker sees read-only; it writes into one folder
/// and can write nowhere else.
public struct LibraryWriter: Sendable {
  private let sandbox: Sandbox

  /// A writer that runs the program in bubblewrap; without bubblewrap it writes nothing.
  public init(program: String, bubblewrap: String = "/usr/bin/bwrap") {
    sandbox = Sandbox(bubblewrap: bubblewrap, program: program)
  }

  /// The worker that lies beside the running program.
  public static func besideProgram(bubblewrap: String = "/usr/bin/bwrap") -> LibraryWriter {
    LibraryWriter(program: Sandbox.programBeside("karez-reader"), bubblewrap: bubblewrap)
  }

  /// Name of the finished file in its folder.
  package static let result = "result"

  /// Writes the file `result` into the folder.
  ///
  /// - Errors: a `ReadingError`, or a `CancellationError`.
  package func write(_ frames: String, into folder: String, _ order: LibraryOrder) async throws {
    let command = try sandbox.command(
      input: frames, output: folder, arguments: ["write"] + order.arguments)
    try await WorkerTalk.converse(command, order.limits) { frame in
      switch frame {
      // A batch of nothing is a sign of life.
      case .features(let features) where features.isEmpty: break
      case .end(let count) where count == order.features: break
      default: throw ReadingError.badFrame(.outOfOrder)
      }
    }
  }
}

/// What the worker is told of a layer besides its frames.
package struct LibraryOrder: Hashable, Sendable {
  /// How wide a field is where widths are fixed: characters in all, and after the point.
  package struct Width: Hashable, Sendable {
    package var characters: Int
    package var decimals: Int

    package init(characters: Int, decimals: Int = 0) {
      self.characters = characters
      self.decimals = decimals
    }
  }

  /// In the order of the layer's fields.
  package var widths: [Width]
  /// How many features there are.
  package var features: Int64
  /// Whether a feature has several points.
  package var holdsSeveral: Bool
  /// The day the file says it was written, `YYYY-MM-DD`.
  package var day: String
  package var limits: ReadingLimits

  package init(
    widths: [Width], features: Int64, holdsSeveral: Bool, day: String,
    limits: ReadingLimits = .limits(of: .bulk)
  ) {
    self.widths = widths
    self.features = features
    self.holdsSeveral = holdsSeveral
    self.day = day
    self.limits = limits
  }

  var arguments: [String] {
    let shown = widths.map { "\($0.characters).\($0.decimals)" }.joined(separator: ",")
    return [
      "--memory", String(limits.memoryBytes), "--widths", shown, "--several",
      holdsSeveral ? "yes" : "no", "--day", day,
    ]
  }

  /// The widths as they stand on the command line; nil where they are none.
  package static func widths(argument: String) -> [Width]? {
    var widths: [Width] = []
    for word in argument.split(separator: ",") {
      let numbers = word.split(separator: ".").compactMap { Int($0) }
      guard numbers.count == 2 else { return nil }
      widths.append(Width(characters: numbers[0], decimals: numbers[1]))
    }
    return widths
  }
}
