import KarezGeometry
import Testing

@Suite struct GeometryErrorTests {
  static let errors: [GeometryError] = [
    .positionNotFinite(index: 3), .positionOutOfRange(index: 4), .ringTooShort(count: 2),
    .ringNotClosed(first: Position(x: 0.1, y: -1e-9), last: Position(x: 3e8, y: 4)), .endsTooSoon,
    .countExceedsInput(count: 4_294_967_295), .unexpected(found: "a, b", expected: .pointLine),
    .unsupportedGeometry("CurvePolygon"), .tooDeep,
    .notJSON(JSONFault(kind: "trailing", byte: 7)), .notJSON(JSONFault(kind: "x", byte: nil)),
    .unreadableText(encoding: "GB18030"), .noGeometry, .unknownCRS(""),
    .datumShiftUnknown(crs: "1980西安坐标系"), .outsideProjection(Position(x: 1.5, y: 2)),
    .notDegrees(Position(x: 585_000, y: 4_370_000)), .zoneContradiction(declared: 26, found: 25),
    .invalid(ValidityFault(kind: .nestedHoles, position: nil)),
    .invalid(ValidityFault(kind: .selfIntersection, position: Position(x: 75.1, y: 39.1))),
    .overlayFailed("TopologyException"), .pointCountDiffers(declared: 9, found: 7),
  ]

  @Test(arguments: errors)
  func `an error crosses a process as its code and facts`(error: GeometryError) {
    let located = error.located(at: InputPlace(line: 7, ring: 2))
    #expect(GeometryError(code: located.code, facts: located.facts) == error)
    #expect(located.place.line == 7)
    #expect(GeometryError(code: error.code, facts: error.facts + ["a", "b", "c"]) == nil)
  }

  @Test func `codes are told apart`() {
    #expect(Set(Self.errors.map(\.code)).count == Self.errors.count - 2)
    #expect(GeometryError(code: "located", facts: []) == nil)
    #expect(GeometryError(code: "zone-contradiction", facts: ["a", "b"]) == nil)
  }

  @Test func `an inner place refines an outer one`() {
    let inner = GeometryError.positionNotFinite(index: 4)
      .located(at: InputPlace(part: 1, ring: 2))
    let outer = inner.located(at: InputPlace(line: 9, ring: 1))
    #expect(outer.place == InputPlace(line: 9, part: 1, ring: 2, vertex: 5))
    #expect(outer.place.description == "line 9, part 1, ring 2, vertex 5")
    #expect(outer.cause == .positionNotFinite(index: 4))
  }
}
