import KarezCore
import KarezGeometry
import KarezStore
import Testing

@testable import KarezService

/// Names in memory, and the place a feature is shown at.
@Suite struct NamedPlacesTests {
  static func index(_ names: [String]) throws -> NamedPlaces {
    let day = try #require(LegalDate("2024-01-01"))
    let validity = try #require(Validity(from: day))
    let readings: [Character: [String]] = [
      "喀": ["ka", "ke"], "什": ["shen", "shi"], "村": ["cun"], "新": ["xin"],
    ]
    var index = NamedPlaces(attributes: ["name", "other"], readings: readings)
    for (place, name) in names.enumerated() {
      let feature = Feature(
        id: "\(place)", geometry: nil,
        attributes: ["name": .text(name), "other": .text(name + " again")])
      index.add(
        FeatureVersion(
          feature: feature, row: Int64(place), validity: validity, recordedFrom: .none,
          statutoryArea: nil))
    }
    return index
  }

  @Test func `the whole comes before a beginning, and that before a part; plain before spelled`()
    throws
  {
    let index = try Self.index(["新喀什", "喀什村", "喀什", "Kashi", "村"])
    #expect(index.found("喀什", atMost: 9).map(\.place.id) == ["2", "1", "0"])
    #expect(index.found("kashi", atMost: 9).map(\.place.id) == ["3", "2", "1", "0"])
    #expect(index.found("KS", atMost: 9).map(\.place.id) == ["2", "1", "0"])
    #expect(index.found("ks", atMost: 1).map(\.place.id) == ["2"])
    #expect(index.found("kx", atMost: 9).isEmpty && index.found("", atMost: 9).isEmpty)
    #expect(index.found("again", atMost: 9).count == 5, "each once, by whichever name")
  }

  @Test func `thousands of names are looked through at once, and take little room`() throws {
    let index = try Self.index((0..<2_000).map { "喀什新村\($0)" })
    let clock = ContinuousClock()
    let took = clock.measure { #expect(index.found("xincun", atMost: 8).count == 8) }
    print("names: 2,000 spelled in \(took)")
    #expect(index.size < 2_000 * 500)
  }

  @Test func `a polygon is shown at a place inside it, though its middle is outside`() throws {
    func ring(_ corners: [(Double, Double)]) throws -> Ring {
      try Ring((corners + [corners[0]]).map { Position(x: $0.0, y: $0.1) })
    }
    // A horseshoe, open to the right.
    let shell = try ring([
      (0, 0), (10, 0), (10, 2), (2, 2), (2, 8), (10, 8), (10, 10), (0, 10),
    ])
    let place = try #require(ShownPlace(.polygons(MultiPolygon([Polygon(shell: shell)]))))
    #expect(place.at.x > 0 && place.at.x < 2 && place.at.y > 2 && place.at.y < 8)
    let square = try ring([(0, 0), (10, 0), (10, 10), (0, 10)])
    let hole = try ring([(1, 1), (7, 1), (7, 9), (1, 9)])
    let holed = try #require(
      ShownPlace(.polygons(MultiPolygon([Polygon(shell: square, holes: [hole])]))))
    #expect(holed.at.x > 7, "in the wider of the two stretches")
    #expect(ShownPlace(.points([])) == nil && ShownPlace(.lines([])) == nil)
    let line = [Position(x: 1, y: 1), Position(x: 2, y: 2), Position(x: 3, y: 3)]
    #expect(ShownPlace(.lines([line]))?.at == line[1])
  }
}
