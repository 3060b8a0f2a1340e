import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import KarezWriting
import TestSupport
import Testing

/// 报批坐标 TXT out, and in again.
@Suite struct BoundaryTextTests {
  /// The fields our reader gives such a text, and no others.
  static let fields =
    ["id", "name", "use", "map_sheet", "land_class"].map { OutputField(name: $0, type: .text) }
    + [OutputField(name: "declared_area_m2", type: .decimal)]

  static func layer(_ crs: CoordinateReferenceSystem) -> OutputLayer {
    OutputLayer(
      name: "parcels", title: LocalizedText(zh: "宗地", en: "Parcels"), geometry: .polygon,
      crs: crs, fields: fields, identifier: "id")
  }

  /// What was read, as it is handed to a writer.
  static func features(_ read: [SourceFeature]) -> [OutputFeature] {
    read.map { feature in
      OutputFeature(
        id: feature.fid, geometry: feature.geometry,
        values: fields.map { feature.attributes[$0.name] ?? .null })
    }
  }

  static func parcels() throws -> [OutputFeature] {
    let grid = try #require(GaussKruger(zone: 25, isPrefixed: true))
    let shell = try [(75.9, 39.4), (75.9, 39.41), (75.912, 39.41), (75.9, 39.4)]
      .map { try grid.position(ofDegrees: Position(x: $0.0, y: $0.1)) }
      .map { Position(x: ($0.x * 1_000).rounded() / 1_000, y: ($0.y * 1_000).rounded() / 1_000) }
    let middle = Position(x: shell[0].x + 200, y: shell[0].y + 400)
    let hole = [
      middle, Position(x: middle.x + 10, y: middle.y), Position(x: middle.x, y: middle.y + 10),
      middle,
    ]
    let polygon = Polygon(shell: try Ring(shell), holes: [try Ring(hole)])
    return [
      OutputFeature(
        id: "65310100001", geometry: .polygons(MultiPolygon([polygon])),
        values: [
          .text("65310100001"), .text("喀什 一号"), .text("公路用地"), .text("J43G001001"),
          .text("1003"), .null,
        ])
    ]
  }

  @Test(arguments: WritingOptions.Encoding.allCases)
  func `what is read is written to the same bytes again`(
    encoding: WritingOptions.Encoding
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let options = WritingOptions(
        encoding: encoding, writtenAt: "2025-11-01T00:00:00.000Z", producer: "某测绘院")
      let layer = Self.layer(try CoordinateReferenceSystem(epsg: 4_513))
      let first = folder.appending(path: "a.txt")
      let parcels = try Self.parcels()
      let notes = try await Files.written(
        parcels, of: layer, as: .boundaryText, to: first, options: options)
      #expect(notes == [])
      let read = try await Files.read(first)
      #expect(read.layer.crs == .epsg(4_513))
      #expect(read.layer.warnings == [])
      #expect(read.features.map(\.geometry) == parcels.map(\.geometry))
      for (name, value) in parcels[0].attributes(of: layer) where value != .null {
        #expect(read.features[0].attributes[name] == value)
      }
      let second = folder.appending(path: "b.txt")
      try await Files.write(
        Self.features(read.features), of: layer, as: .boundaryText, to: second,
        options: options)
      #expect(try Data(contentsOf: first) == Data(contentsOf: second))
    }
  }

  @Test func `degrees are written in the zone they lie in, parts as parcels, and told`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.txt")
      var features = try Layers.features()
      features[2].id = "three"
      let notes = try await Files.written(features, as: .boundaryText, to: file)
      #expect(
        notes == [
          .fieldsLeftOut(["floors", "recorded_area", "is_adjustable", "surveyed_on"]),
          .partsParted(features: 1),
        ])
    }
  }

  @Test func `what would part a line is refused with its field`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.txt")
      for character in [",", "@", "\n"] {
        var parcels = try Self.parcels()
        parcels[0].values[1] = .text("甲" + character)
        let layer = Self.layer(try CoordinateReferenceSystem(epsg: 4_513))
        let scalar = try #require(character.unicodeScalars.first)
        let fault = WritingError.value(
          .character(scalar: scalar.value), field: "name",
          at: OutputPlace(row: 1, feature: "65310100001"))
        await #expect(throws: fault) {
          try await Files.write(parcels, of: layer, as: .boundaryText, to: file)
        }
      }
    }
  }
}
