import Glibc

/// Where a layer is written to: a file that takes its name when it is whole, or memory.
final class LayerSink {
  enum Target {
    case file(descriptor: Int32, path: String)
    case memory(UnsafeMutableRawBufferPointer)
  }

  let target: Target

  init(_ target: Target) { self.target = target }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LayerError) {
    switch target {
    case .file(let descriptor, let path):
      try KarezGeometry.write(bytes, to: descriptor, at: offset, path: path)
    case .memory(let memory):
      // Safe because the memory is as long as the sections together.
      precondition(offset + bytes.count <= memory.count, "a section outgrew its place")
      if let source = bytes.baseAddress, let base = memory.baseAddress {
        (base + offset).copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }
}

/// Writes one section from its beginning to its end, and sums it.
struct SectionWriter {
  private static let bufferLength = 1 << 18
  private let sink: LayerSink
  private let end: Int
  private var offset: Int
  private var buffer: [UInt8] = []
  private(set) var sum = LayerFormat.sumSeed

  init(_ sink: LayerSink, at offset: Int, length: Int) {
    self.sink = sink
    self.offset = offset
    end = offset + length
    buffer.reserveCapacity(min(length, Self.bufferLength) + 64)
  }

  mutating func append<Value: BitwiseCopyable>(_ value: Value) throws(LayerError) {
    withUnsafeBytes(of: value) { buffer.append(contentsOf: $0) }
    if buffer.count >= Self.bufferLength { try flush(keeping: buffer.count % 8) }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(LayerError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferLength { try flush(keeping: buffer.count % 8) }
  }

  /// Writes what is buffered, but for a last part of a word, so that sums do not depend on how
  /// the bytes came.
  private mutating func flush(keeping kept: Int) throws(LayerError) {
    let count = buffer.count - kept
    let (sink, offset) = (sink, offset)
    sum = try buffer.withBytes { [sum] bytes throws(LayerError) in
      let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      try sink.write(part, at: offset)
      return LayerFormat.sum(part, from: sum)
    }
    self.offset += count
    buffer.removeSubrange(..<count)
  }

  mutating func finish() throws(LayerError) -> UInt64 {
    try flush(keeping: 0)
    precondition(offset == end, "a section is not as long as announced")
    return sum
  }
}
