import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

/// Real cadastral polygons with real faults, in the numbers their survey wrote.
@Suite struct RealFarmsTests {
  static let folder = Places.shared?.appending(path: "data/parcels-real/za_farms_shp")
  static let canRun = folder != nil && Tool.exists("ogr2ogr")

  struct Farm {
    let fid: String
    let written: Geometry
  }

  @Test(.enabled(if: canRun))
  func `every invalid farm and every overlapping pair is found`() async throws {
    let farms = try await Self.farms()
    try #require(farms.count == 2_008)
    let crs = try CoordinateReferenceSystem(epsg: 32_733)
    let converter = try CoordinateConverter(from: crs)
    let report = try await Drafting.examine(Drafting.polygons, crs: crs) { mapping in
      try farms.enumerated().map { index, farm in
        mapping.row(
          Int64(index + 1), fallback: farm.fid,
          geometry: try converter.degrees(of: farm.written), source: farm.written, values: [:])
      }
    }
    #expect(report.examined == 2_008)
    #expect(report.counts["geometry-invalid"] == 16)
    // Each pair is told once, by what it is: 3,732 together.
    #expect(report.counts["overlap"] == 2_765)
    #expect(report.counts["contained"] == 898)
    #expect(report.counts["geometry-duplicate"] == 69)
    #expect(report.counts["geometry-missing"] == nil)
    #expect(report.counts["overlap-uncounted"] == nil)
    #expect(report.findings.count { $0.rule == GateRule.overlap.rawValue } == 2_765)
    #expect(
      report.blocking() == ["contained", "geometry-duplicate", "geometry-invalid", "overlap"])
    let cape = BoundingBox(minX: 20, minY: -34.5, maxX: 21.5, maxY: -33.5)
    for finding in report.findings
    where finding.rule == GateRule.overlap.rawValue
      || finding.rule == GateRule.geometryInvalid.rawValue
    {
      let place = try #require(finding.place)
      #expect(cape.meets(BoundingBox(minX: place.x, minY: place.y, maxX: place.x, maxY: place.y)))
    }
  }

  static func farms() async throws -> [Farm] {
    let folder = try #require(folder)
    return try await Places.withTemporaryFolder { scratch in
      let out = scratch.appending(path: "farms.csv")
      _ = try Tool.run(
        "ogr2ogr",
        [
          "-f", "CSV", out.path, folder.appending(path: "farms_33S.shp").path, "-lco",
          "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=TAB", "-sql", "SELECT FID FROM farms_33S",
        ])
      let lines = try String(contentsOf: out, encoding: .utf8).split(whereSeparator: \.isNewline)
      return try lines.dropFirst().map { line in
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        let text = fields[0].split(separator: "\"").joined()
        return Farm(fid: String(fields[fields.count - 1]), written: try Geometry(wkt: text))
      }
    }
  }
}
