import Foundation
public import KarezCore
import KarezCrypto
public import KarezGeometry
public import KarezPacks
import KarezStore

/// 避让方案: what would lead a checked boundary around the lines in its way, line by line.
///
/// - Shape: `Avoidance` of `Portal/openapi.json`. It is a suggestion and says so; every verdict in
///   it is that of a check of the suggested boundary.
public struct Avoidance: Sendable {
  static let handler = "avoidance"
  static let file = "avoidance.json"

  /// Which of the two boundaries of a suggestion.
  public enum Part: String, CaseIterable, Hashable, Sendable {
    /// What stays when the line's ground is given up.
    case rest
    /// The same, let out elsewhere until it has the old area.
    case traded
  }

  /// How a suggested boundary is written.
  public enum Format: String, CaseIterable, Hashable, Sendable {
    /// 报批坐标 TXT.
    case boundaryText = "txt"
    case geojson
  }

  public let json: JSONValue

  public var lines: [JSONValue] { json["lines"]?.array ?? [] }

  /// Datasets the lines are drawn in.
  public var datasets: [String] {
    Set(lines.flatMap { $0["datasets"]?.texts ?? [] }).sorted()
  }

  /// A suggested boundary in degrees of EPSG:4490; nil where there is none.
  public func boundary(of line: String, _ part: Part) -> MultiPolygon? {
    guard let found = lines.first(where: { $0["id"]?.string == line })?["suggestion"] else {
      return nil
    }
    let stated = part == .rest ? found["rest"] : found["trade"]?["geometry"]
    guard let stated, stated != .null, case .polygons(let multi)? = try? Geometry(geoJSON: stated)
    else { return nil }
    return multi
  }
}

extension AsOf {
  var json: JSONValue {
    .object([
      "validOn": .string(validOn.description), "recorded": .integer(Int64(recorded.value)),
    ])
  }
}

extension OneMap {
  /// What would lead the boundary of an answer around what stands in its way.
  ///
  /// Worked out of what the reader may reach and kept for a while for who may reach the same.
  ///
  /// - Errors: not found for an answer out of scope.
  public func avoidance(
    of id: String, within limits: WebLimits.Checks, in scope: Scope
  ) async throws(Problem) -> Avoidance {
    let answer = try await answer(id: id, in: scope)
    try await refuseReplacedPacks()
    let name = Avoidance.handler + "-" + (try await avoidanceName(id, limits, scope))
    if let kept = results.text(Avoidance.file, of: name).flatMap({ try? JSONValue(parsing: $0) }) {
      return Avoidance(json: kept)
    }
    let made = try await AvoidanceSearch(
      answer: answer, packs: packs, store: store, scope: scope, limits: limits
    ).run()
    let text = made.json.canonicalText
    try await results.keep(name) { (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: Avoidance.file).path)
    }
    return made
  }

  /// Of all that the outcome rests on, so that nothing of another reach or of other rules is found.
  private func avoidanceName(
    _ id: String, _ limits: WebLimits.Checks, _ scope: Scope
  ) async throws(Problem) -> String {
    let reached = try await schemas(in: scope).map { schema in
      schema.id.text + ":" + schema.attributes.map(\.name).joined(separator: ",")
    }
    let rests =
      [id, scope.mark, Engine.version, publication.contents.sm3]
      + ["\(limits.clearanceMetres) \(limits.reachMetres) \(limits.mostLines)"] + reached.sorted()
    return String(SM3.digest(rests.joined(separator: "\n")).description.prefix(32))
  }

  /// A suggested boundary as it is checked: under the day, commit, purpose and documents of the
  /// answer it came of.
  public func suggested(
    _ line: String, _ part: Avoidance.Part, around id: String, within limits: WebLimits.Checks,
    in scope: Scope
  ) async throws(Problem) -> CheckRequest {
    let answer = try await answer(id: id, in: scope)
    let avoidance = try await avoidance(of: id, within: limits, in: scope)
    guard let geometry = avoidance.boundary(of: line, part) else { throw Self.noSuggestion }
    return CheckRequest(
      boundary: try ReadBoundary(drawn: [geometry]), purpose: answer.purpose,
      documents: answer.documents, proposed: answer.proposed, validOn: answer.asOf.validOn,
      recorded: answer.asOf.recorded)
  }

  /// A suggested boundary as a file.
  public func suggestionFile(
    _ line: String, _ part: Avoidance.Part, around id: String, as format: Avoidance.Format,
    within limits: WebLimits.Checks, in scope: Scope
  ) async throws(Problem) -> [UInt8] {
    let avoidance = try await avoidance(of: id, within: limits, in: scope)
    guard let geometry = avoidance.boundary(of: line, part) else { throw Self.noSuggestion }
    let name = line + "-" + part.rawValue
    switch format {
    case .geojson:
      let feature = JSONValue.object([
        "type": .string("Feature"), "geometry": geometry.geoJSON,
        "properties": .object([
          "id": .string("1"), "name": .string(name), "answer": .string(id),
          "crs": .string("EPSG:4490"), "isSuggestion": .boolean(true),
        ]),
      ])
      return Array(feature.prettyText.utf8)
    case .boundaryText:
      guard let box = geometry.boundingBox,
        let writer = CoordinateTextWriter(zone: Int(((box.minX + box.maxX) / 6).rounded()))
      else { throw Self.noSuggestion }
      do throws(GeometryError) {
        return Array(
          try writer.text([BoundaryDocument.Parcel(id: "1", name: name, geometry: geometry)]).utf8)
      } catch {
        throw .geometry(error, of: "boundary")
      }
    }
  }

  private static let noSuggestion = Wording(
    "suggestion-unknown", "没有这个避让方案", "there is no such suggestion",
    do: "在避让页面查看可用的方案", "see the page of suggestions for those there are"
  ).problem(.notFound, at: "line")
}
