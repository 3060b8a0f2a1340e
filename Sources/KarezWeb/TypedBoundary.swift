import KarezCore

/// A boundary written by hand: a WKT polygon, or a line `longitude latitude` for each corner.
enum TypedBoundary {
  /// The same boundary as a GeoJSON polygon; a ring left open is closed.
  static func geoJSON(of text: String) throws(WebError) -> JSONValue {
    let upper = text.drop { $0.isWhitespace }.prefix(8).uppercased()
    if upper.hasPrefix("POLYGON") { return try polygon(ofWKT: text) }
    var ring: [JSONValue] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split { $0.isWhitespace || $0 == "," || $0 == "，" }
      if words.isEmpty { continue }
      ring.append(try position(words))
    }
    return try polygon([ring])
  }

  private static func polygon(ofWKT text: String) throws(WebError) -> JSONValue {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { throw .coordinatesMalformed }
    let inside = text[text.index(after: open)..<close]
    var rings: [[JSONValue]] = []
    for part in inside.split(separator: "(").dropFirst(inside.hasPrefix("(") ? 0 : 1) {
      let words = part.prefix { $0 != ")" }
      var ring: [JSONValue] = []
      for pair in words.split(separator: ",") {
        ring.append(try position(pair.split(whereSeparator: \.isWhitespace)))
      }
      rings.append(ring)
    }
    return try polygon(rings)
  }

  private static func position(_ words: [Substring]) throws(WebError) -> JSONValue {
    guard words.count == 2, let x = Double(words[0]), let y = Double(words[1]), x.isFinite,
      y.isFinite
    else { throw .coordinatesMalformed }
    return .array([.number(x), .number(y)])
  }

  private static func polygon(_ rings: [[JSONValue]]) throws(WebError) -> JSONValue {
    guard !rings.isEmpty, rings.allSatisfy({ $0.count >= 3 }) else {
      throw .coordinatesMalformed
    }
    let closed = rings.map { ring in
      JSONValue.array(ring.first == ring.last ? ring : ring + ring.prefix(1))
    }
    return .object(["type": .string("Polygon"), "coordinates": .array(closed)])
  }
}
