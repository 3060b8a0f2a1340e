import Glibc
import KarezReading

/// The worker that reads one file from outside and says what is in it, or writes one for outside.
///
/// It is started in a sandbox by `SourceReader` or `LibraryWriter`, reads `/in/main`, writes frames
/// to its standard output and, where it has one, files into `/out`, and ends. It keeps nothing and
/// decides nothing.
@main
enum Reader {
  static func main() {
    // What the parent had open and did not mean to pass on ends here, before any input is read.
    closefrom(3)
    guard let output = FrameOutput.takingStandardOutput() else { exit(71) }
    output.write(.hello)
    do {
      let request = try Request(arguments: CommandLine.arguments)
      ResourceLimits.apply(
        memoryBytes: request.memoryBytes, seconds: request.seconds,
        writes: request.verb == .write)
      try run(request, output)
    } catch {
      output.write(.failure(error))
    }
    output.flush()
    // Straight out: nothing that a file may have broken gets to run its destructors.
    _exit(0)
  }

  private static func run(_ request: Request, _ output: FrameOutput) throws(ReadingError) {
    if request.verb == .write { return try LayerWriting.run(request, output) }
    let input = try Input(request: request)
    let source = try input.open(request)
    switch request.verb {
    case .layers:
      let layers = try source.layers()
      output.write(.layers(layers))
      output.write(.end(count: Int64(layers.count)))
    case .read:
      var batch = FeatureBatch(output: output, request: request)
      try source.read(layer: request.layer, into: &batch)
      batch.finish()
    case .write: break
    }
  }
}

/// A file that has been recognised and opened.
protocol Source {
  func layers() throws(ReadingError) -> [SourceLayer]
  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError)
}
