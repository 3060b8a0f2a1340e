import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezReading

/// What is written comes back, and what comes back is written the same.
@Suite struct VCTRoundTripTests {
  struct Sample {
    var geometry: MultiPolygon
    var values: [AttributeValue]
  }

  static let layer = VCTOutputLayer(
    code: "2001010100", title: "地类图斑", table: "DLTB", geometry: .polygon,
    fields: [
      .init(name: "BSM", type: .text), .init(name: "DLMC", type: .text),
      .init(name: "TBMJ", type: .decimal), .init(name: "SJNF", type: .integer),
      .init(name: "GXSJ", type: .date),
    ])

  static let texts = [
    "水浇地", "𠮷㐂", "甲,乙", "\"引号\"", "", "خەت", "a;b", "龘", "Kärntner Straße", "丼|昡",
  ]

  /// Cells of a crooked grid; in some of them an island with a parcel of its own, and one parcel of
  /// two parts.
  static func coverage(seed: UInt64, size: Int = 5) throws -> [Sample] {
    var random = SplitMix64(seed: seed)
    func corner() -> Double { Double.random(in: -3...3, using: &random) }
    let corners = (0...size).map { row in
      (0...size).map { column in
        Position(
          x: 25_585_000.123 + Double(column) * 40 + corner(),
          y: 4_370_000.456 + Double(row) * 40 + corner())
      }
    }
    func between(_ a: Position, _ b: Position) -> [Position] {
      [a, Position(x: (a.x + b.x) / 2 + (a.y - b.y) / 37, y: (a.y + b.y) / 2 + (b.x - a.x) / 41)]
    }
    var sides: [String: [Position]] = [:]
    for row in 0...size {
      for column in 0...size {
        if column < size {
          sides["h\(row),\(column)"] = between(corners[row][column], corners[row][column + 1])
        }
        if row < size {
          sides["v\(row),\(column)"] = between(corners[row][column], corners[row + 1][column])
        }
      }
    }
    func back(_ name: String, to end: Position) -> [Position] {
      [end] + (sides[name] ?? []).dropFirst().reversed()
    }
    var samples: [Sample] = []
    var islands: [Ring] = []
    for row in 0..<size {
      for column in 0..<size {
        var ring = sides["h\(row),\(column)"] ?? []
        ring += sides["v\(row),\(column + 1)"] ?? []
        ring += back("h\(row + 1),\(column)", to: corners[row + 1][column + 1])
        ring += back("v\(row),\(column)", to: corners[row + 1][column])
        // Wherever a ring begins, it is the same ring.
        let turn = Int.random(in: 0..<ring.count, using: &random)
        ring = Array(ring[turn...] + ring[..<turn])
        let shell = try Ring(ring + [ring[0]])
        var holes: [Ring] = []
        if Int.random(in: 0..<3, using: &random) == 0 {
          let middle = Position(x: corners[row][column].x + 20, y: corners[row][column].y + 20)
          let island = [(-4.0, -4.0), (4, -5), (5, 4), (-3, 5)].map {
            Position(x: middle.x + $0.0 + corner() / 3, y: middle.y + $0.1 + corner() / 3)
          }
          let inner = try Ring(island + [island[0]])
          holes.append(try Ring(inner.positions.reversed()))
          islands.append(inner)
        }
        samples.append(
          Sample(
            geometry: MultiPolygon([Polygon(shell: shell, holes: holes)]),
            values: try values(samples.count, &random)))
      }
    }
    if islands.count > 1 {
      let parts = islands.prefix(2).map { Polygon(shell: $0) }
      samples.append(
        Sample(geometry: MultiPolygon(parts), values: try values(samples.count, &random)))
    }
    for island in islands.dropFirst(2) {
      samples.append(
        Sample(
          geometry: MultiPolygon([Polygon(shell: island)]),
          values: try values(samples.count, &random)))
    }
    return samples
  }

  static func values(_ number: Int, _ random: inout SplitMix64) throws -> [AttributeValue] {
    let day = try #require(LegalDate(year: 2000 + number % 30, month: 1 + number % 12, day: 28))
    let text = texts[Int.random(in: texts.indices, using: &random)]
    return [
      .text("6500\(number)"), text.isEmpty ? .null : .text(text),
      .decimal(Double.random(in: 0...1e6, using: &random)), .integer(Int64(number) - 3),
      number.isMultiple(of: 4) ? .null : .date(day),
    ]
  }

  static func write(
    _ samples: [Sample], _ crs: Int = 4_513, _ options: VCTOptions = VCTOptions()
  ) throws -> [UInt8] {
    var writer = try VCTWriter(
      crs: try CoordinateReferenceSystem(epsg: crs), options: options)
    writer.begin(layer)
    for sample in samples { try writer.add(.polygons(sample.geometry), values: sample.values) }
    var bytes: [UInt8] = []
    try writer.write { bytes += $0 }
    return bytes
  }

  static func read(_ bytes: [UInt8]) throws -> [Sample] {
    let (file, features) = try VCTText.read(bytes)
    #expect(file.layers.map(\.name) == ["DLTB"])
    #expect(file.layers[0].warnings.isEmpty)
    return try features.map { feature in
      #expect(feature.fault == nil)
      guard case .polygons(let multi) = feature.geometry else { throw ReadingError.noLayer }
      return Sample(
        geometry: multi, values: layer.fields.map { feature.attributes[$0.name] ?? .null })
    }
  }

  /// Rounded to the file's digits, each ring from its least place on.
  static func normal(_ multi: MultiPolygon, decimals: Int) -> [[[VCTGridPlace]]] {
    let grid = VCTGrid(decimals: decimals)
    return multi.polygons.map { polygon in
      polygon.rings.map { ring in
        let places = ring.positions.dropLast().compactMap { grid.place($0) }
        let least = places.indices.min { places[$0] < places[$1] } ?? 0
        return Array(places[least...] + places[..<least])
      }
    }
  }

  static func expectSame(_ one: [Sample], _ other: [Sample], decimals: Int) {
    #expect(one.count == other.count)
    for (left, right) in zip(one, other) {
      #expect(left.values == right.values)
      #expect(
        normal(left.geometry, decimals: decimals) == normal(right.geometry, decimals: decimals))
    }
  }

  @Test(arguments: 0..<12)
  func `a coverage comes back as it was, and is written the same again`(seed: UInt64) throws {
    let samples = try Self.coverage(seed: seed)
    for encoding in [TextEncoding.gb18030, .utf8] {
      for sharesLines in [true, false] {
        var options = VCTOptions()
        options.encoding = encoding
        options.sharesLines = sharesLines
        let bytes = try Self.write(samples, 4_513, options)
        let again = try Self.read(bytes)
        Self.expectSame(samples, again, decimals: 7)
        #expect(try Self.write(again, 4_513, options) == bytes)
        #expect(try Self.write(samples, 4_513, options) == bytes)
      }
    }
  }

  @Test(arguments: 0..<6)
  func `shared borders are the same bits on both sides`(seed: UInt64) throws {
    let samples = try Self.coverage(seed: seed)
    let again = try Self.read(try Self.write(samples))
    func edges(_ samples: [Sample]) -> [Set<Position>: Int] {
      var edges: [Set<Position>: Int] = [:]
      for ring in samples.flatMap({ $0.geometry.polygons.flatMap(\.rings) }) {
        for (a, b) in zip(ring.positions, ring.positions.dropFirst()) {
          edges[[a, b], default: 0] += 1
        }
      }
      return edges
    }
    let before = edges(samples).values.sorted()
    #expect(edges(again).values.sorted() == before)
    #expect(before.contains(2))
  }

  @Test(arguments: 0..<6)
  func `no statutory area changes by a thousandth of a square metre`(seed: UInt64) throws {
    let samples = try Self.coverage(seed: seed)
    let again = try Self.read(try Self.write(samples))
    let converter = try CoordinateConverter(from: CoordinateReferenceSystem(epsg: 4_513))
    for (one, other) in zip(samples, again) {
      let before = try converter.degrees(of: one.geometry).statutoryArea().squareMetres
      let after = try converter.degrees(of: other.geometry).statutoryArea().squareMetres
      #expect(abs(before - after) < 0.001)
    }
  }

  @Test func `two squares side by side take three lines, and a third in the corner more`() throws {
    func square(_ x: Double, _ y: Double, _ side: Double) throws -> Sample {
      let ring = try Ring(
        VCTText.square(x, y, side).map {
          Position(x: 25_585_000 + $0.0, y: 4_370_000 + $0.1)
        })
      let none = Array(repeating: AttributeValue.null, count: 5)
      return Sample(geometry: MultiPolygon([Polygon(shell: ring)]), values: none)
    }
    func lines(_ samples: [Sample]) throws -> Int {
      String(decoding: try Self.write(samples), as: UTF8.self)
        .components(separatedBy: "1099000000").count - 1
    }
    #expect(try lines([square(0, 0, 10)]) == 1)
    #expect(try lines([square(0, 0, 10), square(10, 0, 10)]) == 3)
    // Touching at one corner: two lines that close there.
    #expect(try lines([square(0, 0, 10), square(10, 10, 10)]) == 2)
    // The same ground twice is drawn by one line.
    #expect(try lines([square(0, 0, 10), square(0, 0, 10)]) == 1)
  }

  @Test func `degrees are written and read back to a ten-thousandth of a millimetre`() throws {
    let ring = try Ring(
      [(76.0, 39.0), (76.001_234_567_890_1, 39.0), (76.001, 39.001), (76.0, 39.0)].map {
        Position(x: $0.0, y: $0.1)
      })
    let sample = Sample(
      geometry: MultiPolygon([Polygon(shell: ring)]),
      values: Array(repeating: .null, count: 5))
    let bytes = try Self.write([sample], 4_490)
    let (file, _) = try VCTText.read(bytes)
    #expect(file.crs == .epsg(4_490))
    Self.expectSame([sample], try Self.read(bytes), decimals: 12)
  }

  @Test func `points, lines and tables without geometry come back too`() throws {
    var writer = try VCTWriter(crs: CoordinateReferenceSystem(epsg: 4_513))
    let places = (0..<4).map { Position(x: 25_585_000 + Double($0), y: 4_370_000) }
    let field = VCTOutputLayer.Field(name: "DM", type: .text)
    func layer(_ table: String, _ kind: GeometryKind) -> VCTOutputLayer {
      VCTOutputLayer(code: "9" + table, title: table, table: table, geometry: kind, fields: [field])
    }
    writer.begin(layer("KZD", .point))
    try writer.add(.points([places[0]]), values: [.text("一")])
    try writer.add(.points(places), values: [.text("二\n三")])
    writer.begin(layer("JX", .line))
    try writer.add(.lines([places, [places[3], places[0]]]), values: [.null])
    writer.begin(layer("QLR", .none))
    try writer.add(nil, values: [.text("张三")])
    var bytes: [UInt8] = []
    try writer.write { bytes += $0 }
    #expect(writer.replacedBreaks == 1)
    let points = try VCTText.read(bytes, layer: "KZD").features
    #expect(points.map(\.geometry) == [.points([places[0]]), .points(places)])
    #expect(points.map { $0.attributes["DM"] } == [.text("一"), .text("二 三")])
    let lines = try VCTText.read(bytes, layer: "JX").features
    #expect(lines.map(\.geometry) == [.lines([places, [places[3], places[0]]])])
    let rows = try VCTText.read(bytes, layer: "QLR").features
    #expect(rows.map { $0.attributes["DM"] } == [.text("张三")])
    #expect((points + lines + rows).allSatisfy { $0.fault == nil })
  }

  @Test func `what cannot be written is refused with its row`() throws {
    var writer = try VCTWriter(crs: CoordinateReferenceSystem(epsg: 4_513))
    writer.begin(Self.layer)
    let values = Array(repeating: AttributeValue.null, count: 5)
    #expect(throws: VCTOutputError.geometryMissing(row: 1)) { try writer.add(nil, values: values) }
    #expect(throws: VCTOutputError.geometryKind(row: 1)) {
      try writer.add(.points([]), values: values)
    }
    #expect(throws: VCTOutputError.systemUnsupported(try CoordinateReferenceSystem(epsg: 4_326))) {
      try VCTWriter(crs: CoordinateReferenceSystem(epsg: 4_326))
    }
  }
}
