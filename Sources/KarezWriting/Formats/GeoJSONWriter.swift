import KarezCore
import KarezGeometry

/// Writes a layer as a GeoJSON FeatureCollection, a feature a line.
///
/// - Shape: in EPSG:4326 as RFC 7946 has it: no `crs`, shells counter-clockwise. In any other
///   system `crs` names it, as the format of 2008 did, and rings stay as they are; so a layer in
///   EPSG:4490 reads back with the same bytes of geometry.
/// - Shape: days are text.
/// - Accuracy: numbers read back bit for bit; held by `OwnFormatTests`.
/// - Source: RFC 7946; the `crs` member of the 2008 specification.
final class GeoJSONWriter: FeatureWriter {
  private let layer: OutputLayer
  private let text: OutputText
  private let keys: [[UInt8]]
  private let isOriented: Bool
  private var row = 0

  init(path: String, layer: OutputLayer) throws(WritingError) {
    self.layer = layer
    guard let code = layer.crs.epsg else { throw .layer(.crsUnsupported(layer.crs)) }
    isOriented = code == 4_326
    keys = layer.fields.map { Array(JSONValue.string($0.name).canonicalText.utf8) + [0x3A] }
    text = try OutputText(path: path)
    let name = JSONValue.string(layer.name).canonicalText
    var head = "{\"type\":\"FeatureCollection\",\"name\":\(name),"
    if !isOriented {
      head +=
        "\"crs\":{\"type\":\"name\",\"properties\":"
        + "{\"name\":\"urn:ogc:def:crs:EPSG::\(code)\"}},"
    }
    text.bytes += Array((head + "\"features\":[").utf8)
  }

  func append(_ features: [OutputFeature]) throws(WritingError) {
    for feature in features {
      row += 1
      text.bytes.append(contentsOf: (row == 1 ? "\n" : ",\n").utf8)
      text.bytes.append(contentsOf: "{\"type\":\"Feature\",\"id\":".utf8)
      text.bytes.append(json: feature.id)
      text.bytes.append(contentsOf: ",\"properties\":{".utf8)
      for (index, value) in feature.values.enumerated() {
        if index > 0 { text.bytes.append(0x2C) }
        text.bytes.append(contentsOf: keys[index])
        try append(value, layer.fields[index].name, of: feature)
      }
      text.bytes.append(contentsOf: "},\"geometry\":".utf8)
      if let geometry = feature.geometry {
        geometry.append(geoJSON: &text.bytes, isOriented: isOriented)
      } else {
        text.bytes.append(contentsOf: "null".utf8)
      }
      text.bytes.append(0x7D)
      try text.settle()
    }
  }

  func finish() throws(WritingError) {
    text.bytes.append(contentsOf: "\n]}\n".utf8)
    try text.finish()
  }

  private func append(
    _ value: AttributeValue, _ field: String, of feature: OutputFeature
  ) throws(WritingError) {
    switch value {
    case .null: text.bytes.append(contentsOf: "null".utf8)
    case .text(let value): text.bytes.append(json: value)
    case .integer(let number): text.bytes.append(contentsOf: String(number).utf8)
    case .decimal(let number):
      guard number.isFinite else {
        throw .value(
          .notFinite, field: field, at: OutputPlace(row: row, feature: feature.id))
      }
      // With its point even where it is whole, so that it reads back as a decimal.
      text.bytes.append(contentsOf: number.description.utf8)
    case .boolean(let flag): text.bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .date(let day): text.bytes.append(json: day.description)
    }
  }
}

extension [UInt8] {
  /// Appends a text as a JSON string.
  fileprivate mutating func append(json text: String) {
    append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        append(0x5C)
        append(byte)
      case 0x0A: append(contentsOf: "\\n".utf8)
      case 0x0D: append(contentsOf: "\\r".utf8)
      case 0x09: append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u001".utf8)
        append(contentsOf: String(byte & 15, radix: 16).utf8)
      default: append(byte)
      }
    }
    append(0x22)
  }
}
