import KarezCore

@testable import KarezCatalog
@testable import KarezReading

/// Values of attributes as files bring them, taken for what a schema says they are.
enum ValuesTarget: FuzzTarget {
  static let name = "values"

  static func feed(_ bytes: [UInt8]) {
    _ = VCTNumbers.integer(bytes)
    guard let text = text(bytes) else { return }
    for type in [AttributeType.text, .integer, .decimal, .boolean, .date] {
      guard case .value(let value) = StrictValue.coerced(.text(text), to: type) else { continue }
      if case .decimal(let number) = value { hold(number.isFinite, "a number: \(text)") }
      hold(
        StrictValue.coerced(value, to: type) == .value(value), "taken again, it is another: \(text)"
      )
    }
    if let number = Int64(text) { _ = StrictValue.coerced(.integer(number), to: .date) }
    if let number = Double(text) {
      for type in [AttributeType.text, .integer, .decimal] {
        _ = StrictValue.coerced(.decimal(number), to: type)
      }
    }
  }
}
