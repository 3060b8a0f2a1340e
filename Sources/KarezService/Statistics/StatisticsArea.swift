import Foundation
public import KarezCore
import KarezCrypto
public import KarezGeometry

/// 统计范围: land that was drawn or read from a file, kept so that an address can name it.
///
/// - Shape: its name is a digest of the land and of what its reader may reach, so whoever may reach
///   something else does not find it.
public struct StatisticsArea: Hashable, Sendable {
  static let file = "area.json"

  public let name: String
  /// How many parcels it was given as; where they overlap, land counts once.
  public let parcels: Int
  public let crs: String
  public let statutoryAreaM2: String
  /// Degrees of EPSG:4490; nil in what is answered with a table.
  public let geometry: MultiPolygon?

  init(name: String, _ boundary: ReadBoundary) throws(Problem) {
    let outline = try BoundaryOutline(boundary)
    self.name = name
    parcels = boundary.parcelCount
    crs = boundary.crs
    geometry = outline.geometry
    statutoryAreaM2 = outline.geometry.statutoryArea().text
  }

  /// Without the land itself.
  var json: JSONValue { .object(members) }

  private var members: [String: JSONValue] {
    [
      "id": .string(name), "parcels": .integer(Int64(parcels)), "crs": .string(crs),
      "statutoryAreaM2": .string(statutoryAreaM2),
    ]
  }

  /// As it is kept for a scope.
  func kept(for scope: Scope) -> JSONValue {
    .object(
      members.merging(["geometry": geometry?.geoJSON ?? .null, "scope": .string(scope.mark)]) { $1 }
    )
  }

  /// What `json` or `kept` wrote; nil for anything else.
  init?(_ json: JSONValue) {
    guard let name = json["id"]?.string, let parcels = json["parcels"]?.integer,
      let crs = json["crs"]?.string, let area = json["statutoryAreaM2"]?.string
    else { return nil }
    self.name = name
    self.parcels = Int(clamping: parcels)
    self.crs = crs
    statutoryAreaM2 = area
    geometry = json["geometry"].flatMap(Self.geometry)
  }

  private static func geometry(of json: JSONValue) -> MultiPolygon? {
    guard json != .null, case .polygons(let multi)? = try? Geometry(geoJSON: json) else {
      return nil
    }
    return multi
  }
}

extension OneMap {
  /// Keeps an area for whoever may reach the same; the answer is its name.
  public func keepArea(
    _ boundary: ReadBoundary, in scope: Scope
  ) async throws(Problem) -> StatisticsArea {
    let digest = SM3.digest(
      scope.mark + "\n" + boundary.crs + "\n"
        + boundary.parcels.map { $0.geometry.geoJSON.canonicalText }.joined(separator: "\n"))
    let name = String(digest.description.prefix(32))
    let area = try StatisticsArea(name: name, boundary)
    let text = area.kept(for: scope).canonicalText
    try await results.keep("area-" + name) { (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: StatisticsArea.file).path)
    }
    return area
  }

  /// An area kept by somebody who may reach the same.
  ///
  /// - Errors: not found where there is none, or its time is over.
  public func area(_ name: String, in scope: Scope) throws(Problem) -> StatisticsArea {
    let isName =
      name.utf8.count == 32
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
    guard isName, let text = results.text(StatisticsArea.file, of: "area-" + name),
      let json = try? JSONValue(parsing: text), json["scope"]?.string == scope.mark,
      let area = StatisticsArea(json), area.geometry != nil
    else {
      throw Wording(
        "area-unknown", "没有这个范围，或其保存期已过", "there is no such area, or its time is over",
        do: "重新绘制或上传", "draw it or send it again"
      ).problem(.notFound, at: "area")
    }
    return area
  }
}
