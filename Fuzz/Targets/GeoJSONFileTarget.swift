import KarezCore

@testable import KarezReading

/// A file of GeoJSON, walked feature by feature.
enum GeoJSONFileTarget: FuzzTarget {
  static let name = "geojson-file"

  static func feed(_ bytes: [UInt8]) {
    let file = GeoJSONFile(MemoryBytes(bytes), verticesInFeature: 1_000)
    var rows: Int64 = 0
    _ = try? file.walk { row, feature throws(ReadingError) in
      rows += 1
      hold(row == rows, "rows are counted")
      hold(feature["type"] == .string("Feature"), "a feature")
    }
  }
}
