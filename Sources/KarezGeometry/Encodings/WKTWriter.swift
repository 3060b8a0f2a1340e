extension Geometry {
  /// The geometry as WKT; every number reads back as the same number.
  public var wkt: String {
    switch self {
    case .points(let positions):
      switch positions.count {
      case 0: "POINT EMPTY"
      case 1: "POINT (" + Self.text(positions[0]) + ")"
      default: "MULTIPOINT (" + positions.map(Self.text).joined(separator: ", ") + ")"
      }
    case .lines(let lines):
      switch lines.count {
      case 0: "LINESTRING EMPTY"
      case 1: "LINESTRING " + Self.text(lines[0])
      default: "MULTILINESTRING (" + lines.map(Self.text).joined(separator: ", ") + ")"
      }
    case .polygons(let multi):
      multi.wkt
    }
  }

  fileprivate static func text(_ position: Position) -> String {
    NumberText.shortest(position.x) + " " + NumberText.shortest(position.y)
  }

  fileprivate static func text(_ positions: [Position]) -> String {
    positions.isEmpty ? "EMPTY" : "(" + positions.map(text).joined(separator: ", ") + ")"
  }
}

extension MultiPolygon {
  /// As `Geometry.wkt`: one polygon is a `POLYGON`.
  public var wkt: String {
    let texts = polygons.map { polygon in
      "(" + polygon.rings.map { Geometry.text($0.positions) }.joined(separator: ", ") + ")"
    }
    return switch texts.count {
    case 0: "POLYGON EMPTY"
    case 1: "POLYGON " + texts[0]
    default: "MULTIPOLYGON (" + texts.joined(separator: ", ") + ")"
    }
  }
}
