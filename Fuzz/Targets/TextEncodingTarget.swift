import KarezGeometry

@testable import KarezReading

/// Text in the encodings that files come in.
enum TextEncodingTarget: FuzzTarget {
  static let name = "text-encoding"

  static func feed(_ bytes: [UInt8]) {
    _ = try? TextEncoding.decode(bytes)
    for name in ["UTF-8", "GB18030", "BIG5", "windows-1256"] {
      guard let decoder = TextDecoder(encoding: name), let encoder = TextEncoder(encoding: name)
      else { return hold(false, "\(name) is not there") }
      _ = decoder.decodeCutOff(bytes)
      guard let text = decoder.decode(bytes), let written = encoder.encode(text) else { continue }
      hold(decoder.decode(written) == text, "\(name): written and read otherwise")
    }
  }
}
