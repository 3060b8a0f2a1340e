import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// WMTS 1.0.0 at `/ogc/wmts`, by parameters and by paths: the map in square pictures.
///
/// Every tile takes `TIME`, the valid day, and `RECORDED`, the commit.
struct WMTSRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/wmts", use: wmts)
    router.get("ogc/wmts/1.0.0/WMTSCapabilities.xml", use: capabilities)
    router.get(
      "ogc/wmts/1.0.0/{layer}/{style}/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}",
      use: resource)
  }

  @Sendable
  func wmts(_ request: Request, context: WebContext) async throws -> Response {
    let asked = try ClassicAsked(request)
    if let service = asked.text("service"), service.uppercased() != "WMTS" {
      throw ClassicFault.invalid("service")
    }
    switch try asked.required("request").lowercased() {
    case "getcapabilities": return try await document(asked, request, context)
    case "gettile":
      if let version = asked.text("version"), version != ClassicService.wmts.version {
        throw ClassicFault.version
      }
      // Programs for the national map service call pictures so.
      guard ["image/png", "tiles"].contains(asked.text("format")?.lowercased() ?? "image/png")
      else { throw ClassicFault.format("format") }
      return try await tile(
        asked,
        Place(
          layer: try asked.required("layer"), style: asked.text("style") ?? "default",
          set: try asked.required("tilematrixset"), matrix: try asked.required("tilematrix"),
          row: try asked.required("tilerow"), column: try asked.required("tilecol")),
        request, context)
    default: throw ClassicFault.request
    }
  }

  @Sendable
  func capabilities(_ request: Request, context: WebContext) async throws -> Response {
    try await document(try ClassicAsked(request), request, context)
  }

  @Sendable
  func resource(_ request: Request, context: WebContext) async throws -> Response {
    let parameters = context.parameters
    let place = Place(
      layer: try parameters.require("layer"), style: try parameters.require("style"),
      set: try parameters.require("tileMatrixSet"), matrix: try parameters.require("tileMatrix"),
      row: try parameters.require("tileRow"), column: try parameters.require("tileCol"))
    return try await tile(try ClassicAsked(request), place, request, context)
  }

  /// A tile as it is named.
  private struct Place {
    let layer: String
    let style: String
    let set: String
    let matrix: String
    let row: String
    var column: String
  }

  private func tile(
    _ asked: ClassicAsked, _ place: Place, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    guard place.style == "default" || place.style.isEmpty else {
      throw ClassicFault.invalid("style")
    }
    let column = place.column.hasSuffix(".png") ? String(place.column.dropLast(4)) : place.column
    guard
      let address = MatrixSetName.address(
        set: place.set, matrix: place.matrix, row: place.row, column: column)
    else {
      throw ClassicFault(
        code: "TileOutOfRange", place: "tilematrix", zh: "没有这块瓦片", en: "there is no such tile")
    }
    var order = PictureOrder(
      [place.layer], PictureFrame(address), asOf: try asked.asOf(try await portal.map.today()))
    order.language = asked.language
    return try await portal.picture(order, request, context)
  }

  private func document(
    _ asked: ClassicAsked, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    let summaries = try await portal.layersServed(in: context.visitor.scope)
    return .xml(
      WMTSCapabilities(portal, asked.language, OGCAddresses(request, context))
        .document(summaries))
  }
}

/// What WMTS says of itself to one reader.
///
/// - Source: OGC 07-057r7.
struct WMTSCapabilities {
  private let portal: Portal
  private let language: Language
  private let address: OGCAddresses
  private let words: MessageCatalogue

  init(_ portal: Portal, _ language: Language, _ address: OGCAddresses) {
    self.portal = portal
    self.language = language
    self.address = address
    words = portal.catalogues[language]
  }

  private var own: String { address.base + ClassicService.wmts.path }

  func document(_ layers: [DatasetSummary]) -> XMLNode {
    XMLNode(
      "Capabilities",
      [
        ("version", "1.0.0"), ("xmlns", "http://www.opengis.net/wmts/1.0"),
        ("xmlns:ows", "http://www.opengis.net/ows/1.1"),
        ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
      ]
    ) {
      XMLNode("ows:ServiceIdentification") {
        XMLNode("ows:Title", text: words.text("ogc_title"))
        XMLNode("ows:ServiceType", text: "OGC WMTS")
        XMLNode("ows:ServiceTypeVersion", text: "1.0.0")
      }
      XMLNode("ows:OperationsMetadata") {
        operation("GetCapabilities")
        operation("GetTile")
      }
      XMLNode("Contents") {
        for layer in layers { self.layer(layer) }
        for name in MatrixSetName.all { Self.matrixSet(name) }
      }
      XMLNode(
        "ServiceMetadataURL", [("xlink:href", own + "/1.0.0/WMTSCapabilities.xml")])
    }
  }

  private func operation(_ name: String) -> XMLNode {
    XMLNode("ows:Operation", [("name", name)]) {
      XMLNode("ows:DCP") {
        XMLNode("ows:HTTP") {
          XMLNode("ows:Get", [("xlink:href", own + "?")]) {
            XMLNode("ows:Constraint", [("name", "GetEncoding")]) {
              XMLNode("ows:AllowedValues") { XMLNode("ows:Value", text: "KVP") }
            }
          }
        }
      }
    }
  }

  private func layer(_ summary: DatasetSummary) -> XMLNode {
    let schema = summary.schema
    return XMLNode("Layer") {
      XMLNode("ows:Title", text: schema.title[language])
      if let entry = schema.entry { XMLNode("ows:Abstract", text: entry.summary[language]) }
      if let box = summary.extent {
        XMLNode("ows:WGS84BoundingBox") {
          XMLNode("ows:LowerCorner", text: "\(box.minX) \(box.minY)")
          XMLNode("ows:UpperCorner", text: "\(box.maxX) \(box.maxY)")
        }
      }
      XMLNode("ows:Identifier", text: schema.id.text)
      XMLNode("Style", [("isDefault", "true")]) {
        XMLNode("ows:Identifier", text: "default")
        XMLNode(
          "LegendURL",
          [
            ("format", WMSRoutes.png),
            (
              "xlink:href",
              address.base + ClassicService.wms.path
                + "?service=WMS&version=1.3.0&request=GetLegendGraphic&format=image/png&layer="
                + schema.id.text
            ),
          ])
      }
      XMLNode("Format", text: WMSRoutes.png)
      XMLNode("Dimension") {
        XMLNode("ows:Identifier", text: "TIME")
        XMLNode("Default", text: "current")
        XMLNode("Value", text: "current")
      }
      for name in MatrixSetName.all {
        XMLNode("TileMatrixSetLink") { XMLNode("TileMatrixSet", text: name.text) }
      }
      XMLNode(
        "ResourceURL",
        [
          ("format", WMSRoutes.png), ("resourceType", "tile"),
          (
            "template",
            own + "/1.0.0/\(schema.id)/default/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
              + "?TIME={TIME}"
          ),
        ])
    }
  }

  private static func matrixSet(_ name: MatrixSetName) -> XMLNode {
    let json = name.set.json
    let set = json["wellKnownScaleSet"]?.string
      .map {
        $0.replacing("http://www.opengis.net/def/wkss/OGC/1.0/", with: "urn:ogc:def:wkss:OGC:1.0:")
      }
    return XMLNode("TileMatrixSet") {
      XMLNode("ows:Identifier", text: name.text)
      XMLNode("ows:SupportedCRS", text: urn(of: name.set))
      if let set { XMLNode("WellKnownScaleSet", text: set) }
      for matrix in json["tileMatrices"]?.array ?? [] {
        Self.matrix(matrix, shift: name.shift)
      }
    }
  }

  private static func urn(of set: TileMatrixSet) -> String {
    switch set {
    case .webMercatorQuad: "urn:ogc:def:crs:EPSG::3857"
    case .worldCRS84Quad: "urn:ogc:def:crs:OGC:1.3:CRS84"
    case .cgcs2000Quad: "urn:ogc:def:crs:EPSG::4490"
    }
  }

  private static func matrix(_ json: JSONValue, shift: Int) -> XMLNode {
    func number(_ name: String) -> String { String(json[name]?.integer ?? 0) }
    let level = Int(json["id"]?.string ?? "") ?? 0
    let corner = (json["pointOfOrigin"]?.array ?? []).compactMap(\.double)
    return XMLNode("TileMatrix") {
      XMLNode("ows:Identifier", text: String(level + shift))
      XMLNode("ScaleDenominator", text: "\(json["scaleDenominator"]?.double ?? 0)")
      XMLNode("TopLeftCorner", text: corner.map(\.description).joined(separator: " "))
      XMLNode("TileWidth", text: number("tileWidth"))
      XMLNode("TileHeight", text: number("tileHeight"))
      XMLNode("MatrixWidth", text: number("matrixWidth"))
      XMLNode("MatrixHeight", text: number("matrixHeight"))
    }
  }
}
