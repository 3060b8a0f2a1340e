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
final class SectionWriter {
  private static let bufferLength = 1 << 18
  private let sink: LayerSink
  private let end: Int
  private var offset: Int
  // Safe because it is this object's alone, and freed with it.
  private let buffer: GrowingMemory<UInt8>
  private(set) var sum = LayerFormat.sumSeed

  init(_ sink: LayerSink, at offset: Int, length: Int) {
    self.sink = sink
    self.offset = offset
    end = offset + length
    buffer = GrowingMemory(capacity: min(length, Self.bufferLength) + 64)
  }

  deinit { buffer.deallocate() }

  func append<Value: BitwiseCopyable>(_ value: Value) throws(LayerError) {
    let place = UnsafeMutableRawPointer(buffer.extend(by: MemoryLayout<Value>.size))
    place.storeBytes(of: value, as: Value.self)
    if buffer.count >= Self.bufferLength { try flush(keeping: buffer.count % 8) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(LayerError) {
    guard let source = bytes.baseAddress else { return }
    UnsafeMutableRawPointer(buffer.extend(by: bytes.count))
      .copyMemory(from: source, byteCount: bytes.count)
    if buffer.count >= Self.bufferLength { try flush(keeping: buffer.count % 8) }
  }

  /// Appends values, each with as much added.
  func append<Value: BitwiseCopyable & SIMD>(
    _ bytes: UnsafeRawBufferPointer, each: Value.Type, adding more: Value
  ) throws(LayerError) where Value.Scalar: FixedWidthInteger {
    let size = MemoryLayout<Value>.size
    // Safe because both are as long; loads and stores may be unaligned.
    let place = UnsafeMutableRawPointer(buffer.extend(by: bytes.count))
    for first in stride(from: 0, to: bytes.count, by: size) {
      let value = bytes.loadUnaligned(fromByteOffset: first, as: Value.self) &+ more
      place.storeBytes(of: value, toByteOffset: first, as: Value.self)
    }
    if buffer.count >= Self.bufferLength { try flush(keeping: buffer.count % 8) }
  }

  /// Writes what is buffered, but for a last part of a word, so that sums do not depend on how
  /// the bytes came.
  private func flush(keeping kept: Int) throws(LayerError) {
    let count = buffer.count - kept
    let bytes = UnsafeRawBufferPointer(start: buffer.first, count: count)
    try sink.write(bytes, at: offset)
    sum = LayerFormat.sum(bytes, from: sum)
    offset += count
    buffer.removeAll()
    let rest = buffer.first + count
    for index in 0..<kept { buffer.append(rest[index]) }
  }

  func finish() throws(LayerError) -> UInt64 {
    try flush(keeping: 0)
    precondition(offset == end, "a section is not as long as announced")
    return sum
  }
}
