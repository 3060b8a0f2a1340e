import KarezCore

/// Sums of areas that do not depend on the order in which they are added.
///
/// - Units: whole millionths of a square metre, as far below what is printed as a survey's three
///   million patches need.
struct ExactArea: Hashable, Sendable {
  private(set) var millionths: Int128 = 0

  static let zero = ExactArea()

  init() {}

  init(squareMetres: Double) {
    millionths = Int128((squareMetres * 1e6).rounded(.toNearestOrAwayFromZero))
  }

  static func + (left: ExactArea, right: ExactArea) -> ExactArea {
    var sum = left
    sum.millionths += right.millionths
    return sum
  }

  static func += (left: inout ExactArea, right: ExactArea) { left = left + right }

  /// The difference, or nothing where rounding alone would make it less.
  static func - (left: ExactArea, right: ExactArea) -> ExactArea {
    var rest = left
    rest.millionths = max(0, left.millionths - right.millionths)
    return rest
  }

  /// Whole ten-thousandths of a square metre, halves away from zero.
  var printed: Int64 { Int64(clamping: (millionths + 50) / 100) }
}

/// An area of a ledger, to the last digit printed.
///
/// - Units: whole ten-thousandths of a square metre.
enum LedgerUnits {
  static let decimals = 4

  static func text(_ units: Int64) -> String {
    DecimalText.fixed(Double(units) / 10_000, decimals: decimals)
  }

  /// What was written by `text`; nil for anything else.
  static func units(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == decimals else { return nil }
    return Int64(parts[0] + parts[1])
  }

  static func squareMetres(_ units: Int64) -> Double { Double(units) / 10_000 }
}
