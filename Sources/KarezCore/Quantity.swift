/// What a quantity measures; unlike dimensions are never compared or added.
public enum Dimension: String, CaseIterable, Hashable, Sendable {
  case area
  case length
  case share
  case count
  case money
  case days
  case mass
  case volume
}

/// A unit a pack may write after a number.
public enum Unit: String, CaseIterable, Hashable, Sendable {
  case squareMetre = "m2"
  case hectare = "ha"
  case mu = "mu"
  case squareKilometre = "km2"
  case metre = "m"
  case kilometre = "km"
  case percent = "%"
  case one = "1"
  case yuan = "yuan"
  case tenThousandYuan = "10k-yuan"
  case day = "d"
  case tonne = "t"
  case cubicMetre = "m3"

  public var dimension: Dimension {
    switch self {
    case .squareMetre, .hectare, .mu, .squareKilometre: .area
    case .metre, .kilometre: .length
    case .percent: .share
    case .one: .count
    case .yuan, .tenThousandYuan: .money
    case .day: .days
    case .tonne: .mass
    case .cubicMetre: .volume
    }
  }

  /// How many base units (m², m, %, 1, yuan, day, t, m³) one of these is, as an exact fraction.
  public var inBaseUnits: (numerator: Double, denominator: Double) {
    switch self {
    case .hectare, .tenThousandYuan: (10_000, 1)
    case .squareKilometre: (1_000_000, 1)
    case .mu: (2_000, 3)
    case .kilometre: (1_000, 1)
    case .squareMetre, .metre, .percent, .one, .yuan, .day, .tonne, .cubicMetre: (1, 1)
    }
  }
}

/// A number with its dimension, held in base units.
public struct Quantity: Hashable, Sendable, Comparable {
  public let dimension: Dimension
  public let value: Double

  public init(_ value: Double, _ unit: Unit) {
    let factor = unit.inBaseUnits
    self.dimension = unit.dimension
    self.value = value * factor.numerator / factor.denominator
  }

  /// A quantity as packs write it: a plain decimal number, a space, a unit — `35 ha`.
  public init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let unit = Unit(rawValue: String(parts[1])) else { return nil }
    let isPlain = parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard isPlain, let number = Double(parts[0]) else { return nil }
    self.init(number, unit)
    guard value.isFinite else { return nil }
  }

  public static func < (left: Quantity, right: Quantity) -> Bool {
    precondition(left.dimension == right.dimension, "unlike quantities compared")
    return left.value < right.value
  }
}
