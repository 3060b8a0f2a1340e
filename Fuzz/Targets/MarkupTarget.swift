@testable import KarezReading

/// The coordinates of KML and GML, checked before a library reads them.
enum MarkupTarget: FuzzTarget {
  static let name = "markup"

  static func feed(_ bytes: [UInt8]) {
    for format in [SourceFormat.kml, .gml] {
      try? MarkupCoordinates.check(MemoryBytes(bytes), of: format)
    }
  }
}
