import Foundation
import KarezCore
import TestSupport

@testable import KarezWeb

/// An address, or a form, in which a star stands behind every value that a reader may change.
struct Injectable: Hashable, Sendable, CustomStringConvertible {
  let address: String
  var form: String?

  var description: String { form.map { "\(address) \($0)" } ?? address }
  /// Whether applicants ask it, not officers.
  var isApplicants: Bool { address.hasPrefix("/my") || address.hasPrefix("/join") }

  /// Whether only a condition is tried: that a true one and a false one are answered differently is
  /// what it is there for, and all that blind guessing by them finds.
  var isCondition: Bool { address.contains(/[?&]filter=[^&*]*\*/) }

  /// Its condition apart from all else.
  private var parted: [Injectable] {
    guard isCondition else { return [self] }
    let rest = address.replacing(/([?&]filter=[^&*]*)\*/) { $0.output.1 }
    let alone = address.replacing("*", with: "")
      .replacing(/[?&]filter=[^&]*/) { $0.output + "*" }
    return [Injectable(address: alone)] + (rest.contains("*") ? [Injectable(address: rest)] : [])
  }

  /// Every parameter that is described, every page of the access matrix that takes one, every form.
  ///
  /// `names` stand for what the matrix's map has: a case, an account, a draft.
  static func all(_ names: [String: String] = [:]) throws -> [Injectable] {
    var seen: Set<String> = []
    return try (described() + pages(names) + forms(names)).filter { injectable in
      let names = injectable.description.split(separator: /[?&\s]/).map { part in
        part.prefix { $0 != "=" }
      }
      return seen.insert(names.joined(separator: " ")).inserted
    }.flatMap(\.parted)
  }

  /// What a parameter without bounds of its own is asked with.
  private static let values = [
    "after": "a", "answer": "none", "answers": "none", "area": String(repeating: "a", count: 32),
    "bbox": "99,29,101,31", "by": "name", "chain": "construction", "code": "2025",
    "county": "653101", "crs": "EPSG:4490", "cursor": "a", "dataset": "matrix-public",
    "datetime": "2025-06-01",
    "document": "boundary", "draft": "none", "externalIds": "a",
    "feature": "canary_public_653101_id", "filter": "name%3D%27a%27", "id": "matrix-public",
    "ids": "matrix-public", "jobId": "abc", "kind": "annual-plan-quota", "layer": "matrix-public",
    "layers": "matrix-public", "line": "100,30,100.01,30", "name": "none", "number": "YD1",
    "pack": "administrative-procedure", "part": "any", "processID": "diff", "project": "2025",
    "procedure": "administrative-procedure/site-selection", "properties": "name",
    "purpose": "audit",
    "propertyname": "name", "q": "a", "query_layers": "matrix-public", "reason": "a",
    "record": "matrix-public", "region": "653101", "resourceid": "matrix-public.1", "search": "a",
    "sortby": "name", "srsname": "EPSG:4490", "stage": "a", "clock": "a",
    "styleId": "matrix-public",
    "styles": "default", "theme": "survey", "type": "dataset", "typenames": "matrix-public",
    "units": "matrix-public", "version": "1.0.0", "bgcolor": "0xffffff", "year": "2025",
  ]

  private static func described() throws -> [Injectable] {
    var all: [Injectable] = []
    for file in ["openapi.json", "ogc.json"] {
      let url = Places.repository.appending(path: "Portal/\(file)")
      let document = try JSONValue(parsing: [UInt8](Data(contentsOf: url)))
      guard case .object(let paths) = document["paths"] else { continue }
      for (path, methods) in paths.sorted(by: { $0.key < $1.key }) {
        guard let get = methods["get"] else { continue }
        var address = path
        var query: [String] = []
        for parameter in (methods["parameters"]?.array ?? []) + (get["parameters"]?.array ?? []) {
          let parameter =
            parameter["$ref"]?.string.flatMap {
              document["components"]?["parameters"]?[String($0.split(separator: "/").last ?? "")]
            } ?? parameter
          guard let name = parameter["name"]?.string, let place = parameter["in"]?.string else {
            continue
          }
          // Language and purpose are read in one place for every address: once is enough.
          let isEverywhere = ["lang", "language", "purpose"].contains(name)
          guard place != "header", !isEverywhere || path == "/api/v1/datasets" else { continue }
          let value = try value(name, parameter["schema"]) + "*"
          if place == "path" {
            address = address.replacing("{\(name)}", with: value)
          } else {
            query.append("\(name)=\(value)")
          }
        }
        if !query.isEmpty { address += "?" + query.joined(separator: "&") }
        if address.contains("*") { all.append(Injectable(address: address)) }
      }
    }
    return all
  }

  private static func value(_ name: String, _ schema: JSONValue?) throws -> String {
    if let choices = schema?["enum"]?.array, let first = choices.first?.string {
      return first.replacing(" ", with: "%20").replacing("+", with: "%2B")
    }
    if let standard = schema?["default"]?.string { return standard }
    if let value = values[name] { return value }
    switch (schema?["type"]?.string, schema?["format"]?.string) {
    case ("integer", _), ("number", _): return "\(max(1, schema?["minimum"]?.integer ?? 1))"
    case ("boolean", _): return "true"
    case (_, "date"): return "2025-06-01"
    case ("array", _): return try value(name, schema?["items"])
    default: throw Unknown(parameter: name)
    }
  }

  struct Unknown: Error { let parameter: String }

  private static func pages(_ names: [String: String]) -> [Injectable] {
    AccessChannel.all.filter { $0.key.hasPrefix("GET ") }.sorted { $0.key < $1.key }
      .flatMap(\.value).flatMap(\.paths).filter { !$0.hasPrefix("/sign-in/directory") }
      .map { path in
        let parts = path.split(separator: "?", maxSplits: 1)
        let place = filled(String(parts[0]), names, with: "*")
        guard parts.count == 2 else { return Injectable(address: place) }
        let query = filled(String(parts[1]), names, with: "")
        return Injectable(address: place + "?" + starred(query[...]))
      }
      .filter { $0.address.contains("*") }
  }

  private static func forms(_ names: [String: String]) -> [Injectable] {
    AccessChannel.all.sorted { $0.key < $1.key }.flatMap(\.value).compactMap { channel in
      guard case .sent(let address, AccessChannel.form, let body) = channel, !body.isEmpty else {
        return nil
      }
      return Injectable(address: filled(address, names, with: ""), form: starred(body[...]))
    }
  }

  private static func filled(
    _ path: String, _ names: [String: String], with mark: String
  ) -> String {
    let known = names.merging([
      "{dataset}": "matrix-public", "{attribute}": "name",
      "{feature}": "canary_public_653101_id",
    ]) { $1 }
    let whole = known.reduce(path) { $0.replacing($1.key, with: $1.value + mark) }
    return whole.replacing(/\{[a-z]+\}/, with: "none" + mark)
  }

  /// A star behind every value but the language's.
  private static func starred(_ query: Substring) -> String {
    query.split(separator: "&").map { $0.hasPrefix("lang=") ? String($0) : "\($0)*" }
      .joined(separator: "&")
  }
}
