import Foundation
import KarezCore
import KarezGeometry
import KarezWriting

/// Layers and features the tests of writers share.
enum Layers {
  static let fields = [
    OutputField(name: "identifier", type: .text, source: "BSM"),
    OutputField(name: "land_class", type: .text, source: "DLBM"),
    OutputField(name: "floors", type: .integer),
    OutputField(name: "recorded_area", type: .decimal, source: "TBMJ"),
    OutputField(name: "is_adjustable", type: .boolean),
    OutputField(name: "surveyed_on", type: .date, source: "DCRQ"),
  ]

  static func layer(
    _ crs: CoordinateReferenceSystem = .cgcs2000, geometry: GeometryKind = .polygon
  ) -> OutputLayer {
    OutputLayer(
      name: "land-patches", title: LocalizedText(zh: "地类图斑", en: "Land patches"),
      geometry: geometry, crs: crs, fields: fields, identifier: "identifier")
  }

  /// A square that runs clockwise, as the formats of others want shells.
  static func square(x: Double, y: Double, side: Double = 0.01) throws -> Polygon {
    Polygon(
      shell: try Ring([
        Position(x: x, y: y), Position(x: x, y: y + side), Position(x: x + side, y: y + side),
        Position(x: x + side, y: y), Position(x: x, y: y),
      ]))
  }

  /// Features whose whole numbers a format of doubles can hold, where it is one.
  static func features(for format: OutputFormat) throws -> [OutputFeature] {
    var features = try features()
    if [.fileGDB, .xlsx].contains(format) {
      features[0].values[2] = .integer(999_999_999_999_999)
    }
    return features
  }

  /// Features with what is hard to write: long and Chinese text, nulls, 64-bit integers, numbers
  /// of full precision, days, a hole, several parts.
  static func features() throws -> [OutputFeature] {
    let hole = try Ring([
      Position(x: 76.102, y: 39.102), Position(x: 76.104, y: 39.102),
      Position(x: 76.104, y: 39.104), Position(x: 76.102, y: 39.102),
    ])
    let shapes: [MultiPolygon] = [
      MultiPolygon([try square(x: 75.987_637_573_123_45, y: 39.459_651_047_987_65)]),
      MultiPolygon([Polygon(shell: try square(x: 76.1, y: 39.1).shell, holes: [hole])]),
      MultiPolygon([try square(x: 76.2, y: 39.2), try square(x: 76.3, y: 39.3)]),
    ]
    let rows: [[AttributeValue]] = [
      [
        .text("6531010001"), .text("0103"), .integer(999_999_999_999_999_999), .decimal(0.1),
        .boolean(true), .date(try day("2024-02-29")),
      ],
      [
        .text("喀什-永久基本农田"), .text("=1+1"), .null, .decimal(123_456_789.125), .boolean(false),
        .date(try day("1949-10-01")),
      ],
      [.text("b\"c,d\ne"), .null, .integer(-1), .null, .null, .null],
    ]
    return zip(shapes, rows).map { shape, values in
      guard case .text(let id) = values[0] else { preconditionFailure("no id") }
      return OutputFeature(id: id, geometry: .polygons(shape), values: values)
    }
  }

  private struct NoDay: Error {}

  static func day(_ text: String) throws -> LegalDate {
    guard let day = LegalDate(text) else { throw NoDay() }
    return day
  }
}
