import Foundation
public import KarezCore

/// 瓦片矩阵集: how the earth is cut into square tiles, level by level.
///
/// - Shape: level *z* has `columns(z)` × `rows(z)` tiles, the first in the north-west; each level
///   halves the tiles of the one above.
/// - Source: OGC 17-083r4, annex D (WebMercatorQuad, WorldCRS84Quad). The third is the division
///   WorldCRS84Quad has, in EPSG:4490, as CH/Z 9011-2011 and the national map service cut theirs
///   (whose level 1 is level 0 here).
public enum TileMatrixSet: String, CaseIterable, Hashable, Sendable {
  case webMercatorQuad = "WebMercatorQuad"
  case worldCRS84Quad = "WorldCRS84Quad"
  case cgcs2000Quad = "CGCS2000Quad"

  /// The finest level tiles are made of.
  public static let mostLevels = 20
  /// Pixels of a tile that the standard states scales for.
  static let pixels = 256

  public var id: String { rawValue }

  public func columns(_ level: Int) -> Int { self == .webMercatorQuad ? 1 << level : 2 << level }
  public func rows(_ level: Int) -> Int { 1 << level }

  var crs: String {
    switch self {
    case .webMercatorQuad: "http://www.opengis.net/def/crs/EPSG/0/3857"
    case .worldCRS84Quad: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    case .cgcs2000Quad: "http://www.opengis.net/def/crs/EPSG/0/4490"
    }
  }

  /// The definition where one is registered.
  public var uri: String? {
    self == .cgcs2000Quad
      ? nil : "http://www.opengis.net/def/tilematrixset/OGC/1.0/" + rawValue
  }

  public var title: LocalizedText {
    switch self {
    case .webMercatorQuad: LocalizedText(zh: "网络墨卡托四分瓦片", en: "Web Mercator quad")
    case .worldCRS84Quad: LocalizedText(zh: "经纬度四分瓦片（CRS84）", en: "CRS84 quad")
    case .cgcs2000Quad: LocalizedText(zh: "经纬度四分瓦片（CGCS2000）", en: "CGCS2000 quad")
    }
  }

  /// Of metres at the equator: half of the first tile's side, or a degree.
  private static let radius = 6_378_137.0

  /// The definition in the encoding of the standard.
  public var json: JSONValue {
    let isPlane = self == .webMercatorQuad
    let half = Double.pi * Self.radius
    let isNorthFirst = self == .cgcs2000Quad
    let origin = isPlane ? [-half, half] : isNorthFirst ? [90, -180] : [-180, 90]
    let matrices = (0...Self.mostLevels).map { level -> JSONValue in
      let cell =
        (isPlane ? 2 * half : 360) / Double(columns(level) * Self.pixels)
      let metres = isPlane ? cell : cell * Double.pi * Self.radius / 180
      return .object([
        "id": .string(String(level)), "cellSize": .number(cell),
        // A pixel of the standard is 0.28 mm.
        "scaleDenominator": .number(metres / 0.000_28), "cornerOfOrigin": .string("topLeft"),
        "pointOfOrigin": .array(origin.map(JSONValue.number)),
        "matrixWidth": .integer(Int64(columns(level))),
        "matrixHeight": .integer(Int64(rows(level))),
        "tileWidth": .integer(Int64(Self.pixels)), "tileHeight": .integer(Int64(Self.pixels)),
      ])
    }
    var members: [String: JSONValue] = [
      "id": .string(id), "title": .string(title.en), "crs": .string(crs),
      "orderedAxes": .array(
        (isPlane ? ["X", "Y"] : isNorthFirst ? ["Lat", "Lon"] : ["Lon", "Lat"])
          .map(JSONValue.string)),
      "tileMatrices": .array(matrices),
    ]
    if let uri {
      members["uri"] = .string(uri)
      members["wellKnownScaleSet"] = .string(
        "http://www.opengis.net/def/wkss/OGC/1.0/"
          + (isPlane ? "GoogleMapsCompatible" : "GoogleCRS84Quad"))
    }
    return .object(members)
  }
}
