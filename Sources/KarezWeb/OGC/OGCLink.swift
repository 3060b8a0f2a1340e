import HTTPTypes
import Hummingbird
import KarezCore

/// One link of a resource, as OGC API has it.
struct OGCLink: Hashable {
  let relation: String
  let type: String
  let address: String
  let title: String

  var json: JSONValue {
    .object([
      "rel": .string(relation), "type": .string(type), "href": .string(address),
      "title": .string(title),
    ])
  }
}

/// Whole addresses of resources under `/ogc`, by the name the server was asked under.
struct OGCAddresses {
  static let queryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
  static let schema = "http://www.opengis.net/def/rel/ogc/1.0/schema"
  static let conformance = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
  static let data = "http://www.opengis.net/def/rel/ogc/1.0/data"
  static let tilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
  static let processes = "http://www.opengis.net/def/rel/ogc/1.0/processes"
  static let jobs = "http://www.opengis.net/def/rel/ogc/1.0/job-list"
  static let catalogue = "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"
  static let tilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"

  /// Such as `http://127.0.0.1:8080`.
  let base: String
  private let asked: Asked

  init(_ request: Request, _ context: WebContext) {
    let authority = request.head.authority ?? ""
    // What a client makes up leads nowhere but to itself, and holds no sign of another language.
    let isPlain =
      !authority.isEmpty && authority.utf8.count <= 255
      && authority.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || ".:-[]".utf8.contains($0)
      }
    base = isPlain ? (context.caller.isSecure ? "https://" : "http://") + authority : ""
    asked = Asked(request)
  }

  func callAsFunction(_ path: String) -> String { base + "/ogc" + path }

  func collection(_ id: DatasetID, _ rest: String = "") -> String {
    base + "/ogc/collections/\(id)" + rest
  }

  func item(_ feature: String, of id: DatasetID) -> String {
    collection(id, "/items/" + Asked.escaped(feature))
  }

  /// The address asked for, in another form.
  func own(in format: OGCFormat) -> String {
    base + asked.address(setting: "f", to: format.rawValue)
  }

  /// Itself and the same in the other form of a page.
  func ownLinks(_ format: OGCFormat, json type: String = "application/json") -> [OGCLink] {
    [OGCFormat.json, .html].map { form in
      OGCLink(
        relation: form == format ? "self" : "alternate", type: form == .json ? type : form.type,
        address: own(in: form), title: form == .json ? "JSON" : "HTML")
    }
  }
}
