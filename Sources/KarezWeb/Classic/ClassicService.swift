import HTTPTypes
import Hummingbird
import KarezCore
import KarezReport
import KarezService

/// 经典服务: the services of OGC from before its APIs, each at one address.
enum ClassicService: String, CaseIterable {
  case wms
  case wmts
  case wfs

  /// The service an address is of, if it is of one.
  init?(ofPath path: String) {
    let parts = path.split(separator: "/", maxSplits: 2)
    guard parts.count > 1, parts[0] == "ogc" else { return nil }
    self.init(rawValue: String(parts[1]))
  }

  var path: String { "/ogc/" + rawValue }

  /// The version spoken.
  var version: String {
    switch self {
    case .wms: "1.3.0"
    case .wmts: "1.0.0"
    case .wfs: "2.0.0"
    }
  }

  /// Codes of the standards that a problem's own code may be.
  private static let codes: Set<String> = [
    "InvalidCRS", "InvalidFormat", "InvalidPoint", "InvalidParameterValue", "LayerNotDefined",
    "LayerNotQueryable", "MissingParameterValue", "OperationNotSupported", "StyleNotDefined",
    "TileOutOfRange", "VersionNegotiationFailed", "InvalidDimensionValue", "OptionNotSupported",
  ]

  /// An error as programs of the service read it.
  func report(_ problem: Problem, _ status: HTTPResponse.Status, in language: Language) -> Response
  {
    let (what, remedy) = (problem.what[language], problem.remedy[language])
    let text = remedy.isEmpty ? what : what + (language == .zh ? "；" : "; ") + remedy
    let code = code(of: problem, status)
    let node: XMLNode
    if self == .wms {
      var attributes: [(name: String, value: String)] = []
      if let code { attributes.append(("code", code)) }
      if !problem.place.isEmpty { attributes.append(("locator", problem.place)) }
      node = XMLNode(
        "ServiceExceptionReport",
        [("version", version), ("xmlns", "http://www.opengis.net/ogc")]
      ) {
        XMLNode("ServiceException", attributes, text: text)
      }
    } else {
      var attributes = [(name: "exceptionCode", value: code ?? "NoApplicableCode")]
      if !problem.place.isEmpty { attributes.append(("locator", problem.place)) }
      node = XMLNode(
        "ows:ExceptionReport",
        [
          ("version", self == .wfs ? "2.0.0" : "1.1.0"), ("xml:lang", language.rawValue),
          ("xmlns:ows", "http://www.opengis.net/ows/1.1"),
        ]
      ) {
        XMLNode("ows:Exception", attributes) { XMLNode("ows:ExceptionText", text: text) }
      }
    }
    return .xml(node, status)
  }

  private func code(of problem: Problem, _ status: HTTPResponse.Status) -> String? {
    if Self.codes.contains(problem.code) { return problem.code }
    switch status.code {
    case 404: return self == .wms ? "LayerNotDefined" : "InvalidParameterValue"
    case 400, 422: return self == .wms ? nil : "InvalidParameterValue"
    default: return nil
    }
  }
}

extension Response {
  static func xml(
    _ node: XMLNode, _ status: HTTPResponse.Status = .ok, type: String = "text/xml; charset=utf-8"
  ) -> Response {
    .bytes(Array(node.document.utf8), type: type, status)
  }
}

/// Why a request to a classic service is refused, by the code its standard has for it.
struct ClassicFault: Error, Hashable {
  let code: String
  let place: String
  let zh: String
  let en: String
  var status = 400

  var problem: Problem {
    Problem(
      status == 404 ? .notFound : .usage, code: code, place: place,
      what: LocalizedText(zh: zh, en: en), remedy: LocalizedText(zh: "", en: ""))
  }

  static func missing(_ name: String) -> ClassicFault {
    ClassicFault(
      code: "MissingParameterValue", place: name, zh: "缺少参数 \(name)",
      en: "the parameter \(name) is missing")
  }

  static func invalid(_ name: String) -> ClassicFault {
    ClassicFault(
      code: "InvalidParameterValue", place: name, zh: "参数 \(name) 无效",
      en: "the parameter \(name) is not understood")
  }

  static func format(_ name: String) -> ClassicFault {
    ClassicFault(
      code: "InvalidFormat", place: name, zh: "不提供这种格式", en: "the format is not offered")
  }

  static func noLayer(_ name: String) -> ClassicFault {
    ClassicFault(
      code: "LayerNotDefined", place: name, zh: "没有这个图层", en: "there is no such layer",
      status: 404)
  }

  static let request = ClassicFault(
    code: "OperationNotSupported", place: "request", zh: "不提供这个操作",
    en: "the operation is not offered")

  static let version = ClassicFault(
    code: "VersionNegotiationFailed", place: "version", zh: "不提供这个版本",
    en: "the version is not offered")
}
