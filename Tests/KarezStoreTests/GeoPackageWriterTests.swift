import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@Suite struct GeoPackageWriterTests {
  static let layer = GeoPackageLayer(
    name: "land-patches", title: "图斑", geometry: .polygon,
    fields: [
      .init(name: "BSM", type: .text), .init(name: "area", type: .decimal),
      .init(name: "floors", type: .integer), .init(name: "kept", type: .boolean),
      .init(name: "since", type: .date),
    ])

  static func rows() throws -> [GeoPackageRow] {
    let day = try #require(LegalDate("2024-02-29"))
    return try (0..<3).map { number in
      GeoPackageRow(
        values: [
          .text("B\(number)"), .decimal(1.5), number == 0 ? .null : .integer(7), .boolean(true),
          .date(day),
        ],
        geometry: .polygons(try Shapes.square(x: 76 + Double(number), y: 39, side: 0.01)))
    }
  }

  static func write(to path: String) throws {
    let writer = try GeoPackageWriter(path: path)
    try writer.addLayer(layer)
    try writer.addLayer(
      GeoPackageLayer(
        name: "sites", title: "", geometry: .point, fields: [.init(name: "id", type: .text)],
        isIndexed: false))
    try writer.addLayer(
      GeoPackageLayer(
        name: "codes", title: "", geometry: .none, fields: [.init(name: "code", type: .text)]))
    try writer.append(try rows(), to: "land-patches")
    try writer.append(
      [
        GeoPackageRow(
          values: [.text("only")], geometry: .points([Position(x: 75.5, y: 39.25)]))
      ], to: "sites")
    try writer.append([GeoPackageRow(values: [.text("0103")], geometry: nil)], to: "codes")
    try writer.finish()
  }

  @Test(.enabled(if: Tool.exists("ogrinfo")))
  func `other programs read layers, types and geometry`() async throws {
    try await Places.withTemporaryFolder { folder in
      let path = folder.appending(path: "out.gpkg").path
      try Self.write(to: path)
      let text = try Tool.run("ogrinfo", ["-al", path])
      #expect(text.contains("MULTIPOLYGON (((76 39,76.01 39.0,76.01 39.01,76.0 39.01,76 39)))"))
      #expect(text.contains("POINT (75.5 39.25)"))
      #expect(text.contains("Extent: (76.000000, 39.000000) - (78.010000, 39.010000)"))
      #expect(text.contains("China Geodetic Coordinate System 2000"))
      for line in [
        "BSM (String) = B2", "area (Real) = 1.5", "floors (Integer64) = 7",
        "floors (Integer64) = (null)", "kept (Integer(Boolean)) = 1", "since (Date) = 2024/02/29",
        "code (String) = 0103",
      ] {
        #expect(text.contains(line), "\(line)")
      }
    }
  }

  @Test func `the same rows give the same bytes`() async throws {
    try await Places.withTemporaryFolder { folder in
      let digests = try ["a.gpkg", "b.gpkg"].map { name in
        let file = folder.appending(path: name)
        try Self.write(to: file.path)
        return SM3.digest(try Data(contentsOf: file))
      }
      #expect(digests[0] == digests[1])
    }
  }

  @Test func `an unfinished file leaves nothing behind`() async throws {
    try await Places.withTemporaryFolder { folder in
      do {
        let writer = try GeoPackageWriter(path: folder.appending(path: "out.gpkg").path)
        try writer.addLayer(Self.layer)
        try writer.append(try Self.rows(), to: "land-patches")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }

  @Test func `a folder that is not there is an error, not a crash`() {
    #expect(throws: StoreError.self) { try GeoPackageWriter(path: "/no/such/folder/out.gpkg") }
  }
}
