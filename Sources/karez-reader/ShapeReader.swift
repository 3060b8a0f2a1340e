import CGDAL
import KarezGeometry
import KarezReading

/// Copies geometries out of GDAL, checking each vertex.
struct ShapeReader {
  /// Whether a closed line is an area and an open one a fault.
  let closesLines: Bool
  let limit: Int64

  /// How many vertices there are, all parts together.
  static func vertices(of geometry: OGRGeometryH, depth: Int = 0) -> Int64 {
    let parts = OGR_G_GetGeometryCount(geometry)
    guard parts > 0, depth < 4 else { return Int64(OGR_G_GetPointCount(geometry)) }
    var sum: Int64 = 0
    for index in 0..<parts {
      if let part = OGR_G_GetGeometryRef(geometry, index) {
        sum += vertices(of: part, depth: depth + 1)
      }
    }
    return sum
  }

  func read(_ geometry: OGRGeometryH) -> (Geometry?, SourceFault?) {
    do throws(SourceFaultError) {
      return (try shape(geometry), nil)
    } catch {
      return (nil, error.fault)
    }
  }

  /// A fault on its way out.
  struct SourceFaultError: Error {
    let fault: SourceFault
  }

  private func shape(_ geometry: OGRGeometryH) throws(SourceFaultError) -> Geometry {
    guard OGR_G_IsEmpty(geometry) == 0 else { throw SourceFaultError(fault: .empty) }
    switch OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) {
    case wkbPoint: return .points(try positions(geometry, part: 1, ring: 1))
    case wkbMultiPoint:
      var points: [Position] = []
      for (index, part) in parts(of: geometry).enumerated() {
        points += try positions(part, part: index + 1, ring: 1)
      }
      return .points(points)
    case wkbLineString: return try line(geometry)
    case wkbMultiLineString:
      var lines: [[Position]] = []
      for (index, part) in parts(of: geometry).enumerated() {
        lines.append(try positions(part, part: index + 1, ring: 1))
      }
      return .lines(lines)
    case wkbPolygon, wkbTriangle:
      return .polygons(MultiPolygon([try polygon(geometry, part: 1)]))
    case wkbMultiPolygon, wkbGeometryCollection: return try areas(geometry)
    default: throw SourceFaultError(fault: .unsupportedType(Self.name(of: geometry)))
    }
  }

  private static func name(of geometry: OGRGeometryH) -> String {
    OGR_G_GetGeometryName(geometry).map { String(cString: $0) } ?? ""
  }

  private func parts(of geometry: OGRGeometryH) -> [OGRGeometryH] {
    (0..<OGR_G_GetGeometryCount(geometry)).compactMap { OGR_G_GetGeometryRef(geometry, $0) }
  }

  /// Polygons; a collection of nothing but polygons is the same thing under another name.
  private func areas(_ geometry: OGRGeometryH) throws(SourceFaultError) -> Geometry {
    var polygons: [Polygon] = []
    for (index, part) in parts(of: geometry).enumerated() {
      guard OGR_GT_Flatten(OGR_G_GetGeometryType(part)) == wkbPolygon else {
        throw SourceFaultError(fault: .unsupportedType(Self.name(of: geometry)))
      }
      polygons.append(try polygon(part, part: index + 1))
    }
    return .polygons(MultiPolygon(polygons))
  }

  private func polygon(
    _ geometry: OGRGeometryH, part: Int
  ) throws(SourceFaultError) -> Polygon {
    var rings: [Ring] = []
    for (index, ring) in parts(of: geometry).enumerated() {
      rings.append(try self.ring(try positions(ring, part: part, ring: index + 1), part, index + 1))
    }
    guard let shell = rings.first else { throw SourceFaultError(fault: .empty) }
    return Polygon(shell: shell, holes: Array(rings.dropFirst()))
  }

  private func ring(
    _ positions: [Position], _ part: Int, _ ring: Int
  ) throws(SourceFaultError) -> Ring {
    do {
      return try Ring(positions)
    } catch {
      throw SourceFaultError(
        fault: SourceFault(error.located(at: InputPlace(part: part, ring: ring))))
    }
  }

  private func line(_ geometry: OGRGeometryH) throws(SourceFaultError) -> Geometry {
    let positions = try positions(geometry, part: 1, ring: 1)
    guard closesLines else { return .lines([positions]) }
    guard positions.count >= 4, positions.first == positions.last else {
      throw SourceFaultError(fault: .lineNotClosed(vertices: positions.count))
    }
    return .polygons(MultiPolygon([Polygon(shell: try ring(positions, 1, 1))]))
  }

  private func positions(
    _ geometry: OGRGeometryH, part: Int, ring: Int
  ) throws(SourceFaultError) -> [Position] {
    let count = Int(OGR_G_GetPointCount(geometry))
    let stride = Int32(MemoryLayout<Position>.stride)
    // Safe because a Position is two doubles, x and y, and GDAL writes `count` of them at that
    // stride.
    let positions = [Position](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = UnsafeMutableRawPointer(buffer.baseAddress), count > 0 else { return }
      OGR_G_GetPoints(geometry, base, stride, base + 8, stride, nil, 0)
      filled = count
    }
    if let bad = positions.firstIndex(where: { !$0.isFinite }) {
      throw SourceFaultError(fault: .notFinite(part: part, ring: ring, vertex: bad + 1))
    }
    return positions
  }
}
