import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import TestSupport
import Testing

@testable import KarezSynth

/// The real outlines, where set-up has fetched them.
@Suite struct OutlineTests {
  static let pack = RegionTests.folder.appending(path: RegionTests.packs.first ?? "none")
  static let outlines = pack.appending(path: "outlines")
  static let arePresent = FileManager.default.fileExists(atPath: outlines.path)
  static let checked = Places.shared?.appending(
    path: "data/kashgar-admin/kashgar_counties_cgcs2000.gpkg")

  /// What is known of three of the outlines and the checked ones; SOURCE.md says why.
  static let differences = ["653122": -5.4e-7, "653128": -0.0111, "653131": 0.0016]

  @Test(.enabled(if: arePresent))
  func `neighbours share the edges of their borders, and one hole is left`() throws {
    let region = try Region(folder: Self.pack.path)
    let map = try OutlineMap(region, folder: Self.outlines.path)
    #expect(Set(map.parts.map(\.county)).count == region.counties.count)
    var owners: [LineID: Set<Int>] = [:]
    for (index, part) in map.parts.enumerated() {
      for vertex in part.piece.rings.joined() { owners[vertex.line, default: []].insert(index) }
    }
    #expect(owners.values.allSatisfy { $0.count <= 2 })
    let shared = owners.values.filter { $0.count == 2 }.count
    #expect(shared > 4_000, "\(shared)")
    let united = Dissolve.united(
      map.parts.map { $0.piece.rings.map { $0.map(\.at) } })
    #expect(united.map(\.count) == [2], "one country with one hole")
  }

  @Test(.enabled(if: arePresent && checked != nil))
  func `restored from GCJ-02 they are the checked outlines`() async throws {
    let checked = try #require(Self.checked)
    let region = try Region(folder: Self.pack.path)
    let counties = try OutlineFile.read(region, folder: Self.outlines.path)
    try await Places.withTemporaryFolder { folder in
      let copy = folder.appending(path: "counties.gpkg")
      try FileManager.default.copyItem(at: checked, to: copy)
      let known = try Prefecture.features(copy, table: "county")
      var examined = 0
      for county in counties {
        let there = try #require(known.first { $0.values["adcode"] == county.code })
        let here = MultiPolygon(county.polygons.compactMap(\.polygon))
        let area = there.multi.statutoryArea().squareMetres
        let difference = here.statutoryArea().squareMetres / area - 1
        let allowed = Self.differences[county.code] ?? 0
        #expect(
          abs(difference - allowed) < 1e-6 + abs(allowed) / 10, "\(county.code) \(difference)")
        let corners = Set(
          there.multi.polygons.flatMap { $0.rings.flatMap(\.positions) }
            .map { LatticePoint(nearest: $0) })
        let own = county.polygons.joined().joined()
        let met = own.filter { Self.isNear($0, corners) }.count
        #expect(Double(met) >= 0.9 * Double(own.count), "\(county.code): \(met) of \(own.count)")
        examined += 1
      }
      #expect(examined == 12)
    }
  }

  /// Whether a vertex is there within a tenth of a millimetre, the rounding of both.
  private static func isNear(_ point: LatticePoint, _ corners: Set<LatticePoint>) -> Bool {
    for dx: Int64 in [0, -2, 2] {
      for dy: Int64 in [0, -2, 2]
      where corners.contains(LatticePoint(x: point.x + dx, y: point.y + dy)) {
        return true
      }
    }
    return false
  }
}
