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

  func write(_ frame: Frame) {
    let bytes = encoder.encode(frame)
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
  private var features: [SourceFeature] = []
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

  mutating func add(_ feature: SourceFeature) throws(ReadingError) {
    let bytes = FrameEncoder.size(of: feature)
    guard bytes <= Self.mostBytesOfOne else {
      throw .featureTooLarge(row: feature.row, bytes: Int64(bytes))
    }
    if size + bytes > Self.mostBytes || features.count == Self.most { send() }
    features.append(feature)
    size += bytes
    count += 1
  }

  private mutating func send() {
    guard !features.isEmpty else { return }
    output.write(.features(features))
    features.removeAll(keepingCapacity: true)
    size = 0
  }

  mutating func finish() {
    send()
    output.write(.end(count: count))
  }
}
