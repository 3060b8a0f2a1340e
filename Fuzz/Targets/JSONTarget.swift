import KarezCore

enum JSONTarget: FuzzTarget {
  static let name = "json"

  static func feed(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    let canonical = value.canonicalText
    guard let again = try? JSONValue(parsing: canonical) else {
      return hold(false, "what we print is not read: \(canonical)")
    }
    hold(again.canonicalText == canonical, "printing twice differs")
    let pretty = try? JSONValue(parsing: value.prettyText)
    hold(pretty?.canonicalText == canonical, "pretty and canonical text differ")
  }
}
