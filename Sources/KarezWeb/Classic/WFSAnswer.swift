import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezService
import KarezStore

/// What `GetFeature` is answered with.
struct WFSAnswer {
  let portal: Portal
  let asking: WFSRoutes.Asking

  /// Only how many there are.
  func hits() async throws -> Response {
    let count = try await portal.map.count(of: asking.query, in: asking.scope)
    if asking.isJSON {
      return .json(
        .object([
          "type": .string("FeatureCollection"), "features": .array([]),
          "numberMatched": .integer(Int64(count)), "numberReturned": .integer(0),
        ]), type: WFSRoutes.json[0])
    }
    return Self.collection(matched: String(count), returned: 0, next: nil, members: [])
  }

  func page(
    _ asked: ClassicAsked, _ address: OGCAddresses, _ context: WebContext
  ) async throws -> Response {
    var begin: FeatureCursor?
    var isOver = asking.count == 0
    if asking.start > 0, !isOver {
      begin = try await portal.map.cursor(
        passing: asking.start, of: asking.query, in: asking.scope)
      isOver = begin == nil
    }
    let writer: any FeatureWriting =
      asking.isJSON
      ? try JSONMembers(asking)
      : try GMLWriter(
        asking.schema, in: asking.crs, named: asking.srs, properties: asking.properties)
    let (written, end) =
      isOver ? (writer, nil) : try await write(writer, from: begin, context)
    if asking.isOne {
      guard let one = written.one else {
        throw ClassicFault(
          code: "InvalidParameterValue", place: "id", zh: "没有这个要素",
          en: "there is no such feature", status: 404)
      }
      return .bytes(one, type: asking.isJSON ? WFSRoutes.json[1] : WFSRoutes.gml[0])
    }
    let isWhole = asking.start == 0 && end == nil && asking.count > 0
    let next = end.map { _ in
      asked.address(
        of: address.base + ClassicService.wfs.path,
        setting: [
          "startindex": String(asking.start + written.count), "count": String(asking.count),
          "time": asking.question.asOf.validOn.description,
          "recorded": asking.question.asOf.recorded.description,
        ])
    }
    let matched = isWhole ? written.count : try await matchedForFree()
    if asking.isJSON {
      var members: [String: JSONValue] = [
        "type": .string("FeatureCollection"), "numberReturned": .integer(Int64(written.count)),
      ]
      if let matched { members["numberMatched"] = .integer(Int64(matched)) }
      if let next {
        members["links"] = .array([
          .object([
            "rel": .string("next"), "href": .string(next), "type": .string(WFSRoutes.json[1]),
          ])
        ])
      }
      return .bytes(written.collection(members), type: WFSRoutes.json[1])
    }
    return Self.collection(
      matched: matched.map(String.init) ?? "unknown", returned: written.count, next: next,
      members: written.bytes)
  }

  /// Of a whole state for a reader of all regions it is known anyhow.
  private func matchedForFree() async throws -> Int? {
    guard asking.question.isPlain, asking.scope.regionPrefixes == nil else { return nil }
    return try await portal.map.catalogue(
      of: asking.schema.id, asOf: asking.question.asOf, in: asking.scope
    ).features
  }

  private func write(
    _ empty: any FeatureWriting, from begin: FeatureCursor?, _ context: WebContext
  ) async throws -> (any FeatureWriting, FeatureCursor?) {
    var writer = empty
    // Borders in numbers are taken away, whoever asks for them.
    var shapes: [Geometry] = []
    let end = try await portal.map.eachItem(
      asking.query, after: begin, limit: min(asking.count, portal.limits.features.mostReturned),
      in: asking.scope
    ) { version throws(Problem) in
      do throws(GeometryError) {
        if asking.isOne {
          try writer.writeOne(version)
        } else if try !writer.add(version) {
          return false
        }
      } catch {
        throw OGCItemRoutes.unplaced
      }
      if let shape = version.feature.geometry { shapes.append(shape) }
      return true
    }
    try await portal.map.count(shapes, of: asking.schema.id, to: context.visitor.actor)
    return (writer, end)
  }

  private static func collection(
    matched: String, returned: Int, next: String?, members: [UInt8]
  ) -> Response {
    let onward = next.map { " next=\"" + $0.replacing("&", with: "&amp;") + "\"" } ?? ""
    let head =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:FeatureCollection "
      + "xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" \(GMLWriter.spaces) "
      + "timeStamp=\"\(Date().formatted(.iso8601))\" numberMatched=\"\(matched)\" "
      + "numberReturned=\"\(returned)\"\(onward)>\n"
    return .bytes(
      Array(head.utf8) + members + Array("</wfs:FeatureCollection>\n".utf8),
      type: WFSRoutes.gml[0])
  }
}

/// What features are written to, one after the other.
protocol FeatureWriting {
  var count: Int { get }
  var bytes: [UInt8] { get }
  mutating func add(_ version: FeatureVersion) throws(GeometryError) -> Bool
  /// One feature by itself.
  mutating func writeOne(_ version: FeatureVersion) throws(GeometryError)
  /// The whole answer with members of a collection, where the form has such.
  func collection(_ members: [String: JSONValue]) -> [UInt8]
}

extension FeatureWriting {
  /// What was written of one feature; nil where there was none.
  var one: [UInt8]? { bytes.isEmpty ? nil : bytes }
}

extension GMLWriter: FeatureWriting {
  mutating func writeOne(_ version: FeatureVersion) throws(GeometryError) { try write(version) }

  func collection(_ members: [String: JSONValue]) -> [UInt8] { bytes }
}

/// GeoJSON by the writer of OGC API Features.
private struct JSONMembers: FeatureWriting {
  private var writer: ItemsWriter
  private let isOne: Bool

  init(_ asking: WFSRoutes.Asking) throws {
    let known = Set(asking.schema.attributes.map(\.name) + ItemsWriter.facts)
    writer = try ItemsWriter(
      asking.schema, in: asking.crs, properties: asking.properties?.filter(known.contains),
      hasGeometry: asking.properties?.contains("geometry") ?? true)
    isOne = asking.isOne
    if !isOne { writer.begin() }
  }

  var count: Int { writer.count }
  var bytes: [UInt8] { writer.bytes }

  mutating func add(_ version: FeatureVersion) throws(GeometryError) -> Bool {
    try writer.add(version)
  }

  mutating func writeOne(_ version: FeatureVersion) throws(GeometryError) {
    try writer.write(version, ["type": .string("Feature")])
  }

  func collection(_ members: [String: JSONValue]) -> [UInt8] {
    var whole = writer
    whole.finish(members)
    return whole.bytes
  }
}
