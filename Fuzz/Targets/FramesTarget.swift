@testable import KarezReading

/// What the worker says to its parent, which trusts nothing of it.
enum FramesTarget: FuzzTarget {
  static let name = "frames"

  static func feed(_ bytes: [UInt8]) {
    var decoder = FrameDecoder()
    var encoder = FrameEncoder()
    var rest = bytes[...]
    while rest.count >= 5 {
      guard let (kind, length) = try? FrameDecoder.header(Array(rest.prefix(5))) else { return }
      let payload = Array(rest.dropFirst(5).prefix(length))
      rest = rest.dropFirst(5 + payload.count)
      guard let frame = try? decoder.decode(kind: kind, payload) else { continue }
      let printed = encoder.encode(frame)
      var again = decoder
      let read = try? again.decode(kind: kind, Array(printed.dropFirst(5)))
      guard let read else { return hold(false, "what we write is not read") }
      var second = encoder
      hold(second.encode(read) == printed, "written twice differs")
    }
  }
}
