/// A horizontal area, held in square metres.
///
/// A bare `Double` never crosses a public boundary: 35 could be hectares or 亩, and the
/// statutes use both.
public struct Area: Hashable, Sendable {
  public let squareMetres: Double

  private init(checked squareMetres: Double) {
    precondition(squareMetres.isFinite, "area must be finite")
    precondition(squareMetres >= 0, "area must not be negative; keep orientation elsewhere")
    self.squareMetres = squareMetres
  }

  public static let zero = Area(checked: 0)

  public static func squareMetres(_ value: Double) -> Area { Area(checked: value) }
  public static func hectares(_ value: Double) -> Area { Area(checked: value * 10_000) }

  /// 亩 (mu), exactly 2000/3 m²; fifteen make a hectare.
  public static func mu(_ value: Double) -> Area { Area(checked: value * 2_000 / 3) }

  public var hectares: Double { squareMetres / 10_000 }
  public var mu: Double { squareMetres * 3 / 2_000 }

  public static func + (left: Area, right: Area) -> Area {
    Area(checked: left.squareMetres + right.squareMetres)
  }

  /// The area as answers print it: exactly two decimals, half away from zero.
  public var text: String { DecimalText.fixed(squareMetres, decimals: 2) }
}

extension Area: Comparable {
  public static func < (left: Area, right: Area) -> Bool {
    left.squareMetres < right.squareMetres
  }
}
