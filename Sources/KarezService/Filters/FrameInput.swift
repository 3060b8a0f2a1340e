import KarezCore

/// One frame of geometries: ids, and the WKB each has, one after another.
struct GeometryFrame {
  fileprivate(set) var ids: [UInt64] = []
  /// Where each geometry's bytes begin; one more than ids.
  fileprivate(set) var offsets: [Int] = []
  fileprivate(set) var bytes: [UInt8] = []

  var count: Int { ids.count }
}

/// Reads frames of geometries; `docs/kernel-filter.md` has the layout.
///
/// Nothing in a frame is believed: room is made as bytes come, never for what a count promises.
/// Not Sendable: it belongs to the task that reads.
final class FrameInput {
  static let magic = Array("KRZ1".utf8)
  static let countLimit = 1 << 20
  static let lengthLimit = 1 << 30
  private static let blockLength = 1 << 18

  private let input: ByteInput
  private var block = [UInt8](repeating: 0, count: blockLength)
  private var scratch: [UInt8] = []
  /// The number of the frame being read, from 1.
  private(set) var number = 0

  init(_ input: ByteInput) { self.input = input }

  /// Reads the next frame; answers false at the end of the input.
  ///
  /// - Errors: `Problem` of kind refused where the input is no frame, or ends in one.
  func next(into frame: inout GeometryFrame) throws(Problem) -> Bool {
    number += 1
    try read(8, mayEnd: true)
    if scratch.isEmpty { return false }
    guard scratch.starts(with: Self.magic) else { throw FrameWording.magic(at: place) }
    let count = Int(word(at: 4))
    guard count <= Self.countLimit else {
      throw FrameWording.count(count, limit: Self.countLimit, at: place)
    }
    try read(count * 8)
    frame.ids.removeAll(keepingCapacity: true)
    for index in 0..<count {
      frame.ids.append(UInt64(word(at: index * 8)) | UInt64(word(at: index * 8 + 4)) << 32)
    }
    try read((count + 1) * 4)
    frame.offsets.removeAll(keepingCapacity: true)
    for index in 0...count {
      let offset = Int(word(at: index * 4))
      guard offset >= frame.offsets.last ?? 0, index > 0 || offset == 0 else {
        throw FrameWording.offset(index: index, at: place)
      }
      frame.offsets.append(offset)
    }
    let length = frame.offsets[count]
    guard length <= Self.lengthLimit else {
      throw FrameWording.length(length, limit: Self.lengthLimit, at: place)
    }
    try read(length)
    swap(&frame.bytes, &scratch)
    return true
  }

  private var place: String { "\(input.name): frame \(number)" }

  /// Reads so many bytes into `scratch`; none at all if the input has ended and may.
  private func read(_ count: Int, mayEnd: Bool = false) throws(Problem) {
    scratch.removeAll(keepingCapacity: true)
    while scratch.count < count {
      let wanted = min(count - scratch.count, Self.blockLength)
      let result = block.withUnsafeMutableBytes { bytes in
        Result { () throws(Problem) in
          try input.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted]))
        }
      }
      let got = try result.get()
      if got == 0 {
        if mayEnd, scratch.isEmpty { return }
        throw FrameWording.truncated(at: place)
      }
      scratch += block[..<got]
    }
  }

  /// A little-endian word of `scratch`, which is known to be that long.
  private func word(at offset: Int) -> UInt32 {
    UInt32(scratch[offset]) | UInt32(scratch[offset + 1]) << 8 | UInt32(scratch[offset + 2]) << 16
      | UInt32(scratch[offset + 3]) << 24
  }
}
