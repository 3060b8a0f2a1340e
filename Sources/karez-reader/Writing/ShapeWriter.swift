import CGDAL
import KarezCore
import KarezGeometry
import KarezReading

/// Geometries as a format wants them, handed to the library as WKB.
struct ShapeWriter {
  private let format: SourceFormat
  private let kind: GeometryKind
  private let holdsSeveral: Bool

  init(_ layer: SourceLayer, holdsSeveral: Bool) {
    format = layer.format
    kind = layer.geometry
    self.holdsSeveral = holdsSeveral
  }

  var layerType: OGRwkbGeometryType {
    if format == .xlsx { return wkbNone }
    if format == .kml || format == .dxf { return wkbUnknown }
    switch kind {
    case .none: return wkbNone
    case .point: return holdsSeveral ? wkbMultiPoint : wkbPoint
    case .line: return format == .shapefile ? wkbLineString : wkbMultiLineString
    case .polygon: return format == .shapefile ? wkbPolygon : wkbMultiPolygon
    }
  }

  /// The entities a feature becomes: one, except in a drawing.
  func shapes(of geometry: Geometry) -> [Geometry] {
    switch (format, geometry) {
    case (.dxf, .points(let positions)): positions.map { .points([$0]) }
    case (.dxf, .lines(let lines)): lines.map { .lines([$0]) }
    case (.dxf, .polygons(let multi)):
      // A closed polyline is the area drawings are read for; it has no holes, a hatch may.
      multi.polygons.map { polygon in
        polygon.holes.isEmpty
          ? .lines([polygon.shell.positions]) : .polygons(MultiPolygon([polygon]))
      }
    case (.shapefile, .polygons(let multi)), (.fileGDB, .polygons(let multi)):
      [.polygons(MultiPolygon(multi.polygons.map(Self.clockwise)))]
    default: [geometry]
    }
  }

  /// Shells clockwise and holes the other way round.
  private static func clockwise(_ polygon: Polygon) -> Polygon {
    Polygon(
      shell: polygon.shell.oriented(counterClockwise: false),
      holes: polygon.holes.map { $0.oriented(counterClockwise: true) })
  }

  /// The library's own form of it; whoever gets it owns it.
  func library(_ geometry: Geometry) -> OGRGeometryH? {
    let bytes = geometry.wkb()
    var made: OGRGeometryH?
    let failure = bytes.withUnsafeBytes { buffer in
      // Safe because the library reads no more than the bytes it is told there are.
      OGR_G_CreateFromWkb(buffer.baseAddress, nil, &made, Int32(clamping: buffer.count))
    }
    guard failure == OGRERR_NONE, let made else { return nil }
    if format == .dxf { return single(made) }
    if kind == .point, holdsSeveral { return OGR_G_ForceToMultiPoint(made) }
    return made
  }

  /// The one part of a collection of one.
  private func single(_ geometry: OGRGeometryH) -> OGRGeometryH? {
    guard OGR_G_GetGeometryCount(geometry) == 1,
      OGR_GT_IsSubClassOf(OGR_G_GetGeometryType(geometry), wkbGeometryCollection) != 0,
      let part = OGR_G_GetGeometryRef(geometry, 0)
    else { return geometry }
    defer { OGR_G_DestroyGeometry(geometry) }
    return OGR_G_Clone(part)
  }
}
