import KarezGeometry
import Testing

/// Each way in which rings fail to bound an area, and the place it is found at.
@Suite struct ValidityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: ValidityFault.Kind?
    let wkt: String
    var place: Position?
    var testDescription: String { "\(kind?.rawValue ?? "valid"): \(wkt)" }
  }

  static let shell = "(0 0, 10 0, 10 10, 0 10, 0 0)"

  static let cases: [Case] = [
    Case(kind: nil, wkt: "POLYGON (\(shell))"),
    Case(kind: nil, wkt: "POLYGON (\(shell), (2 2, 2 4, 4 4, 2 2))"),
    Case(kind: nil, wkt: "POLYGON (\(shell), (0 0, 2 4, 4 4, 0 0))"),
    Case(kind: nil, wkt: "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((1 1, 2 1, 2 2, 1 1)))"),
    Case(
      kind: .selfIntersection, wkt: "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
      place: Position(x: 1, y: 1)),
    Case(
      kind: .ringSelfIntersection, wkt: "POLYGON ((0 0, 2 0, 1 1, 2 2, 0 2, 1 1, 0 0))",
      place: Position(x: 1, y: 1)),
    Case(kind: .selfIntersection, wkt: "POLYGON (\(shell), (8 8, 12 8, 12 9, 8 9, 8 8))"),
    Case(kind: .holeOutsideShell, wkt: "POLYGON (\(shell), (20 20, 21 20, 21 21, 20 20))"),
    Case(kind: .nestedHoles, wkt: "POLYGON (\(shell), (1 1, 9 1, 9 9, 1 1), (6 3, 7 3, 7 4, 6 3))"),
    Case(kind: .nestedShells, wkt: "MULTIPOLYGON ((\(shell)), ((2 2, 4 2, 4 4, 2 2)))"),
    Case(kind: .selfIntersection, wkt: "MULTIPOLYGON ((\(shell)), ((5 5, 15 5, 15 15, 5 5)))"),
    Case(kind: .selfIntersection, wkt: "MULTIPOLYGON ((\(shell)), (\(shell)))"),
    Case(
      kind: .disconnectedInterior,
      wkt: "POLYGON (\(shell), (0 5, 5 4, 10 5, 5 6, 0 5))"),
    Case(kind: .tooFewPoints, wkt: "POLYGON ((0 0, 1 1, 0 0, 0 0))"),
    Case(kind: .selfIntersection, wkt: "POLYGON ((0 0, 10 0, 5 0, 5 5, 0 0))"),
  ]

  @Test(arguments: cases)
  func `a fault has its kind and its place`(example: Case) throws {
    guard case .polygons(let multi) = try Geometry(wkt: example.wkt) else {
      Issue.record("not a polygon")
      return
    }
    let fault = try multi.validityFault()
    #expect(fault?.kind == example.kind)
    if let place = example.place { #expect(fault?.position == place) }
    guard example.kind != nil else { return }
    let error = #expect(throws: GeometryError.self) {
      _ = try PlaneRegion(multi, plane: .asGiven)
    }
    #expect(error == fault.map(GeometryError.invalid))
  }
}
