import GRDB
import KarezCore

extension AttributeValue {
  /// The value as its column holds it: a day as text, a claim as 0 or 1.
  var databaseValue: (any DatabaseValueConvertible)? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): number
    case .decimal(let number): number
    case .boolean(let claim): claim ? 1 : 0
    case .date(let day): day.description
    }
  }
}
