@testable import KarezReading

/// What a file's first bytes say it is, what a table's text is encoded in, and which triggers a
/// GeoPackage may have.
enum FileHeadTarget: FuzzTarget {
  static let name = "file-head"
  private static let triggers = GeoPackageTriggers(table: "plots", geometry: "geom", key: "fid")

  static func feed(_ bytes: [UInt8]) {
    _ = try? FileContent(head: bytes)
    _ = TableEncoding.guess(bytes)
    guard let text = text(bytes) else { return }
    _ = try? TableEncoding.named(text)
    _ = triggers.contains(text)
    hold(!GeoPackageTriggers.isSpatialIndex(text) || GeoPackageTriggers.isVirtual(text), "index")
  }
}
