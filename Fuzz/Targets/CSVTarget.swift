@testable import KarezReading

/// A table of comma-separated values.
enum CSVTarget: FuzzTarget {
  static let name = "csv"

  static func feed(_ bytes: [UInt8]) {
    if let heading = CSVHeading(head: bytes) {
      hold(heading.geometry < heading.names.count, "a column that is there")
    }
    guard var records = try? CSVRecords(MemoryBytes(bytes)) else { return }
    var held = 0
    while let fields = try? records.next() {
      hold(!fields.isEmpty, "a record has a field")
      for field in fields { held += field.bytes.count }
      hold(held <= bytes.count, "more was read than there is")
    }
  }
}
