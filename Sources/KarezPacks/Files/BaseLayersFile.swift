import KarezCore

/// Reads `base-layers.yaml`.
struct BaseLayersFile {
  private(set) var layers: [BaseLayers.Layer] = []
  private(set) var faults: [PackFault] = []

  private static let mostZoom = 19

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let nodes = fields.list("layers")
    faults += fields.finish()
    for node in nodes { readLayer(node) }
  }

  private mutating func readLayer(_ node: PackNode) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let kind = fields.text("kind")
    let url = fields.text("url")
    let attribution = fields.text("attribution")
    let maxZoom = fields.optionalCount("maxZoom") ?? Self.mostZoom
    var template: String?
    if let kind, let url {
      switch kind {
      case "xyz": template = Self.isTemplate(url) ? url : nil
      case "wmts": template = Self.template(of: &fields, at: url)
      default: break
      }
    }
    let origin = url.flatMap(Self.origin)
    if let url, template == nil || origin == nil {
      fields.add(.notText(key: "url: " + url.prefix(80)))
    }
    // It stands in addresses of the map, a comma between two of them.
    if let id,
      id == "none" || !id.allSatisfy(Self.isOfAddress) || layers.contains(where: { $0.id == id })
    {
      fields.add(.notText(key: "id: " + id.prefix(80)))
    }
    let own = fields.finish()
    faults += own
    guard own.isEmpty, let id, let title, let template, let attribution, let origin else { return }
    layers.append(
      BaseLayers.Layer(
        id: id, title: title, template: template, attribution: attribution,
        maxZoom: min(maxZoom, 22), origin: origin))
  }

  private static func isOfAddress(_ character: Character) -> Bool {
    character.isASCII && (character.isLowercase || character.isNumber || character == "-")
  }

  private static func isTemplate(_ url: String) -> Bool {
    ["{z}", "{x}", "{y}"].allSatisfy(url.contains)
  }

  /// The address of a tile by parameters, as WMTS has it.
  private static func template(of fields: inout PackFields, at url: String) -> String? {
    guard let layer = fields.text("layer"), let set = fields.text("matrixSet") else { return nil }
    let style = fields.optionalText("style") ?? "default"
    let format = fields.optionalText("format") ?? "image/png"
    return url + (url.contains("?") ? "&" : "?")
      + "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=\(layer)&STYLE=\(style)"
      + "&TILEMATRIXSET=\(set)&FORMAT=\(format)&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
  }

  /// Scheme, host and port of an address that a page's policy may name; nil for anything else.
  static func origin(_ url: String) -> String? {
    let scheme = url.hasPrefix("https://") ? "https://" : url.hasPrefix("http://") ? "http://" : ""
    guard !scheme.isEmpty else { return nil }
    let host = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
    // Nothing but a host and a port may reach the policy.
    let isPlain = host.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || ".:-".utf8.contains($0)
    }
    return host.isEmpty || !isPlain ? nil : scheme + host
  }
}
