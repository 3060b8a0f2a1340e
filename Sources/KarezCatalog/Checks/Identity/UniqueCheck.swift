import KarezCore
import KarezRules

/// Identifiers, and attributes whose values may stand once only.
final class UniqueCheck: GateCheck {
  let seesEnds = true
  private let attributes: [(attribute: Attribute, place: AttributePlace)]
  /// Row of the first appearance, by fingerprint of the value.
  private var identifiers = FirstRows()
  private var values: [FirstRows]

  init(_ schema: DatasetSchema) {
    attributes = schema.attributes.filter { $0.isUnique && $0.name != schema.identifier }
      .map { ($0, AttributePlace($0.name, in: schema)) }
    values = attributes.map { _ in FirstRows() }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    // Rows of days of their own may say several things of one feature; the commit sees that they
    // are of different days.
    if row.validity != nil { return }
    if let first = identifiers.first(of: row.id.utf8, row.row) {
      let what = LocalizedText(zh: "标识码 \(row.id) ", en: "identifier \(row.id)")
      report.note(.repeated(.identifierDuplicate, what, row, first: first))
    }
    // A row that ends its feature says nothing else of it.
    if row.ends { return }
    for index in attributes.indices {
      guard let text = row.text(of: attributes[index].place),
        let first = values[index].first(of: text.utf8, row.row)
      else { continue }
      let title = attributes[index].attribute.title
      report.note(.repeated(.attributeUnique, title, row, first: first))
    }
  }
}

/// Rows by the fingerprint of a value.
struct FirstRows {
  private var rows: [UInt64: Int64] = [:]

  /// The row that had the value before; nil for the first, which is remembered.
  mutating func first(of value: some Sequence<UInt8>, _ row: Int64) -> Int64? {
    let hash = Fingerprint.of(value)
    if let first = rows[hash] { return first }
    rows[hash] = row
    return nil
  }
}

/// A 64-bit fingerprint of a value; the same on every machine and in every run.
///
/// - Source: FNV-1a. Among three million values, two different ones share a fingerprint with a
///   probability of 2e-7.
enum Fingerprint {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}
