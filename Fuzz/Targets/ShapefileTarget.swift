@testable import KarezReading

/// A Shapefile's index, shapes and table, held against one another.
enum ShapefileTarget: FuzzTarget {
  static let name = "shapefile"

  static func feed(_ bytes: [UInt8]) {
    let files = parts(3, of: bytes).map { MemoryBytes($0) }
    _ = try? DBFHeader(of: files[1])
    guard let check = try? ShapefileCheck(of: files[2], index: files[0]) else { return }
    hold(check.records * 8 <= files[0].size, "more records than the index has")
    try? check.check(table: files[1])
  }
}
