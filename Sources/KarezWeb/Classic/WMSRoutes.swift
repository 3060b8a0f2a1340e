import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// WMS 1.3.0 at `/ogc/wms`: pictures of the map, what stands at a pixel, and legends.
///
/// Every picture takes `TIME`, the valid day, and `RECORDED`, the commit.
struct WMSRoutes: Sendable {
  static let png = "image/png"
  static let infoFormats = ["application/json", "application/geo+json", "text/html"]

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/wms", use: wms)
  }

  @Sendable
  func wms(_ request: Request, context: WebContext) async throws -> Response {
    let asked = try ClassicAsked(request)
    if let service = asked.text("service"), service.uppercased() != "WMS" {
      throw ClassicFault.invalid("service")
    }
    let operation = try asked.required("request").lowercased()
    if operation != "getcapabilities" {
      let version = try asked.required("version")
      guard version == ClassicService.wms.version else { throw ClassicFault.version }
    }
    switch operation {
    case "getcapabilities":
      let summaries = try await portal.layersServed(in: context.visitor.scope)
      return .xml(
        WMSCapabilities(portal, asked.language, OGCAddresses(request, context)).document(summaries))
    case "getmap": return try await map(asked, request, context)
    case "getfeatureinfo": return try await info(asked, context)
    case "getlegendgraphic": return try await legend(asked, context)
    default: throw ClassicFault.request
    }
  }

  // MARK: Pictures

  private func map(
    _ asked: ClassicAsked, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    guard try asked.required("format").lowercased() == Self.png else {
      throw ClassicFault.format("format")
    }
    let (frame, names) = try frame(asked)
    let asOf = try asked.asOf(try await portal.map.today())
    try Self.checkStyles(asked, names.count)
    var order = PictureOrder(names, frame, asOf: asOf)
    order.language = asked.language
    if asked.text("transparent")?.uppercased() != "TRUE" {
      order.background = try Self.background(asked)
    }
    return try await portal.picture(order, request, context)
  }

  /// The frame and the layers of `GetMap`, which `GetFeatureInfo` repeats.
  private func frame(
    _ asked: ClassicAsked
  ) throws -> (frame: PictureFrame, layers: [String]) {
    let limits = portal.limits.pictures
    guard let layers = asked.list("layers") else { throw ClassicFault.missing("layers") }
    guard layers.count <= limits.mostLayers else { throw ClassicFault.invalid("layers") }
    guard let crs = ClassicCRS(named: try asked.required("crs")) else {
      throw ClassicFault(
        code: "InvalidCRS", place: "crs", zh: "不提供这个坐标系",
        en: "the coordinate system is not offered")
    }
    guard let (box, _) = try asked.box("bbox") else { throw ClassicFault.missing("bbox") }
    guard let width = try asked.whole("width", in: 1...limits.mostSide) else {
      throw ClassicFault.missing("width")
    }
    guard let height = try asked.whole("height", in: 1...limits.mostSide) else {
      throw ClassicFault.missing("height")
    }
    guard width * height <= limits.mostPixels else { throw ClassicFault.invalid("width") }
    let eastFirst = crs.eastFirst(box)
    guard
      let frame = PictureFrame(crs.system, eastFirst, width: width, height: height)
    else { throw ClassicFault.invalid("bbox") }
    return (frame, layers)
  }

  /// Each layer has the one style its pack has for it.
  private static func checkStyles(_ asked: ClassicAsked, _ layers: Int) throws(ClassicFault) {
    let styles = asked.list("styles") ?? []
    guard styles.allSatisfy({ $0.isEmpty || $0 == "default" }), styles.count <= max(1, layers)
    else {
      throw ClassicFault(
        code: "StyleNotDefined", place: "styles", zh: "没有这个样式", en: "there is no such style")
    }
  }

  private static func background(_ asked: ClassicAsked) throws(ClassicFault) -> String {
    guard let text = asked.text("bgcolor") else { return "#ffffff" }
    let digits = text.dropFirst(2)
    guard text.lowercased().hasPrefix("0x"), digits.utf8.count == 6,
      digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { throw .invalid("bgcolor") }
    return "#" + digits.lowercased()
  }

  // MARK: What stands at a pixel

  private func info(_ asked: ClassicAsked, _ context: WebContext) async throws -> Response {
    let (frame, _) = try frame(asked)
    let limits = portal.limits.pictures
    guard let names = asked.list("query_layers") else { throw ClassicFault.missing("query_layers") }
    guard names.count <= limits.mostLayers else { throw ClassicFault.invalid("query_layers") }
    let format = asked.text("info_format")?.lowercased() ?? Self.infoFormats[0]
    guard Self.infoFormats.contains(format) else { throw ClassicFault.format("info_format") }
    let limit = try asked.whole("feature_count", in: 1...limits.mostFound) ?? 1
    guard let i = try asked.whole("i", in: 0...frame.width - 1),
      let j = try asked.whole("j", in: 0...frame.height - 1)
    else {
      throw ClassicFault(
        code: "InvalidPoint", place: "i", zh: "I、J 须在图片之内", en: "I and J lie in the picture")
    }
    let asOf = try asked.asOf(try await portal.map.today())
    let schemas = try await portal.servedSchemas(names, in: context.visitor.scope)
    let scope = context.visitor.scope
    let found = try await portal.work.run {
      var found: [SeenFeatures] = []
      for schema in schemas {
        let query = try portal.map.query(at: (i, j), of: frame, schema, asOf: asOf)
        var versions: [FeatureVersion] = []
        _ = try await portal.map.eachItem(query, after: nil, limit: limit, in: scope) {
          version throws(Problem) in
          versions.append(version)
          return true
        }
        found.append(SeenFeatures(schema: schema, versions: versions))
      }
      return found
    }
    return try SeenFeatures.answer(found, as: format, in: asked.language)
  }

  // MARK: Legends

  private func legend(_ asked: ClassicAsked, _ context: WebContext) async throws -> Response {
    let name = try asked.required("layer")
    guard (asked.text("format")?.lowercased() ?? Self.png) == Self.png else {
      throw ClassicFault.format("format")
    }
    guard
      let schema = try await portal.servedSchemas([name], in: context.visitor.scope).first
    else { throw ClassicFault.noLayer("layer") }
    let entries = LayerLegend(portal.map).entries(for: schema)
      .map { ($0.title[asked.language], $0.paint) }
    return .bytes(LegendPicture.png(entries, of: schema.geometry), type: Self.png)
  }
}

/// The features of a dataset that a picture shows at a pixel.
struct SeenFeatures: Sendable {
  let schema: DatasetSchema
  let versions: [FeatureVersion]

  static func answer(
    _ found: [SeenFeatures], as format: String, in language: Language
  ) throws -> Response {
    guard format == "text/html" else {
      return .bytes(try geoJSON(found), type: format)
    }
    let page = html(found, in: language).document.split(separator: "\n").dropFirst()
    return .html("<!DOCTYPE html>\n" + page.joined(separator: "\n"))
  }

  /// One collection; each feature says in `layer` where it is from.
  private static func geoJSON(_ found: [SeenFeatures]) throws -> [UInt8] {
    var features: [JSONValue] = []
    for seen in found {
      for version in seen.versions {
        var writer = try ItemsWriter(seen.schema, in: .crs84, hasGeometry: false)
        try writer.write(
          version, ["layer": .string(seen.schema.id.text), "type": .string("Feature")])
        features.append(try JSONValue(parsing: writer.bytes))
      }
    }
    return Array(
      JSONValue.object(["type": .string("FeatureCollection"), "features": .array(features)])
        .canonicalText.utf8)
  }

  private static func html(_ found: [SeenFeatures], in language: Language) -> XMLNode {
    XMLNode("html", [("lang", language.rawValue), ("dir", language == .ug ? "rtl" : "ltr")]) {
      XMLNode("head") {
        XMLNode("meta", [("charset", "utf-8")])
        XMLNode("title", text: "GetFeatureInfo")
      }
      XMLNode("body") {
        for seen in found where !seen.versions.isEmpty {
          XMLNode("h2", text: seen.schema.title[language])
          for version in seen.versions {
            XMLNode("table") {
              for (title, value) in seen.lines(of: version, in: language) {
                XMLNode("tr") {
                  XMLNode("th", text: title)
                  XMLNode("td", text: value)
                }
              }
            }
          }
        }
      }
    }
  }

  private func lines(
    of version: FeatureVersion, in language: Language
  ) -> [(String, String)] {
    Queryable.all(of: schema).compactMap { queryable in
      guard case .value(let property, _) = queryable.kind else { return nil }
      let value = version.value(of: property)
      return value == .null ? nil : (queryable.title[language], value.plainText)
    }
  }
}

extension FeatureVersion {
  /// What it states of something there is to ask about.
  func value(of property: FilterProperty) -> AttributeValue {
    switch property {
    case .attribute(let name): feature.attributes[name] ?? .null
    case .validFrom: .date(validity.from)
    case .validUntil: validity.until.map(AttributeValue.date) ?? .null
    case .recordedFrom: .integer(Int64(recordedFrom.value))
    case .statutoryArea: statutoryArea.map { .text($0.text) } ?? .null
    }
  }
}

extension AttributeValue {
  /// As a text without signs of any language; empty for what is not stated.
  var plainText: String {
    switch self {
    case .null: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number): number.isFinite ? number.description : ""
    case .boolean(let claim): claim ? "true" : "false"
    case .date(let day): day.description
    }
  }
}
