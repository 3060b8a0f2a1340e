import HTTPTypes
import Hummingbird
import KarezCore
import KarezService
import KarezTiles

/// OGC API Tiles: `/ogc/tileMatrixSets`, and under `/ogc/collections/{id}/tiles` the tiles.
///
/// Every tile takes `datetime`, the valid day, and `recorded`, the commit.
struct TileRoutes: Sendable {
  static let type = "application/vnd.mapbox-vector-tile"
  /// What these routes conform to.
  static let conformance = [
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/datetime",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
  ]

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/tileMatrixSets", use: matrixSets)
    router.get("ogc/tileMatrixSets/{tileMatrixSetId}", use: matrixSet)
    router.get("ogc/collections/{id}/tiles", use: tilesets)
    router.get("ogc/collections/{id}/tiles/{tileMatrixSetId}", use: tileset)
    router.get(
      "ogc/collections/{id}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", use: tile)
  }

  // MARK: Matrix sets

  @Sendable
  func matrixSets(_ request: Request, context: WebContext) async throws -> Response {
    let base = Self.base(request, context)
    return .json(
      .object([
        "tileMatrixSets": .array(
          TileMatrixSet.allCases.map { set in
            .object([
              "id": .string(set.id), "title": .string(set.title[Asked(request).language]),
              "uri": .optional(set.uri),
              "links": .array([
                Self.link("self", base + "/ogc/tileMatrixSets/" + set.id)
              ]),
            ])
          })
      ]))
  }

  @Sendable
  func matrixSet(_ request: Request, context: WebContext) async throws -> Response {
    return .json(try Self.set(context).json)
  }

  private static func set(_ context: WebContext) throws -> TileMatrixSet {
    guard let set = TileMatrixSet(rawValue: try context.parameters.require("tileMatrixSetId"))
    else { throw WebError.notFound }
    return set
  }

  // MARK: Tilesets

  @Sendable
  func tilesets(_ request: Request, context: WebContext) async throws -> Response {
    let schema = try await schema(context)
    let place = Self.base(request, context) + "/ogc/collections/\(schema.id)/tiles"
    return .json(
      .object([
        "links": .array([Self.link("self", place)]),
        "tilesets": .array(
          TileMatrixSet.allCases.map { Self.tileset(schema, $0, request, context) }),
      ]))
  }

  @Sendable
  func tileset(_ request: Request, context: WebContext) async throws -> Response {
    let schema = try await schema(context)
    let set = try Self.set(context)
    guard Asked(request).text("f") == "tilejson" else {
      return .json(Self.tileset(schema, set, request, context))
    }
    let place = Self.base(request, context) + "/ogc/collections/\(schema.id)/tiles/" + set.id
    let fields = portal.map.tileFields(of: schema)
    return .json(
      .object([
        "tilejson": .string("3.0.0"), "name": .string(schema.title[Asked(request).language]),
        "scheme": .string("xyz"), "minzoom": .integer(0),
        "maxzoom": .integer(Int64(TileMatrixSet.mostLevels)),
        "tiles": .array([.string(place + "/{z}/{y}/{x}")]),
        "vector_layers": .array([
          .object([
            "id": .string(schema.id.text),
            "fields": .object(
              Dictionary((["id"] + fields.all).map { ($0, .string("String")) }) { first, _ in first
              }
            ),
          ])
        ]),
      ]))
  }

  private static func tileset(
    _ schema: DatasetSchema, _ set: TileMatrixSet, _ request: Request, _ context: WebContext
  ) -> JSONValue {
    let base = base(request, context)
    let place = base + "/ogc/collections/\(schema.id)/tiles/" + set.id
    var item = link("item", place + "/{tileMatrix}/{tileRow}/{tileCol}", type: type)
    if case .object(var members) = item {
      members["templated"] = .boolean(true)
      item = .object(members)
    }
    let scheme = base + "/ogc/tileMatrixSets/" + set.id
    return .object([
      "title": .string(schema.title[Asked(request).language]), "dataType": .string("vector"),
      "crs": set.json["crs"] ?? .null, "tileMatrixSetURI": .string(set.uri ?? scheme),
      "links": .array([
        link("self", place), item,
        link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", scheme),
        link("alternate", place + "?f=tilejson"),
      ]),
    ])
  }

  private func schema(_ context: WebContext) async throws -> DatasetSchema {
    let name = try context.parameters.require("id")
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    guard let schema = schemas.first(where: { $0.id.text == name && $0.geometry != .none }) else {
      throw WebError.notFound
    }
    return schema
  }

  // MARK: Tiles

  @Sendable
  func tile(_ request: Request, context: WebContext) async throws -> Response {
    let parameters = context.parameters
    guard
      let address = TileAddress(
        set: try parameters.require("tileMatrixSetId"),
        matrix: try parameters.require("tileMatrix"), row: try parameters.require("tileRow"),
        column: try parameters.require("tileCol"))
    else { throw WebError.notFound }
    let asked = Asked(request)
    let today = try await portal.map.today()
    let recorded = try asked.commit("recorded") ?? today.recorded
    guard recorded <= today.recorded else { throw WebError.fieldInvalid(name: "recorded") }
    let asOf = AsOf(
      validOn: try OGCAsked(request).day(today.validOn), recorded: recorded)
    let known = request.headers[.ifNoneMatch].map(Self.tags) ?? []
    let tile = try await portal.map.tile(
      address, of: try parameters.require("id"), asOf: asOf, known: known,
      in: context.visitor.scope)
    // People look at what is drawn; a program takes it away, and with it all the square.
    if context.visitor.principal.token != nil, tile.content != nil, let ground = tile.ground {
      try await portal.map.count([ground], of: tile.dataset, to: context.visitor.actor)
    }
    let headers: HTTPFields = [
      .contentType: Self.type, .eTag: "\"" + tile.tag + "\"",
      .cacheControl: Keeping.of(isPublic: tile.isPublic),
    ]
    guard let content = tile.content else {
      return Response(status: .notModified, headers: headers)
    }
    if content.bytes.isEmpty { return Response(status: .noContent, headers: headers) }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: content.bytes)))
  }

  /// What stands between the quotes of each tag of a list, weak or not.
  static func tags(_ text: String) -> [String] {
    text.split(separator: ",").map { tag in
      let bare = tag.drop { $0 == " " }
      let strong = bare.hasPrefix("W/") ? bare.dropFirst(2) : bare
      return String(strong.drop { $0 == "\"" }.prefix { $0 != "\"" })
    }
  }

  // MARK: Addresses

  private static func base(_ request: Request, _ context: WebContext) -> String {
    OGCAddresses(request, context).base
  }

  private static func link(
    _ relation: String, _ address: String, type: String = "application/json"
  ) -> JSONValue {
    .object(["rel": .string(relation), "href": .string(address), "type": .string(type)])
  }
}
