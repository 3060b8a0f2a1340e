import KarezCore
import KarezGeometry
import KarezReport
import KarezStore
import KarezTiles

/// Writes features as GeoJSON text, one after the other, without a tree in between.
///
/// With a legend each feature says which of the collection's `paints` it has, so that a browser
/// needs no style language of its own.
struct FeatureCollectionWriter {
  /// A body is cut here, and says so, before it grows past 10 MB.
  static let maximumBytes = 10 << 20

  private let schema: DatasetSchema
  private let legend: LayerLegend?
  private let style: LayerStyle?
  private let language: Language
  private var text = "{\"features\":["
  private var paints: [MapPaint] = []
  private var paintIndex: [MapPaint: Int] = [:]
  private var count = 0
  private var isFull = false

  init(schema: DatasetSchema, legend: LayerLegend?, language: Language) {
    self.language = language
    self.schema = schema
    self.legend = legend
    style = legend?.style(of: schema.id)
  }

  mutating func add(_ version: FeatureVersion) {
    guard !isFull else { return }
    let feature = version.feature
    var members: [String: JSONValue] = [
      "type": .string("Feature"), "id": .string(feature.id),
      "properties": .object(properties(of: version)),
      "geometry": feature.geometry.map(Self.json) ?? .null,
    ]
    if let legend {
      let paint = legend.paint(of: schema, style: style, attributes: feature.attributes)
      members["paint"] = .integer(Int64(index(of: paint)))
    }
    let written = JSONValue.object(members).canonicalText
    guard text.utf8.count + written.utf8.count <= Self.maximumBytes else {
      isFull = true
      return
    }
    if count > 0 { text += "," }
    text += written
    count += 1
  }

  consuming func finish(isComplete: Bool, asOf: AsOf) -> [UInt8] {
    let isWhole = isComplete && !isFull
    text += "],\"numberReturned\":\(count),\"isComplete\":\(isWhole),"
    text += "\"validOn\":\"\(asOf.validOn)\",\"recorded\":\(asOf.recorded),"
    if legend != nil {
      text += "\"paints\":" + JSONValue.array(paints.map(\.json)).canonicalText + ","
    }
    return Array((text + "\"type\":\"FeatureCollection\"}").utf8)
  }

  private mutating func index(of paint: MapPaint) -> Int {
    if let known = paintIndex[paint] { return known }
    paints.append(paint)
    paintIndex[paint] = paints.count - 1
    return paints.count - 1
  }

  /// The attributes the schema names; with a legend only a name, to keep a map's load small.
  private func properties(of version: FeatureVersion) -> [String: JSONValue] {
    let attributes = version.feature.attributes
    guard legend == nil else {
      let own = attributes["name_" + language.rawValue].map(Self.json) ?? .null
      let name = own == .null ? attributes["name"].map(Self.json) ?? .null : own
      return name == .null ? [:] : ["name": name]
    }
    var members = attributes.mapValues(Self.json)
    members["validFrom"] = .string(version.validity.from.description)
    members["validUntil"] = .optional(version.validity.until?.description)
    members["recordedFrom"] = .integer(Int64(version.recordedFrom.value))
    members["statutoryAreaM2"] = .optional(version.statutoryArea?.text)
    return members
  }

  private static func json(_ value: AttributeValue) -> JSONValue {
    switch value {
    case .null: .null
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .decimal(let number): number.isFinite ? .number(number) : .null
    case .boolean(let flag): .boolean(flag)
    case .date(let date): .string(date.description)
    }
  }

  private static func json(_ geometry: Geometry) -> JSONValue {
    func place(_ position: Position) -> JSONValue {
      .array([.number(position.x), .number(position.y)])
    }
    func shape(_ type: String, _ coordinates: [JSONValue]) -> JSONValue {
      .object(["type": .string(type), "coordinates": .array(coordinates)])
    }
    switch geometry {
    case .points(let positions): return shape("MultiPoint", positions.map(place))
    case .lines(let lines):
      return shape("MultiLineString", lines.map { .array($0.map(place)) })
    case .polygons(let multi):
      return shape(
        "MultiPolygon",
        multi.polygons.map { polygon in
          .array(polygon.rings.map { .array($0.positions.map(place)) })
        })
    }
  }
}

extension MapPaint {
  var json: JSONValue {
    .object([
      "fill": .optional(fill), "fillOpacity": .number(fillOpacity), "line": .optional(line),
      "lineWidth": .number(lineWidth), "isDashed": .boolean(isDashed),
    ])
  }
}
