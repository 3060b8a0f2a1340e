import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// OGC API Styles: `/ogc/styles`, how the packs draw each dataset, and all of them as one map.
///
/// - Source: OGC 20-009 (draft), Mapbox styles; each opens in MapLibre as it is.
struct OGCStyleRoutes: Sendable {
  static let conformance = [
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/mapbox-styles",
  ]
  static let type = "application/vnd.mapbox.style+json"
  /// The name of the style of all datasets; no dataset's, which begin with a letter.
  static let whole = "-"

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/styles", use: styles)
    router.get("ogc/styles/{styleId}", use: style)
    router.get("ogc/styles/{styleId}/metadata", use: metadata)
  }

  @Sendable
  func styles(_ request: Request, context: WebContext) async throws -> Response {
    let address = OGCAddresses(request, context)
    let language = Asked(request).language
    let layers = try await portal.layersServed(in: context.visitor.scope).map(\.schema)
    var entries = [(id: Self.whole, title: portal.catalogues[language].text("ogc_title"))]
    for layer in layers { entries.append((layer.id.text, layer.title[language])) }
    return .json(
      .object([
        "default": .string(Self.whole),
        "links": .array([
          OGCLink(
            relation: "self", type: "application/json", address: address("/styles"), title: "JSON"
          ).json
        ]),
        "styles": .array(
          entries.map { entry in
            .object([
              "id": .string(entry.id), "title": .string(entry.title),
              "links": .array([
                OGCLink(
                  relation: "stylesheet", type: Self.type, address: address("/styles/" + entry.id),
                  title: entry.title
                ).json,
                OGCLink(
                  relation: "describedby", type: "application/json",
                  address: address("/styles/\(entry.id)/metadata"), title: entry.title
                ).json,
              ]),
            ])
          }),
      ]))
  }

  @Sendable
  func style(_ request: Request, context: WebContext) async throws -> Response {
    let address = OGCAddresses(request, context)
    let language = Asked(request).language
    let (id, schemas) = try await named(context)
    let title =
      id == Self.whole
      ? portal.catalogues[language].text("ogc_title") : schemas[0].title[language]
    let legend = LayerLegend(portal.map)
    var sources: [String: JSONValue] = [:]
    var layers: [JSONValue] = []
    for schema in schemas {
      sources[schema.id.text] = Self.source(schema, address)
      layers += Self.layers(schema, legend.style(of: schema.id))
    }
    return .json(
      .object([
        "version": .integer(8), "name": .string(title), "id": .string(id),
        "sources": .object(sources), "layers": .array(layers),
      ]), type: Self.type)
  }

  @Sendable
  func metadata(_ request: Request, context: WebContext) async throws -> Response {
    let address = OGCAddresses(request, context)
    let language = Asked(request).language
    let (id, schemas) = try await named(context)
    let title =
      id == Self.whole
      ? portal.catalogues[language].text("ogc_title") : schemas[0].title[language]
    return .json(
      .object([
        "id": .string(id), "title": .string(title), "scope": .string("style"),
        "stylesheets": .array([
          .object([
            "title": .string("Mapbox Style"), "version": .string("8"),
            "specification": .string("https://maplibre.org/maplibre-style-spec/"),
            "native": .boolean(true),
            "link": OGCLink(
              relation: "stylesheet", type: Self.type, address: address("/styles/" + id),
              title: title
            ).json,
          ])
        ]),
        "layers": .array(
          schemas.map {
            .object(["id": .string($0.id.text), "type": .string($0.geometry.rawValue)])
          }),
      ]))
  }

  /// The datasets of a style, the lowest first.
  private func named(_ context: WebContext) async throws -> (id: String, [DatasetSchema]) {
    let id = try context.parameters.require("styleId")
    let schemas = try await portal.layersServed(in: context.visitor.scope).map(\.schema)
    guard id != Self.whole else { return (id, schemas) }
    guard let schema = schemas.first(where: { $0.id.text == id }) else {
      throw WebError.notFound
    }
    return (id, [schema])
  }

  // MARK: Parts of a style

  private static func source(_ schema: DatasetSchema, _ address: OGCAddresses) -> JSONValue {
    .object([
      "type": .string("vector"), "minzoom": .integer(0),
      // Beyond, what was drawn last is drawn larger.
      "maxzoom": .integer(Int64(TileMatrixSet.mostLevels - 1)),
      "tiles": .array([
        .string(address.collection(schema.id, "/tiles/WebMercatorQuad/{z}/{y}/{x}"))
      ]),
    ])
  }

  private static func layers(_ schema: DatasetSchema, _ style: LayerStyle?) -> [JSONValue] {
    let stated = style.flatMap { try? JSONValue(parsing: Array($0.text.utf8)) }?.array
    return (stated ?? [plain(schema)]).enumerated().compactMap { place, layer in
      guard case .object(var members) = layer else { return nil }
      members["source"] = .string(schema.id.text)
      members["source-layer"] = .string(schema.id.text)
      // Names of several packs' layers may be the same.
      members["id"] = .string("\(schema.id) \(place + 1)")
      return .object(members)
    }
  }

  /// What stands for a style where a pack has none.
  private static func plain(_ schema: DatasetSchema) -> JSONValue {
    let paint = LayerStyle.plain(schema.geometry)
    guard schema.geometry == .point else {
      return .object([
        "type": .string("line"),
        "paint": .object([
          "line-color": .string(paint.line ?? ""), "line-width": .number(paint.lineWidth),
        ]),
      ])
    }
    return .object([
      "type": .string("circle"),
      "paint": .object([
        "circle-color": .string(paint.fill ?? ""), "circle-radius": .integer(5),
        "circle-stroke-color": .string(paint.line ?? ""), "circle-stroke-width": .integer(1),
      ]),
    ])
  }
}
