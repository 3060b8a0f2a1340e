import KarezCore

/// A value as a statement takes it and a row gives it, whatever the engine.
///
/// Geometry travels as the bytes of its WKB, a day as text, a claim as 0 or 1.
enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])
}

extension SQLValue {
  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var integer: Int64? {
    guard case .integer(let number) = self else { return nil }
    return number
  }

  /// The number, also where a whole one is kept as an integer.
  var real: Double? {
    switch self {
    case .real(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  var bytes: [UInt8]? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes
  }
}

/// What may be bound in a statement.
protocol SQLBindable {
  var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
  var sqlValue: SQLValue { self }
}

extension Int: SQLBindable {
  var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLBindable {
  var sqlValue: SQLValue { .integer(self) }
}

extension Double: SQLBindable {
  var sqlValue: SQLValue { .real(self) }
}

extension String: SQLBindable {
  var sqlValue: SQLValue { .text(self) }
}

extension LegalDate: SQLBindable {
  var sqlValue: SQLValue { .text(description) }
}

extension DatasetID: SQLBindable {
  var sqlValue: SQLValue { .text(text) }
}

extension CommitNumber: SQLBindable {
  var sqlValue: SQLValue { .integer(Int64(value)) }
}

extension AttributeValue: SQLBindable {
  var sqlValue: SQLValue {
    switch self {
    case .null: .null
    case .text(let text): .text(text)
    case .integer(let number): .integer(number)
    case .decimal(let number): .real(number)
    case .boolean(let claim): .integer(claim ? 1 : 0)
    case .date(let day): .text(day.description)
    }
  }
}
