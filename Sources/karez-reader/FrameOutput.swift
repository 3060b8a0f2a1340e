import Glibc
import KarezReading

/// Writes frames to the parent.
final class FrameOutput {
  private let descriptor: Int32
  private var encoder = FrameEncoder()

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// The standard output, out of reach of any library that prints: they get the error output.
  static func takingStandardOutput() -> FrameOutput? {
    let descriptor = dup(1)
    guard descriptor >= 0, dup2(2, 1) == 1 else { return nil }
    return FrameOutput(descriptor: descriptor)
  }

  func write(_ frame: Frame) { write(encoder.encode(frame)) }

  /// Adds a feature to the frame under way.
  func add(_ feature: SourceFeature, saying values: EncodedValues?) {
    encoder.add(feature, saying: values)
  }

  /// Writes the frame under way, if it has features.
  func writeFeatures() { encoder.withFeatures { write($0) } }

  private func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      // Safe because the pointer is used within the call and for the bytes that are left.
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        // Nobody listens any more.
        _exit(0)
      }
    }
  }

  func flush() { close(descriptor) }
}

/// Collects features into frames and counts what they hold.
struct FeatureBatch {
  private let output: FrameOutput
  private let verticesInFile: Int64?
  /// Most vertices one feature may have.
  let verticesInFeature: Int64
  private var waiting = 0
  private var size = 0
  private var vertices: Int64 = 0
  private(set) var count: Int64 = 0

  private static let most = 1_000
  private static let mostBytes = 1 << 20
  private static let mostBytesOfOne = 40 << 20

  init(output: FrameOutput, request: Request) {
    self.output = output
    verticesInFile = request.verticesInFile
    verticesInFeature = request.verticesInFeature
  }

  func begin(_ layer: SourceLayer) { output.write(.layer(layer)) }

  /// Refuses a feature by its number of vertices, before it is copied.
  mutating func admit(row: Int64, vertices count: Int64) throws(ReadingError) {
    guard count <= verticesInFeature else {
      throw .tooManyVertices(row: row, count: count, limit: verticesInFeature)
    }
    let (sum, overflow) = vertices.addingReportingOverflow(count)
    vertices = sum
    if let limit = verticesInFile, overflow || sum > limit {
      throw .tooManyVerticesInFile(row: row, limit: limit)
    }
  }

  /// Adds a feature; `values`, where given, are what it says instead of its attributes.
  mutating func add(
    _ feature: SourceFeature, saying values: EncodedValues? = nil
  ) throws(ReadingError) {
    let bytes =
      values.map {
        FrameEncoder.size(of: feature, values: $0.count, texts: $0.textLength)
      } ?? FrameEncoder.size(of: feature)
    guard bytes <= Self.mostBytesOfOne else {
      throw .featureTooLarge(row: feature.row, bytes: Int64(bytes))
    }
    if size + bytes > Self.mostBytes || waiting == Self.most { send() }
    output.add(feature, saying: values)
    waiting += 1
    size += bytes
    count += 1
  }

  private mutating func send() {
    output.writeFeatures()
    waiting = 0
    size = 0
  }

  mutating func finish() {
    send()
    output.write(.end(count: count))
  }
}
