@testable import KarezReading

/// The numbers of a DXF drawing.
enum DrawingTarget: FuzzTarget {
  static let name = "drawing"

  static func feed(_ bytes: [UInt8]) { try? DrawingNumbers.check(MemoryBytes(bytes)) }
}
