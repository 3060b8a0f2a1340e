/// A fraction of whole numbers of any size, its denominator positive.
struct ExactRational: Comparable, Sendable {
  let numerator: ExactInteger
  let denominator: ExactInteger

  init(_ value: Int) { self.init(ExactInteger(value), over: ExactInteger(1)) }

  init(_ numerator: Int, over denominator: Int) {
    self.init(ExactInteger(numerator), over: ExactInteger(denominator))
  }

  /// The fraction, in lowest terms where both fit in 64 bits.
  init(_ numerator: ExactInteger, over denominator: ExactInteger) {
    precondition(denominator.sign != 0, "a fraction of nothing")
    let isTurned = denominator.sign < 0
    let (above, below) = isTurned ? (-numerator, -denominator) : (numerator, denominator)
    if case .small(let n) = above, case .small(let d) = below,
      let small = Int(exactly: n), let other = Int(exactly: d), small != .min
    {
      let common = Self.commonDivisor(abs(small), other)
      self.numerator = ExactInteger(small / common)
      self.denominator = ExactInteger(other / common)
    } else {
      self.numerator = above
      self.denominator = below
    }
  }

  private static func commonDivisor(_ one: Int, _ other: Int) -> Int {
    var (a, b) = (one, other)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  static func + (one: Self, other: Self) -> Self {
    Self(
      one.numerator * other.denominator + other.numerator * one.denominator,
      over: one.denominator * other.denominator)
  }

  static func - (one: Self, other: Self) -> Self {
    Self(
      one.numerator * other.denominator - other.numerator * one.denominator,
      over: one.denominator * other.denominator)
  }

  static func * (one: Self, other: Self) -> Self {
    Self(one.numerator * other.numerator, over: one.denominator * other.denominator)
  }

  static func < (one: Self, other: Self) -> Bool {
    (one.numerator * other.denominator - other.numerator * one.denominator).sign < 0
  }

  static func == (one: Self, other: Self) -> Bool {
    (one.numerator * other.denominator - other.numerator * one.denominator).sign == 0
  }

  /// The nearest `Double`, or a neighbour of it.
  var double: Double {
    let (above, below) = (numerator.scaled, denominator.scaled)
    guard above.fraction != 0 else { return 0 }
    let ratio = above.fraction / below.fraction
    return Double(
      sign: ratio < 0 ? .minus : .plus, exponent: above.exponent - below.exponent,
      significand: abs(ratio))
  }
}
