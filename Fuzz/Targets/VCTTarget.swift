@testable import KarezReading

/// A VCT file, its layers and all their features.
enum VCTTarget: FuzzTarget {
  static let name = "vct"

  static func feed(_ bytes: [UInt8]) {
    guard let file = try? VCTFile(MemoryBytes(bytes)) else { return }
    for layer in file.layers.prefix(20) {
      var row: Int64 = 0
      try? file.walk(layer, most: 10_000) { feature throws(ReadingError) in
        row += 1
        hold(feature.row == row, "rows are counted: \(feature.row)")
      }
    }
  }
}
