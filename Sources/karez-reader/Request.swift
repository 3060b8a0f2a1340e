import KarezGeometry
import KarezReading

/// What the parent asked for, from the command line.
struct Request {
  enum Verb: String {
    case layers
    case read
    /// The input is the frames of a layer, to be written as a file.
    case write
  }

  let verb: Verb
  var layer: String?
  var declared: SourceCRS?
  var extent: BoundingBox?
  /// What the file is called outside; only shown, never opened.
  var name = "input"
  var memoryBytes: UInt64 = 1 << 30
  var seconds: UInt64?
  var verticesInFeature: Int64 = 1_000_000
  var verticesInFile: Int64?
  // What a layer to be written is told besides.
  var widths: [LibraryOrder.Width] = []
  var holdsSeveral = false
  var day = "1970-01-01"

  init(arguments: [String]) throws(ReadingError) {
    guard arguments.count >= 2, let verb = Verb(rawValue: arguments[1]),
      arguments.count.isMultiple(of: 2)
    else { throw .workerUnusable(message: "arguments") }
    self.verb = verb
    for index in stride(from: 2, to: arguments.count, by: 2) {
      let value = arguments[index + 1]
      switch arguments[index] {
      case "--layer": layer = value
      case "--crs": declared = SourceCRS(argument: value)
      case "--extent": extent = Self.box(value)
      case "--name": name = value
      case "--memory": memoryBytes = UInt64(value) ?? memoryBytes
      case "--seconds": seconds = UInt64(value)
      case "--feature-vertices": verticesInFeature = Int64(value) ?? verticesInFeature
      case "--file-vertices": verticesInFile = Int64(value)
      case "--widths": widths = LibraryOrder.widths(argument: value) ?? []
      case "--several": holdsSeveral = value == "yes"
      case "--day": day = value
      default: throw .workerUnusable(message: "arguments")
      }
    }
  }

  private static func box(_ text: String) -> BoundingBox? {
    let numbers = text.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else { return nil }
    return BoundingBox(minX: numbers[0], minY: numbers[1], maxX: numbers[2], maxY: numbers[3])
  }

  /// The name without its last ending, fit to be a file's name in the sandbox.
  var stem: String {
    let shown = name.split(separator: "/").last.map(String.init) ?? "input"
    let stem = shown.lastIndex(of: ".").map { String(shown[..<$0]) } ?? shown
    return stem.isEmpty || stem.utf8.count > 200 ? "input" : stem
  }
}
