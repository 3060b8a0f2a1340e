package import KarezCore

/// A GeoJSON file, walked feature by feature with our own strict parser.
///
/// - Shape: a FeatureCollection, a Feature or a bare geometry.
/// - Errors: `json(…)` with line and byte for anything that is not strict JSON of this shape;
///   `tooManyVertices` and `featureTooLarge` before the feature is parsed.
/// - Source: RFC 7946; the `crs` member of the 2008 specification.
package struct GeoJSONFile<Source: ByteSource> {
  private let source: Source
  private let verticesInFeature: Int64

  /// Most bytes of one feature: a million vertices at full precision.
  private static var featureBytes: Int { 64 << 20 }
  /// Most bytes of any other member of the collection.
  private static var memberBytes: Int { 1 << 20 }

  package init(_ source: Source, verticesInFeature: Int64) {
    self.source = source
    self.verticesInFeature = verticesInFeature
  }

  /// Calls the body with each feature in order, and gives the other members at the end.
  package func walk(
    _ body: (_ row: Int64, JSONValue) throws(ReadingError) -> Void
  ) throws(ReadingError) -> [String: JSONValue] {
    var scanner = try JSONScanner(source)
    var members: [String: JSONValue] = [:]
    var sawFeatures = false
    try scanner.expect("{")
    if try !scanner.takes("}") {
      repeat {
        let place = scanner.offset
        let key = try self.key(&scanner)
        guard members[key] == nil, !(sawFeatures && key == "features") else {
          throw scanner.fault("duplicate-key", at: place)
        }
        try scanner.expect(":")
        if key == "features" {
          sawFeatures = true
          try walkFeatures(&scanner, body)
        } else {
          let isGeometry = ["geometry", "coordinates", "geometries"].contains(key)
          let bytes = isGeometry ? Self.featureBytes : Self.memberBytes
          members[key] = try parsed(&scanner, row: 1, bytes: bytes)
        }
      } while try scanner.takes(",")
      try scanner.expect("}")
    }
    if try scanner.peek() != nil { throw scanner.fault("trailing", at: scanner.offset) }
    if !sawFeatures { try single(members, scanner, body) }
    return members
  }

  private func walkFeatures(
    _ scanner: inout JSONScanner<Source>,
    _ body: (_ row: Int64, JSONValue) throws(ReadingError) -> Void
  ) throws(ReadingError) {
    try scanner.expect("[")
    if try scanner.takes("]") { return }
    var row: Int64 = 0
    repeat {
      row += 1
      _ = try scanner.peek()
      let place = scanner.offset
      let feature = try parsed(&scanner, row: row, bytes: Self.featureBytes)
      guard feature["type"] == .string("Feature") else {
        throw scanner.fault("not-a-feature", at: place)
      }
      try body(row, feature)
    } while try scanner.takes(",")
    try scanner.expect("]")
  }

  /// A file that is one feature, or one geometry.
  private func single(
    _ members: [String: JSONValue], _ scanner: JSONScanner<Source>,
    _ body: (_ row: Int64, JSONValue) throws(ReadingError) -> Void
  ) throws(ReadingError) {
    if members["type"] == .string("Feature") {
      try body(1, .object(members))
    } else if members["coordinates"] != nil || members["geometries"] != nil {
      try body(1, .object(["type": .string("Feature"), "geometry": .object(members)]))
    } else {
      throw scanner.fault("not-geojson", at: 0)
    }
  }

  private func key(_ scanner: inout JSONScanner<Source>) throws(ReadingError) -> String {
    _ = try scanner.peek()
    let place = scanner.offset
    guard case .string(let key) = try parsed(&scanner, row: 1, bytes: 4_096) else {
      throw scanner.fault("unexpected", at: place)
    }
    return key
  }

  private func parsed(
    _ scanner: inout JSONScanner<Source>, row: Int64, bytes: Int
  ) throws(ReadingError) -> JSONValue {
    _ = try scanner.peek()
    let place = scanner.offset
    let text = try scanner.value(
      JSONScanner.Bounds(bytes: bytes, vertices: verticesInFeature, row: row))
    do {
      return try JSONValue(parsing: text)
    } catch {
      let (code, offset) = Self.facts(of: error, length: text.count)
      throw scanner.fault(code, at: place + Int64(offset))
    }
  }

  private static func facts(of error: JSONError, length: Int) -> (code: String, offset: Int) {
    switch error {
    case .unexpected(let offset): ("unexpected", offset)
    case .endsTooSoon: ("ends-too-soon", length)
    case .tooDeep(let offset): ("too-deep", offset)
    case .duplicateKey(_, let offset): ("duplicate-key", offset)
    case .numberOutOfRange(let offset): ("number-out-of-range", offset)
    case .invalidText(let offset): ("invalid-text", offset)
    case .trailing(let offset): ("trailing", offset)
    }
  }
}
