import KarezCore

/// Numbers as plans print them.
enum PlanNumber {
  /// Up to four decimals, without zeros at the end.
  static func text(_ value: Double, decimals: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    var text = DecimalText.fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A plain decimal number; nil for anything else.
  static func value(of text: some StringProtocol) -> Double? {
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard isPlain, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Half the last digit that is printed.
  static func halfStep(of text: some StringProtocol) -> Double {
    let decimals = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
    var step = 0.5
    for _ in 0..<min(decimals?.count ?? 0, 12) { step /= 10 }
    return step
  }
}
