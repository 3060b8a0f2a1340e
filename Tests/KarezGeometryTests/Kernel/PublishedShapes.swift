import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// Cases of other libraries, read where they lie; none of them is kept here.
enum PublishedShapes {
  static func folder(_ name: String) throws -> URL {
    try #require(Places.shared).appending(path: "data/geometry-cases").appending(path: name)
  }

  /// One case of JTS: two shapes as WKT, and operations with what they should give.
  struct JTSCase {
    struct Operation {
      /// In small letters, without the marks of an implementation.
      let name: String
      let startsWithB: Bool
      let pattern: String
      let result: String
    }

    let file: String
    let number: Int
    let a: String
    let b: String
    let operations: [Operation]
  }

  static func jtsFiles() throws -> [String] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder("jts-general").path)
    return files.filter { $0.hasSuffix(".xml") }.sorted()
  }

  static func jtsCases(of file: String) throws -> [JTSCase] {
    let text = try String(contentsOf: folder("jts-general").appending(path: file), encoding: .utf8)
    return text.split(separator: "<case>").dropFirst().enumerated().map { index, part in
      func body(_ tag: String) -> String {
        guard let open = part.range(of: "<\(tag)>"), let close = part.range(of: "</\(tag)>")
        else { return "" }
        return part[open.upperBound..<close.lowerBound]
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      let operations = part.matches(of: /<op\s([^>]*)>([^<]*)<\/op>/).map { match in
        let attributes = Dictionary(
          String(match.output.1).matches(of: /(\w+)\s*=\s*"([^"]*)"/).map {
            (String($0.output.1), String($0.output.2))
          }, uniquingKeysWith: { first, _ in first })
        return JTSCase.Operation(
          name: (attributes["name"] ?? "").lowercased(),
          startsWithB: attributes["arg1"]?.uppercased() == "B",
          pattern: attributes["arg3"] ?? "",
          result: match.output.2.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      return JTSCase(
        file: file, number: index + 1, a: body("a"), b: body("b"), operations: operations)
    }
  }

  /// The polygons of a text, nothing for points and lines; nil for what is no shape of ours.
  static func polygons(_ wkt: String) -> MultiPolygon? {
    guard case .polygons(let multi)? = try? Geometry(wkt: wkt) else { return nil }
    return multi
  }

  /// The area of a published result, whatever kinds of shape it is made of.
  static func area(_ wkt: String) -> Double? {
    if let geometry = try? Geometry(wkt: wkt) {
      guard case .polygons(let multi) = geometry else { return 0 }
      return multi.planarArea().squareMetres
    }
    let words = wkt.split(separator: /\s+|(?=\()/, maxSplits: 1)
    guard words.first?.uppercased() == "GEOMETRYCOLLECTION" else { return nil }
    guard let open = wkt.firstIndex(of: "("), let close = wkt.lastIndex(of: ")") else { return 0 }
    var depth = 0
    var members = [""]
    for character in wkt[wkt.index(after: open)..<close] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        members.append("")
      } else {
        members[members.count - 1].append(character)
      }
    }
    let areas = members.map { area($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return areas.contains(nil) ? nil : areas.compactMap(\.self).reduce(0, +)
  }

  /// One case of Clipper: closed rings of two shapes, and the area of what they make.
  struct ClipperCase {
    let number: Int
    let operation: String
    let fillRule: String
    /// Negative where none is published.
    let area: Double
    let subjects: GridRings
    let clips: GridRings
  }

  static func clipperCases() throws -> [ClipperCase] {
    let text = try String(
      contentsOf: folder("clipper2").appending(path: "Polygons.txt"), encoding: .utf8)
    let cases = text.replacing("\r", with: "").components(separatedBy: "CAPTION:").dropFirst()
    return try cases.enumerated().map { index, part in
      func field(_ name: String) throws -> String {
        let line = part.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return try #require(line?.dropFirst(name.count + 1))
          .trimmingCharacters(in: .whitespaces)
      }
      func rings(_ title: String) throws -> GridRings {
        let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix(title) }) else { return [] }
        return try lines[(start + 1)...].prefix { $0.first?.isLetter != true }.compactMap { line in
          let numbers = try line.matches(of: /-?\d+/).map { try #require(Int($0.output)) }
          guard numbers.count >= 6 else { return nil }
          return stride(from: 0, to: numbers.count - 1, by: 2).map {
            GridPoint(numbers[$0], numbers[$0 + 1])
          }
        }
      }
      return ClipperCase(
        number: index + 1, operation: try field("CLIPTYPE"), fillRule: try field("FILLRULE"),
        area: try #require(Double(try field("SOL_AREA"))), subjects: try rings("SUBJECTS"),
        clips: try rings("CLIPS"))
    }
  }

  /// Cases known to differ, with the reason; the operation of a case by its key.
  static func knownDifferences(of source: String) throws -> [String: String] {
    let file = Places.repository.appending(
      path: "Tests/KarezGeometryTests/Cases/known-differences.csv")
    let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    var reasons: [String: String] = [:]
    for row in rows {
      let fields = row.split(separator: ",", maxSplits: 3).map(String.init)
      try #require(fields.count == 4, "\(row)")
      guard fields[0] == source else { continue }
      let key = "\(fields[1]),\(fields[2])"
      try #require(reasons.updateValue(fields[3], forKey: key) == nil, "listed twice: \(key)")
    }
    return reasons
  }

  /// Requires that of the cases examined exactly the listed ones differ.
  static func expect(
    differing: [String: String], of source: String, examined: Set<String>,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let known = try knownDifferences(of: source)
    for (key, what) in differing.sorted(by: { $0.key < $1.key }) where known[key] == nil {
      Issue.record("\(source),\(key),\(what)", sourceLocation: location)
    }
    for key in known.keys.sorted() where examined.contains(key) && differing[key] == nil {
      Issue.record(
        "\(source),\(key) no longer differs: take it off the list", sourceLocation: location)
    }
    try #require(examined.isSuperset(of: differing.keys))
  }
}
