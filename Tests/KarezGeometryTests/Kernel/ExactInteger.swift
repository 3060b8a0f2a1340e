/// A whole number of any size, for judging areas; slow and simple.
///
/// Numbers that fit are kept in 128 bits, so that small grids cost little.
enum ExactInteger: Sendable {
  case small(Int128)
  /// Magnitude in limbs of 64 bits, the least first.
  case large(isNegative: Bool, limbs: [UInt64])

  init(_ value: Int) { self = .small(Int128(value)) }

  /// -1, 0 or 1.
  var sign: Int {
    switch self {
    case .small(let value): value == 0 ? 0 : value < 0 ? -1 : 1
    case .large(let isNegative, let limbs):
      limbs.allSatisfy { $0 == 0 } ? 0 : isNegative ? -1 : 1
    }
  }

  private var parts: (isNegative: Bool, limbs: [UInt64]) {
    switch self {
    case .small(let value):
      let magnitude = value.magnitude
      return (value < 0, [UInt64(truncatingIfNeeded: magnitude), UInt64(magnitude >> 64)])
    case .large(let isNegative, let limbs): return (isNegative, limbs)
    }
  }

  /// The shortest form of a magnitude and a sign.
  private static func shortest(isNegative: Bool, limbs: [UInt64]) -> ExactInteger {
    var limbs = limbs
    while limbs.count > 2, limbs.last == 0 { limbs.removeLast() }
    if limbs.count <= 2, (limbs.count < 2 || limbs[1] < 1 << 63) {
      let low = limbs.isEmpty ? 0 : limbs[0]
      let magnitude = Int128(limbs.count == 2 ? limbs[1] : 0) << 64 | Int128(low)
      return .small(isNegative ? -magnitude : magnitude)
    }
    return .large(isNegative: isNegative, limbs: limbs)
  }

  static func * (one: ExactInteger, other: ExactInteger) -> ExactInteger {
    if case .small(let a) = one, case .small(let b) = other {
      let (product, overflow) = a.multipliedReportingOverflow(by: b)
      if !overflow { return .small(product) }
    }
    let (a, b) = (one.parts, other.parts)
    var limbs = [UInt64](repeating: 0, count: a.limbs.count + b.limbs.count)
    for (i, x) in a.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, y) in b.limbs.enumerated() {
        let sum = UInt128(x) * UInt128(y) + UInt128(limbs[i + j]) + UInt128(carry)
        limbs[i + j] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(sum >> 64)
      }
      limbs[i + b.limbs.count] = carry
    }
    return shortest(isNegative: a.isNegative != b.isNegative, limbs: limbs)
  }

  static func + (one: ExactInteger, other: ExactInteger) -> ExactInteger {
    if case .small(let a) = one, case .small(let b) = other {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if !overflow { return .small(sum) }
    }
    let (a, b) = (one.parts, other.parts)
    if a.isNegative == b.isNegative {
      return shortest(isNegative: a.isNegative, limbs: sum(a.limbs, b.limbs))
    }
    if isLess(a.limbs, b.limbs) {
      return shortest(isNegative: b.isNegative, limbs: difference(b.limbs, a.limbs))
    }
    return shortest(isNegative: a.isNegative, limbs: difference(a.limbs, b.limbs))
  }

  static prefix func - (value: ExactInteger) -> ExactInteger {
    let parts = value.parts
    return shortest(isNegative: !parts.isNegative, limbs: parts.limbs)
  }

  static func - (one: ExactInteger, other: ExactInteger) -> ExactInteger { one + (-other) }

  private static func limb(_ limbs: [UInt64], _ index: Int) -> UInt64 {
    index < limbs.count ? limbs[index] : 0
  }

  private static func sum(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    var limbs: [UInt64] = []
    var carry: UInt64 = 0
    for index in 0..<max(a.count, b.count) {
      let sum = UInt128(limb(a, index)) + UInt128(limb(b, index)) + UInt128(carry)
      limbs.append(UInt64(truncatingIfNeeded: sum))
      carry = UInt64(sum >> 64)
    }
    return limbs + [carry]
  }

  /// The difference of magnitudes, the greater first.
  private static func difference(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    var limbs: [UInt64] = []
    var borrow: UInt64 = 0
    for index in 0..<max(a.count, b.count) {
      let (first, under) = limb(a, index).subtractingReportingOverflow(limb(b, index))
      let (second, underAgain) = first.subtractingReportingOverflow(borrow)
      limbs.append(second)
      borrow = under || underAgain ? 1 : 0
    }
    return limbs
  }

  private static func isLess(_ a: [UInt64], _ b: [UInt64]) -> Bool {
    for index in stride(from: max(a.count, b.count) - 1, through: 0, by: -1)
    where limb(a, index) != limb(b, index) {
      return limb(a, index) < limb(b, index)
    }
    return false
  }

  /// The number as `fraction`·2^`exponent`, the fraction's size in 1..<2, cut after 64 bits.
  var scaled: (fraction: Double, exponent: Int) {
    let (isNegative, limbs) = parts
    guard let top = limbs.lastIndex(where: { $0 != 0 }) else { return (0, 0) }
    let shift = limbs[top].leadingZeroBitCount
    let next = top > 0 && shift > 0 ? limbs[top - 1] >> (64 - shift) : 0
    let leading = Double(limbs[top] << shift | next) / 0x1p63
    return (isNegative ? -leading : leading, top * 64 + 63 - shift)
  }
}
