@testable import KarezGeometry

/// A layer file whose header says it is whole, whatever stands in the rest.
enum LayerTarget: FuzzTarget {
  static let name = "layer"

  static func feed(_ bytes: [UInt8]) {
    open(bytes)
    let header = LayerFormat.headerWords * 8
    guard bytes.count >= header else { return }
    // The sums keep a fuzzer out; whoever makes a file can make them.
    var whole = bytes
    set(&whole, .magic, LayerFormat.magic)
    set(&whole, .version, LayerFormat.version)
    set(&whole, .length, UInt64(whole.count))
    let sum = whole.withUnsafeBytes {
      LayerFormat.sum(UnsafeRawBufferPointer(rebasing: $0[..<(header - 8)]))
    }
    set(&whole, .check, sum)
    open(whole)
  }

  private static func set(_ bytes: inout [UInt8], _ word: LayerFormat.Word, _ value: UInt64) {
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: value.littleEndian, toByteOffset: word.rawValue * 8, as: UInt64.self)
    }
  }

  private static func open(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, bytes.count), alignment: 64)
    memory.copyBytes(from: bytes)
    let held = UnsafeMutableRawBufferPointer(rebasing: memory[..<bytes.count])
    // The layer frees the memory, also where it refuses it.
    guard let layer = try? Layer(owning: held) else { return }
    try? layer.verify()
    hold(layer.columns.count <= bytes.count, "columns")
  }
}
