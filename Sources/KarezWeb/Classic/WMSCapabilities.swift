import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezTiles

/// What WMS says of itself to one reader.
///
/// - Source: OGC 06-042, annex E.
struct WMSCapabilities {
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

  private var own: String { address.base + ClassicService.wms.path + "?" }

  func document(_ layers: [DatasetSummary]) -> XMLNode {
    XMLNode(
      "WMS_Capabilities",
      [
        ("version", "1.3.0"), ("xmlns", "http://www.opengis.net/wms"),
        ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        (
          "xsi:schemaLocation",
          "http://www.opengis.net/wms http://schemas.opengis.net/wms/1.3.0/capabilities_1_3_0.xsd"
        ),
      ]
    ) {
      service
      XMLNode("Capability") {
        XMLNode("Request") {
          operation("GetCapabilities", ["text/xml"])
          operation("GetMap", [WMSRoutes.png])
          operation("GetFeatureInfo", WMSRoutes.infoFormats)
        }
        XMLNode("Exception") { XMLNode("Format", text: "XML") }
        root(layers)
      }
    }
  }

  private var service: XMLNode {
    let limits = portal.limits.pictures
    return XMLNode("Service") {
      XMLNode("Name", text: "WMS")
      XMLNode("Title", text: words.text("ogc_title"))
      online(own)
      XMLNode("Fees", text: "none")
      XMLNode("AccessConstraints", text: "none")
      XMLNode("LayerLimit", text: String(limits.mostLayers))
      XMLNode("MaxWidth", text: String(limits.mostSide))
      XMLNode("MaxHeight", text: String(limits.mostSide))
    }
  }

  private func online(_ address: String) -> XMLNode {
    XMLNode("OnlineResource", [("xlink:type", "simple"), ("xlink:href", address)])
  }

  private func operation(_ name: String, _ formats: [String]) -> XMLNode {
    XMLNode(name) {
      for format in formats { XMLNode("Format", text: format) }
      XMLNode("DCPType") { XMLNode("HTTP") { XMLNode("Get") { online(own) } } }
    }
  }

  private func root(_ layers: [DatasetSummary]) -> XMLNode {
    let boxes = layers.compactMap(\.extent)
    let whole = boxes.first.map { boxes.dropFirst().reduce($0) { $0.union($1) } }
    return XMLNode("Layer") {
      XMLNode("Title", text: words.text("ogc_title"))
      for crs in ClassicCRS.all { XMLNode("CRS", text: crs.name) }
      for node in extent(whole) { node }
      for layer in layers { self.layer(layer) }
    }
  }

  private func extent(_ box: BoundingBox?) -> [XMLNode] {
    guard let box else { return [] }
    func text(_ number: Double) -> String { DecimalText.fixed(number, decimals: 9) }
    let (west, south, east, north) = (
      text(box.minX), text(box.minY), text(box.maxX), text(box.maxY)
    )
    let geographic = XMLNode("EX_GeographicBoundingBox") {
      XMLNode("westBoundLongitude", text: west)
      XMLNode("eastBoundLongitude", text: east)
      XMLNode("southBoundLatitude", text: south)
      XMLNode("northBoundLatitude", text: north)
    }
    return [geographic]
      + ClassicCRS.all.filter { $0.system == .degrees }.map { crs in
        let sides = crs.isNorthFirst ? [south, west, north, east] : [west, south, east, north]
        return XMLNode(
          "BoundingBox",
          [
            ("CRS", crs.name), ("minx", sides[0]), ("miny", sides[1]), ("maxx", sides[2]),
            ("maxy", sides[3]),
          ])
      }
  }

  private func layer(_ summary: DatasetSummary) -> XMLNode {
    let schema = summary.schema
    let zoom = LayerLegend(portal.map).style(of: schema.id)?.minimumZoom ?? 0
    let legend =
      own + "service=WMS&version=1.3.0&request=GetLegendGraphic&format=image/png&layer="
      + schema.id.text
    return XMLNode("Layer", [("queryable", "1")]) {
      XMLNode("Name", text: schema.id.text)
      XMLNode("Title", text: schema.title[language])
      if let entry = schema.entry { XMLNode("Abstract", text: entry.summary[language]) }
      for node in extent(summary.extent) { node }
      XMLNode(
        "Dimension", [("name", "time"), ("units", "ISO8601"), ("default", "current")],
        text: "current")
      XMLNode("Style") {
        XMLNode("Name", text: "default")
        XMLNode("Title", text: schema.title[language])
        XMLNode("LegendURL", [("width", "200"), ("height", "22")]) {
          XMLNode("Format", text: WMSRoutes.png)
          online(legend)
        }
      }
      if zoom > 0 {
        XMLNode(
          "MaxScaleDenominator",
          text: DecimalText.fixed(PictureFrame.scaleDenominator(ofZoom: zoom), decimals: 3))
      }
    }
  }
}
