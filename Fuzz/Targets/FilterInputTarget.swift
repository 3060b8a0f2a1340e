import Foundation
import KarezCore

@testable import KarezService

/// What is piped into the kernel: frames of geometries, and lines of pairs.
enum FilterInputTarget: FuzzTarget {
  static let name = "filter-input"

  static func feed(_ bytes: [UInt8]) {
    reading(bytes) { input in
      let frames = FrameInput(input)
      var frame = GeometryFrame()
      while (try? frames.next(into: &frame)) == true {
        hold(frame.offsets.count == frame.count + 1, "an offset too many or few")
        hold(frame.offsets.last == frame.bytes.count, "the last offset is the end")
      }
    }
    reading(bytes) { input in
      let lines = LineInput(input, lengthLimit: 1 << 20)
      while let line = try? lines.next() {
        _ = PairLine.id(of: line)
        _ = try? PairLine(line)
      }
    }
  }

  private static func reading(_ bytes: [UInt8], _ body: (ByteInput) -> Void) {
    guard let file = tmpfile() else { return hold(false, "no room for a file") }
    defer { fclose(file) }
    let written = bytes.withUnsafeBytes { write(fileno(file), $0.baseAddress, $0.count) }
    hold(written == bytes.count, "no room for a file")
    lseek(fileno(file), 0, SEEK_SET)
    body(ByteInput(descriptor: fileno(file), name: "stdin", isOwned: false))
  }
}
