public import KarezCore

extension Scope {
  /// As registers and the log have it: all that a scope is made of, in one order.
  public var json: JSONValue {
    .object([
      "attributes": .string(attributeCeiling.rawValue), "datasets": .string(ceiling.rawValue),
      "regions": regionPrefixes.map { .array($0.map(JSONValue.string)) } ?? .null,
      "withheld": .array(withheld.sorted().map(JSONValue.string)), "zone": .string(zone.rawValue),
    ])
  }

  /// - Errors: `StoreError.corrupt` for a text that is none of a scope.
  init(parsing text: String) throws(StoreError) {
    guard let json = try? JSONValue(parsing: text),
      let datasets = json["datasets"]?.string.flatMap({ Classification(rawValue: $0) }),
      let attributes = json["attributes"]?.string.flatMap({ Classification(rawValue: $0) }),
      let zone = json["zone"]?.string.flatMap({ NetworkZone(rawValue: $0) }),
      let withheld = json["withheld"]?.array?.compactMap(\.string), let regions = json["regions"]
    else { throw .corrupt(what: "scope of an answer") }
    let prefixes = regions.array?.compactMap(\.string)
    guard regions == .null || prefixes?.count == regions.array?.count else {
      throw .corrupt(what: "scope of an answer")
    }
    self.init(
      ceiling: datasets, regionPrefixes: prefixes, zone: zone, attributeCeiling: attributes,
      withheld: Set(withheld))
  }
}
