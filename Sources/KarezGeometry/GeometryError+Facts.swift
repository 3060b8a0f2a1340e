extension GeometryError {
  /// Stable, kebab-case; with `facts` it carries a parser's error across a process.
  public var code: String {
    switch cause {
    case .positionNotFinite: "position-not-finite"
    case .positionOutOfRange: "position-out-of-range"
    case .ringTooShort: "ring-too-short"
    case .ringNotClosed: "ring-not-closed"
    case .located: "located"
    case .endsTooSoon: "ends-too-soon"
    case .countExceedsInput: "count-exceeds-input"
    case .pointCountDiffers: "point-count-differs"
    case .unexpected: "unexpected"
    case .unsupportedGeometry: "unsupported-geometry"
    case .tooDeep: "too-deep"
    case .notJSON: "not-json"
    case .unreadableText: "unreadable-text"
    case .noGeometry: "no-geometry"
    case .unknownCRS: "unknown-crs"
    case .datumShiftUnknown: "datum-shift-unknown"
    case .outsideProjection: "outside-projection"
    case .notDegrees: "not-degrees"
    case .zoneContradiction: "zone-contradiction"
    case .invalid: "invalid"
    case .overlayFailed: "overlay-failed"
    }
  }

  /// The facts of the cause as text, in the order of its case.
  public var facts: [String] {
    switch cause {
    case .positionNotFinite(let number), .positionOutOfRange(let number),
      .ringTooShort(let number), .countExceedsInput(let number):
      [String(number)]
    case .ringNotClosed(let first, let last): [first.x, first.y, last.x, last.y].map { "\($0)" }
    case .unexpected(let found, let expected): [found, expected.rawValue]
    case .unsupportedGeometry(let text), .unreadableText(let text), .unknownCRS(let text),
      .datumShiftUnknown(let text), .overlayFailed(let text):
      [text]
    case .notJSON(let fault): [fault.kind] + (fault.byte.map { [String($0)] } ?? [])
    case .outsideProjection(let place), .notDegrees(let place): ["\(place.x)", "\(place.y)"]
    case .zoneContradiction(let declared, let found),
      .pointCountDiffers(let declared, let found):
      [String(declared), String(found)]
    case .invalid(let fault):
      [fault.kind.rawValue] + (fault.position.map { ["\($0.x)", "\($0.y)"] } ?? [])
    case .located, .endsTooSoon, .tooDeep, .noGeometry: []
    }
  }

  /// The error that has this code and these facts, if there is one.
  public init?(code: String, facts: [String]) {
    let numbers = facts.compactMap { Double($0) }
    let whole = facts.compactMap { Int($0) }
    let made: GeometryError? =
      switch (code, facts.count) {
      case ("ends-too-soon", 0): .endsTooSoon
      case ("too-deep", 0): .tooDeep
      case ("no-geometry", 0): .noGeometry
      case ("unexpected", 2):
        ExpectedInput(rawValue: facts[1]).map { .unexpected(found: facts[0], expected: $0) }
      case ("unsupported-geometry", 1): .unsupportedGeometry(facts[0])
      case ("unreadable-text", 1): .unreadableText(encoding: facts[0])
      case ("unknown-crs", 1): .unknownCRS(facts[0])
      case ("datum-shift-unknown", 1): .datumShiftUnknown(crs: facts[0])
      case ("overlay-failed", 1): .overlayFailed(facts[0])
      case ("not-json", 1...2): .notJSON(JSONFault(kind: facts[0], byte: whole.last))
      case ("invalid", 1), ("invalid", 3):
        ValidityFault.Kind(rawValue: facts[0]).map {
          .invalid(ValidityFault(kind: $0, position: Self.positions(numbers).first))
        }
      default:
        numbers.count == facts.count
          ? Self.numeric(code, whole: whole, numbers: numbers) : nil
      }
    guard let made else { return nil }
    self = made
  }

  private static func numeric(_ code: String, whole: [Int], numbers: [Double]) -> GeometryError? {
    let places = positions(numbers)
    switch (code, numbers.count) {
    case ("position-not-finite", 1): return whole.first.map { .positionNotFinite(index: $0) }
    case ("position-out-of-range", 1): return whole.first.map { .positionOutOfRange(index: $0) }
    case ("ring-too-short", 1): return whole.first.map { .ringTooShort(count: $0) }
    case ("count-exceeds-input", 1): return whole.first.map { .countExceedsInput(count: $0) }
    case ("ring-not-closed", 4): return .ringNotClosed(first: places[0], last: places[1])
    case ("outside-projection", 2): return .outsideProjection(places[0])
    case ("not-degrees", 2): return .notDegrees(places[0])
    case ("zone-contradiction", 2):
      return whole.count == 2 ? .zoneContradiction(declared: whole[0], found: whole[1]) : nil
    case ("point-count-differs", 2):
      return whole.count == 2 ? .pointCountDiffers(declared: whole[0], found: whole[1]) : nil
    default: return nil
    }
  }

  /// Pairs of numbers as positions.
  private static func positions(_ numbers: [Double]) -> [Position] {
    stride(from: 0, to: numbers.count - 1, by: 2).map {
      Position(x: numbers[$0], y: numbers[$0 + 1])
    }
  }
}
