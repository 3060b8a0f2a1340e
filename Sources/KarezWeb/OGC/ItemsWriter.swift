import KarezCore
import KarezGeometry
import KarezService
import KarezStore

/// Writes features as GeoJSON text, one after the other, without a tree in between.
struct ItemsWriter {
  /// No answer grows past 10 MB: it ends, and the next page goes on.
  static let maximumBytes = 10 << 20

  private let crs: OfferedCRS
  private let placement: CoordinatePlacement
  private let hasGeometry: Bool
  /// What stands in `properties`, in the order of JSON's canonical form.
  private let members: [(name: String, key: [UInt8])]
  private let named: Set<String>
  /// Whether attributes that no schema names are shown.
  private let isOpen: Bool
  private(set) var bytes: [UInt8]
  private(set) var count = 0

  static let facts = ["recordedFrom", "statutoryAreaM2", "validFrom", "validUntil"]

  /// `properties` names what is wanted of a feature's attributes; all of it if nil.
  init(
    _ schema: DatasetSchema, in crs: OfferedCRS, properties: [String]? = nil,
    hasGeometry: Bool = true
  ) throws {
    self.crs = crs
    self.hasGeometry = hasGeometry
    placement = try CoordinatePlacement(in: crs.crs)
    let facts = Self.facts.filter { $0 != "statutoryAreaM2" || schema.geometry == .polygon }
    let all = schema.attributes.map(\.name).filter { !facts.contains($0) } + facts
    let wanted = properties.map(Set.init)
    named = Set(all)
    isOpen = schema.isOpen && properties == nil
    members = all.filter { wanted?.contains($0) ?? true }
      .sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
      .map { ($0, Array((JSONValue.string($0).canonicalText + ":").utf8)) }
    bytes = []
  }

  mutating func begin() {
    bytes.reserveCapacity(1 << 20)
    bytes += "{\"features\":[".utf8
  }

  /// Adds a feature, or leaves everything as it was where that would be too much.
  ///
  /// One feature is always taken, or no page would ever come to an end.
  mutating func add(_ version: FeatureVersion) throws(GeometryError) -> Bool {
    let start = bytes.count
    if count > 0 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "{"))
    try append(version)
    bytes += ",\"type\":\"Feature\"}".utf8
    guard bytes.count <= Self.maximumBytes || count == 0 else {
      bytes.removeLast(bytes.count - start)
      return false
    }
    count += 1
    return true
  }

  /// Ends the collection; the members' names come after `features`.
  mutating func finish(_ rest: [String: JSONValue]) {
    bytes.append(UInt8(ascii: "]"))
    close(rest)
  }

  /// One feature by itself.
  mutating func write(_ version: FeatureVersion, _ rest: [String: JSONValue]) throws(GeometryError)
  {
    bytes.append(UInt8(ascii: "{"))
    try append(version)
    close(rest)
  }

  private mutating func close(_ rest: [String: JSONValue]) {
    let text = JSONValue.object(rest).canonicalText
    bytes.append(UInt8(ascii: ","))
    bytes += text.utf8.dropFirst()
  }

  private mutating func append(_ version: FeatureVersion) throws(GeometryError) {
    bytes += "\"geometry\":".utf8
    if hasGeometry, let geometry = version.feature.geometry {
      let shape = try crs.shape(ofDegrees: geometry, by: placement)
      shape.append(geoJSON: &bytes, isOriented: !crs.isNorthFirst)
    } else {
      bytes += "null".utf8
    }
    bytes += ",\"id\":".utf8
    append(text: version.feature.id)
    bytes += ",\"properties\":{".utf8
    var isFirst = true
    for (name, key) in members {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes += key
      append(value(name, of: version))
    }
    if isOpen { appendRest(version, isFirst: isFirst) }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func appendRest(_ version: FeatureVersion, isFirst: Bool) {
    var isFirst = isFirst
    for (name, value) in version.feature.attributes.sorted(by: { $0.key < $1.key })
    where !named.contains(name) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      append(text: name)
      bytes.append(UInt8(ascii: ":"))
      append(value)
    }
  }

  private func value(_ name: String, of version: FeatureVersion) -> AttributeValue {
    switch name {
    case "validFrom": .date(version.validity.from)
    case "validUntil": version.validity.until.map(AttributeValue.date) ?? .null
    case "recordedFrom": .integer(Int64(version.recordedFrom.value))
    case "statutoryAreaM2": version.statutoryArea.map { .text($0.text) } ?? .null
    default: version.feature.attributes[name] ?? .null
    }
  }

  private mutating func append(_ value: AttributeValue) {
    switch value {
    case .text(let text): append(text: text)
    case .integer(let number): bytes += String(number).utf8
    case .decimal(let number) where number.isFinite: NumberText.append(number, to: &bytes)
    case .boolean(let claim): bytes += (claim ? "true" : "false").utf8
    case .date(let day): append(text: day.description)
    case .null, .decimal: bytes += "null".utf8
    }
  }

  private mutating func append(text: String) {
    var text = text
    let isPlain = text.withUTF8 { utf8 in
      utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
    }
    guard isPlain else {
      bytes += JSONValue.string(text).canonicalText.utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes += text.utf8
    bytes.append(UInt8(ascii: "\""))
  }
}
