@testable import KarezPacks

/// The subset of YAML, and the tables, that packs are written in.
enum PackTextTarget: FuzzTarget {
  static let name = "pack-text"

  static func feed(_ bytes: [UInt8]) {
    _ = try? PackNode.read(bytes, file: "fuzz.yaml")
    guard let records = try? CommaText.records(bytes, file: "fuzz.csv") else { return }
    for record in records { hold(!record.fields.isEmpty, "a record has a field") }
  }
}
