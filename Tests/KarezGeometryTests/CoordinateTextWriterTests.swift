import KarezCore
import KarezGeometry
import TestSupport
import Testing

@Suite struct CoordinateTextWriterTests {
  static func parcels() throws -> [BoundaryDocument.Parcel] {
    let document = try CoordinateTextTests.Sample().read()
    let converter = try CoordinateConverter(from: document.crs)
    return try document.parcels.map { parcel in
      var parcel = parcel
      parcel.geometry = try converter.degrees(of: parcel.geometry)
      return parcel
    }
  }

  @Test func `the text is the standard's, to the byte`() throws {
    let writer = try #require(
      CoordinateTextWriter(zone: 25, producer: "某测绘院", date: LegalDate("2025-11-01")))
    let text = try writer.text(Self.parcels())
    #expect(!text.replacing("\r\n", with: "").contains { $0.isNewline })
    try expectGolden(text.replacing("\r\n", with: "\n"), named: "coordinate-text.txt")
  }

  @Test(arguments: [TextEncoding.utf8, .gb18030])
  func `what is written reads back without a doubt`(encoding: TextEncoding) throws {
    let parcels = try Self.parcels()
    let writer = try #require(CoordinateTextWriter(zone: 25))
    let bytes = try encoding.encode(writer.text(parcels))
    let document = try BoundaryDocument(reading: bytes)
    #expect(document.doubts.isEmpty)
    #expect(document.parcels.allSatisfy { $0.doubts.isEmpty })
    #expect(document.crs.description == "EPSG:4513")
    #expect(document.parcels.map(\.name) == parcels.map(\.name))
    let area = try CoordinateTextTests.statutory(document)
    #expect(abs(area - parcels[0].geometry.statutoryArea().squareMetres) <= 0.5)
  }

  @Test func `a parcel of several polygons becomes several parcels`() throws {
    let one = try Shapes.box(75.95, 39.45, 75.96, 39.46)
    let other = try Shapes.box(75.97, 39.45, 75.98, 39.46)
    var parcel = BoundaryDocument.Parcel(
      id: "A", name: "甲,乙@丙\n丁", geometry: MultiPolygon(one.polygons + other.polygons))
    parcel.declaredArea = .hectares(200)
    let writer = try #require(CoordinateTextWriter(zone: 25))
    let document = try BoundaryDocument(reading: Array(writer.text([parcel]).utf8))
    #expect(document.parcels.map(\.id) == ["A", "A"])
    #expect(document.parcels.map(\.name) == ["甲，乙 丙 丁", "甲，乙 丙 丁"])
    #expect(document.parcels.allSatisfy { $0.doubts.isEmpty })
  }

  @Test func `a place beyond the zone's reach is refused with its vertex`() throws {
    let far = BoundaryDocument.Parcel(id: "A", geometry: try Shapes.box(120, 39, 120.1, 39.1))
    let writer = try #require(CoordinateTextWriter(zone: 25))
    let error = try #require(throws: GeometryError.self) { _ = try writer.text([far]) }
    #expect(error.place == InputPlace(feature: 1, part: 1, ring: 1, vertex: 1))
    #expect(CoordinateTextWriter(zone: 23) == nil)
  }
}
