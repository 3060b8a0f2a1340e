import Foundation
import HTTPTypes
import Hummingbird
import KarezCore

/// 接口约定: what `openapi.json` says may be asked of `/api/v1`, and `ogc.json` of `/ogc`, held
/// against what is asked.
///
/// The description is the rule itself: a parameter it does not name is refused, and so is a value
/// its schema does not allow. A test compares its paths with the routes.
struct ApiContract: Sendable {
  struct Parameter: Sendable {
    let name: String
    let isRequired: Bool
    /// Whether naming it without a value is as not naming it.
    let mayBeEmpty: Bool
    let schema: JSONValue
  }

  /// Parameters of the address, by method and route.
  private let operations: [String: [Parameter]]
  /// What is held against its standard by the route itself, which reads over parameters it does not
  /// know and tells of others in its own form: operations the description marks `x-free`.
  private let free: Set<String>

  static let ogcFile = "ogc.json"

  /// - Errors: `Problem` of kind unavailable where the portal's folder lacks a description.
  init(portal: URL) throws(Problem) {
    var operations: [String: [Parameter]] = [:]
    var free: Set<String> = []
    for name in ["openapi.json", Self.ogcFile] {
      guard let data = FileManager.default.contents(atPath: portal.appending(path: name).path),
        let document = try? JSONValue(parsing: Array(data)),
        case .object(let paths)? = document["paths"]
      else { throw Assets.missing(name) }
      for (path, methods) in paths {
        guard case .object(let methods) = methods else { continue }
        for (method, operation) in methods {
          let parameters = operation["parameters"]?.array ?? []
          if operation["x-free"] == .boolean(true) { free.insert(method.uppercased() + " " + path) }
          operations[method.uppercased() + " " + path] = parameters.compactMap {
            Self.parameter($0, in: document)
          }
        }
      }
    }
    self.operations = operations
    self.free = free
  }

  /// Method and path of everything described.
  var described: [String] { operations.keys.sorted() }

  private static func parameter(_ stated: JSONValue, in document: JSONValue) -> Parameter? {
    var found = stated
    if let reference = stated["$ref"]?.string {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let shared = document["components"]?["parameters"]?[name] else { return nil }
      found = shared
    }
    guard found["in"]?.string == "query", let name = found["name"]?.string else { return nil }
    return Parameter(
      name: name, isRequired: found["required"] == .boolean(true),
      mayBeEmpty: found["allowEmptyValue"] == .boolean(true),
      schema: found["schema"] ?? .object([:]))
  }

  /// Which methods an address answers to; empty where it is not described.
  func methods(at path: String) -> [String] {
    let asked = path.split(separator: "/", omittingEmptySubsequences: false)
    let found = operations.keys.compactMap { operation -> (method: String, named: Int)? in
      let parts = operation.split(separator: " ")
      guard parts.count == 2 else { return nil }
      let route = parts[1].split(separator: "/", omittingEmptySubsequences: false)
      guard route.count == asked.count else { return nil }
      let isSame = zip(route, asked).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && !$1.isEmpty) }
      return isSame ? (parts[0].uppercased(), zip(route, asked).count { $0 == $1 }) : nil
    }
    // Where one route says more of the address in its own words, it is the one.
    let most = found.map(\.named).max()
    return found.filter { $0.named == most }.map(\.method).sorted()
  }

  /// Refuses an address that asks for what is not described, or twice for the same.
  func check(_ request: Request, route: String) throws(WebError) {
    let method = request.method == .head ? HTTPRequest.Method.get : request.method
    let operation = method.rawValue + " " + route
    guard let parameters = operations[operation], !free.contains(operation) else { return }
    var seen: Set<String> = []
    for (name, value) in Asked(request).parameters {
      guard seen.insert(name).inserted,
        let parameter = parameters.first(where: { $0.name == name }),
        parameter.mayBeEmpty && value.isEmpty || Self.isAllowed(value, by: parameter.schema)
      else { throw .fieldInvalid(name: String(name.prefix(64))) }
    }
    if let missing = parameters.first(where: { $0.isRequired && !seen.contains($0.name) }) {
      throw .fieldInvalid(name: missing.name)
    }
  }

  /// Whether a schema allows a value as it stands in an address.
  static func isAllowed(_ value: String, by schema: JSONValue) -> Bool {
    guard !value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return false
    }
    switch schema["type"]?.string {
    case "integer": return isInteger(value, by: schema)
    case "number":
      guard let number = Double(value), number.isFinite,
        value.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) })
      else { return false }
      return (schema["minimum"]?.double).map { number >= $0 } ?? true
    case "boolean": return ["true", "false"].contains(value)
    case "array": return isList(value, by: schema)
    default: return isText(value, by: schema)
    }
  }

  /// Values with commas between.
  private static func isList(_ value: String, by schema: JSONValue) -> Bool {
    let parts = value.split(separator: ",", omittingEmptySubsequences: false)
    if let least = schema["minItems"]?.integer, parts.count < least { return false }
    if let most = schema["maxItems"]?.integer, parts.count > most { return false }
    guard let items = schema["items"] else { return true }
    return parts.allSatisfy { isAllowed(String($0), by: items) }
  }

  private static func isInteger(_ value: String, by schema: JSONValue) -> Bool {
    guard let number = Int64(value), String(number) == value else { return false }
    if let least = schema["minimum"]?.integer, number < least { return false }
    if let most = schema["maximum"]?.integer, number > most { return false }
    return true
  }

  private static func isText(_ value: String, by schema: JSONValue) -> Bool {
    let count = Int64(value.unicodeScalars.count)
    if count < schema["minLength"]?.integer ?? 1 { return false }
    if let most = schema["maxLength"]?.integer, count > most { return false }
    if let allowed = schema["enum"]?.array, !allowed.contains(.string(value)) { return false }
    if schema["format"]?.string == "date", LegalDate(value) == nil { return false }
    guard let pattern = schema["pattern"]?.string else { return true }
    // Descriptions are ours; a pattern that is none allows nothing.
    guard let expression = try? Regex(pattern) else { return false }
    return value.wholeMatch(of: expression) != nil
  }
}
