import Foundation
import KarezCore
import KarezGeometry
import KarezPacks

/// The outlines of a region's counties, as set-up left them.
struct OutlineFile {
  /// The polygons of a county, in EPSG:4490, each vertex where two edges meet or one ends.
  struct County {
    let code: String
    let polygons: [[[LatticePoint]]]
  }

  /// Farther than the rounding of the outlines' six decimals, nearer than any two of their vertices.
  static let joint: Int64 = 2_000

  /// Reads every county's outline, joins the edges of neighbours, and takes them to EPSG:4490.
  ///
  /// Where a vertex of one county lies on an edge of another, the edge gets it too, before any
  /// conversion bends the edge away from it.
  static func read(_ region: Region, folder: String) throws(SynthError) -> [County] {
    var sources: [County] = []
    for county in region.counties {
      sources.append(try read(county.code, folder: folder))
    }
    let joints = Joints(of: sources)
    var converted: [LatticePoint: LatticePoint] = [:]
    return sources.map { county in
      let polygons = county.polygons.map { rings in
        rings.enumerated().map { index, ring in
          let joined = joints.inserted(into: ring).map { point in
            if let known = converted[point] { return known }
            let there = Self.converted(point, from: region.outlines.datum)
            converted[point] = there
            return there
          }
          return oriented(withoutRepeats(joined), counterClockwise: index == 0)
        }
      }
      return County(code: county.code, polygons: polygons)
    }
  }

  private static func read(_ code: String, folder: String) throws(SynthError) -> County {
    let file = code + ".geojson"
    guard let data = FileManager.default.contents(atPath: folder + "/" + file) else {
      throw .outlineMissing(file: file)
    }
    guard let json = try? JSONValue(parsing: Array(data)) else {
      throw .outlineUnreadable(file: file)
    }
    let geometry: Geometry
    do throws(GeometryError) {
      geometry = try Geometry(geoJSON: json["geometry"] ?? json)
    } catch {
      throw .outlineInvalid(file: file, error)
    }
    guard case .polygons(let multi) = geometry, !multi.polygons.isEmpty else {
      throw .outlineUnreadable(file: file)
    }
    let polygons = multi.polygons.map { polygon in
      polygon.rings.map { ring in
        withoutRepeats(ring.positions.dropLast().map { LatticePoint(nearest: $0) })
      }
    }
    return County(code: code, polygons: polygons)
  }

  private static func converted(
    _ point: LatticePoint, from datum: Region.OutlineSource.Datum
  ) -> LatticePoint {
    switch datum {
    case .cgcs2000: point
    case .gcj02: LatticePoint(nearest: GCJ02.restored(point.position))
    }
  }

  private static func withoutRepeats(_ ring: [LatticePoint]) -> [LatticePoint] {
    var kept: [LatticePoint] = []
    kept.reserveCapacity(ring.count)
    for point in ring where kept.last != point { kept.append(point) }
    while kept.count > 1, kept.first == kept.last { kept.removeLast() }
    return kept
  }

  private static func oriented(_ ring: [LatticePoint], counterClockwise: Bool) -> [LatticePoint] {
    guard let origin = ring.first, var previous = ring.last else { return ring }
    var doubled = 0.0
    for point in ring {
      doubled +=
        Double(previous.x - origin.x) * Double(point.y - origin.y)
        - Double(point.x - origin.x) * Double(previous.y - origin.y)
      previous = point
    }
    return (doubled > 0) == counterClockwise ? ring : ring.reversed()
  }
}

/// The vertices of all outlines, found by longitude.
private struct Joints {
  let points: [LatticePoint]

  init(of counties: [OutlineFile.County]) {
    points = Set(counties.flatMap { $0.polygons.flatMap { $0.flatMap { $0 } } }).sorted()
  }

  /// The ring, with every vertex of another outline that lies on one of its edges.
  func inserted(into ring: [LatticePoint]) -> [LatticePoint] {
    var joined: [LatticePoint] = []
    for (index, start) in ring.enumerated() {
      let end = ring[(index + 1) % ring.count]
      joined.append(start)
      joined += between(start, end).sorted {
        Self.along($0, start, end) < Self.along($1, start, end)
      }
    }
    return joined
  }

  private func between(_ start: LatticePoint, _ end: LatticePoint) -> [LatticePoint] {
    let box = LatticeBox(
      minX: min(start.x, end.x), minY: min(start.y, end.y), maxX: max(start.x, end.x),
      maxY: max(start.y, end.y)
    ).grown(by: OutlineFile.joint)
    var index = points.partitioningIndex { $0.x >= box.minX }
    let length = Double(end.x - start.x).magnitude + Double(end.y - start.y).magnitude
    var found: [LatticePoint] = []
    while index < points.count, points[index].x <= box.maxX {
      let point = points[index]
      index += 1
      guard point != start, point != end, box.contains(point) else { continue }
      let along = Self.along(point, start, end)
      guard along > 0, along < 1 else { continue }
      let cross =
        Double(end.x - start.x) * Double(point.y - start.y)
        - Double(end.y - start.y) * Double(point.x - start.x)
      if abs(cross) <= Double(OutlineFile.joint) * length { found.append(point) }
    }
    return found
  }

  private static func along(
    _ point: LatticePoint, _ start: LatticePoint, _ end: LatticePoint
  ) -> Double {
    let dx = Double(end.x - start.x)
    let dy = Double(end.y - start.y)
    let squared = dx * dx + dy * dy
    guard squared > 0 else { return 0 }
    return (Double(point.x - start.x) * dx + Double(point.y - start.y) * dy) / squared
  }
}

extension Array {
  /// Index of the first element for which the condition holds, where it holds for all after it.
  func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
