import KarezCore
import KarezGeometry
import KarezReading

/// Puts a boundary together from what the reader brought.
struct BoundaryAssembly {
  let name: String
  let system: ResolvedCRS

  func boundary(of source: SourceContent) throws(Problem) -> ReadBoundary {
    var parcels: [ReadBoundary.Parcel] = []
    let converter: CoordinateConverter
    do throws(GeometryError) {
      converter = try CoordinateConverter(from: system.crs)
    } catch {
      throw .geometry(error, of: name)
    }
    var skipped = 0
    for feature in source.features {
      guard case .polygons(let polygons)? = feature.geometry else {
        skipped += 1
        continue
      }
      parcels.append(try parcel(feature, polygons, converter))
    }
    guard !parcels.isEmpty else {
      throw Wording(
        "boundary-empty", "文件中没有面状地块", "the file has no polygon",
        do: "提供闭合的面状边界", "give a closed, areal boundary"
      ).problem(at: name)
    }
    try BoundaryLimits.check(parcels, in: name)
    // The worker and the service both judge the coordinates; what both say is said once.
    var warnings: [BoundaryWarning] = []
    for warning in source.layer.warnings.map({ BoundaryWarningWording.warning($0) })
      + system.warnings
    where !warnings.contains(warning) {
      warnings.append(warning)
    }
    if skipped > 0 {
      warnings.append(
        BoundaryWarningWording.warning(code: "not-areal", facts: ["count": String(skipped)]))
    }
    return ReadBoundary(
      parcels: parcels, crs: system.crs.description, crsReason: system.reason, warnings: warnings)
  }

  private func parcel(
    _ feature: SourceFeature, _ polygons: MultiPolygon, _ converter: CoordinateConverter
  ) throws(Problem) -> ReadBoundary.Parcel {
    let upright = system.areAxesSwapped ? polygons.withAxesSwapped : polygons
    do throws(GeometryError) {
      let degrees = try converter.degrees(of: upright)
      if let fault = try degrees.validityFault() { throw .invalid(fault) }
      return ReadBoundary.Parcel(
        id: feature.parcelID, name: feature.parcelName, geometry: degrees,
        statutoryArea: degrees.statutoryArea(),
        planarArea: system.crs.isGeographic ? nil : upright.planarArea(), warnings: [])
    } catch {
      throw .geometry(error, of: "\(name): \(feature.row)")
    }
  }
}

extension MultiPolygon {
  /// East and north exchanged, for a file that wrote them the other way round.
  var withAxesSwapped: MultiPolygon {
    func swapped(_ ring: Ring) -> Ring {
      let positions = ring.positions.map { Position(x: $0.y, y: $0.x) }
      guard let result = try? Ring(positions) else {
        preconditionFailure("exchanging axes opens no ring")
      }
      return result
    }
    return MultiPolygon(
      polygons.map { Polygon(shell: swapped($0.shell), holes: $0.holes.map(swapped)) })
  }
}
