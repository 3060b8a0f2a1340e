import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// 目录记录: what the catalogue says of one dataset, as a record of OGC API.
///
/// - Source: OGC API Records, part 1, `recordGeoJSON.yaml`.
struct CatalogueRecord {
  /// Of the catalogue itself.
  static let type = "application/ogc-catalog+json"
  static let id = "catalogue"
  static let recordClass = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
  /// What a record's resource is.
  static let kind = "dataset"

  let item: CatalogueItem
  let address: OGCAddresses
  let words: MessageCatalogue
  /// Titles of themes, from the top down to the dataset's own.
  let themes: [Theme]

  private var schema: DatasetSchema { item.summary.schema }
  var id: String { schema.id.text }
  var title: String { schema.title[words.language] }
  var place: String { address("/collections/\(Self.id)/items/" + Asked.escaped(id)) }

  /// Whether the dataset's land meets a box; what has no place is everywhere.
  func meets(_ box: BoundingBox) -> Bool {
    guard let extent = item.summary.extent else { return schema.geometry == .none }
    return extent.minX <= box.maxX && extent.maxX >= box.minX && extent.minY <= box.maxY
      && extent.maxY >= box.minY
  }

  /// `own` are links of the very answer; in a list a record has but its own address.
  func json(own: [OGCLink] = []) -> JSONValue {
    var properties: [String: JSONValue] = [
      "type": .string(Self.kind), "title": .string(title),
      "language": .object(["code": .string(words.language.rawValue)]),
      "keywords": .array(themes.map { .string($0.title[words.language]) }),
      "themes": .array([
        .object([
          "concepts": .array([.object(["id": .string(schema.theme)])]),
          "scheme": .string(address.base + "/api/v1/catalogue"),
        ])
      ]),
      "contacts": .array([
        .object([
          "organization": .string(schema.steward[words.language]),
          "roles": .array([.string("custodian")]),
        ])
      ]),
      "formats": .array(
        OGCFormat.allCases.map {
          .object(["name": .string($0.rawValue), "mediaType": .string($0.type)])
        }),
      "features": .integer(Int64(item.summary.features)),
      "classification": .string(schema.classification.rawValue),
    ]
    if let entry = schema.entry {
      properties["description"] = .string(entry.summary[words.language])
      properties["updateCycle"] = .string(entry.cycle.rawValue)
    }
    let own =
      own.isEmpty
      ? [OGCLink(relation: "self", type: "application/geo+json", address: place, title: title)]
      : own
    var members: [String: JSONValue] = [
      "id": .string(id), "type": .string("Feature"),
      "conformsTo": .array([.string(Self.recordClass)]), "time": time, "geometry": geometry,
      "properties": .object(properties), "links": .array((own + links).map(\.json)),
    ]
    if schema.geometry != .none { members["linkTemplates"] = .array([tiles]) }
    return .object(members)
  }

  /// From when on its newest state is valid.
  private var time: JSONValue {
    guard let day = item.summary.currentTo else { return .null }
    return .object(["interval": .array([.string(day.description), .string("..")])])
  }

  private var geometry: JSONValue {
    guard let box = item.summary.extent else { return .null }
    let ring = [
      (box.minX, box.minY), (box.maxX, box.minY), (box.maxX, box.maxY), (box.minX, box.maxY),
      (box.minX, box.minY),
    ]
    return .object([
      "type": .string("Polygon"),
      "coordinates": .array([.array(ring.map { .array([.number($0.0), .number($0.1)]) })]),
    ])
  }

  /// To the features, the tiles, the metadata, the files and the page for people.
  private var links: [OGCLink] {
    let items = address.collection(schema.id, "/items")
    func link(_ relation: String, _ type: String, _ place: String, _ title: String) -> OGCLink {
      OGCLink(relation: relation, type: type, address: place, title: title)
    }
    let files = OGCFormat.allCases.filter { $0.file != nil }.map { form in
      link(
        "enclosure", form.type, items + "?f=" + form.rawValue,
        words.text("ogc_download") + " · " + form.rawValue)
    }
    return [
      link(
        "collection", Self.type, address("/collections/" + Self.id), words.text("ogc_catalogue")),
      link("items", "application/geo+json", items, words.text("ogc_items")),
      link(
        "describedby", "application/xml",
        address.base + "/api/v1/catalogue/\(schema.id)/metadata.xml", "ISO 19115-3"),
      link(
        "about", "text/html", address.base + "/catalogue/\(schema.id)",
        words.text("place_catalogue")),
    ]
      + (schema.geometry == .none
        ? []
        : [
          link(
            OGCAddresses.tilesets, "application/json", address.collection(schema.id, "/tiles"),
            words.text("ogc_tiles"))
        ]) + files
  }

  private var tiles: JSONValue {
    .object([
      "rel": .string("item"), "type": .string(TileRoutes.type),
      "title": .string(words.text("ogc_tiles")),
      "uriTemplate": .string(
        address.collection(schema.id, "/tiles/WebMercatorQuad/")
          + "{tileMatrix}/{tileRow}/{tileCol}"),
    ])
  }
}
