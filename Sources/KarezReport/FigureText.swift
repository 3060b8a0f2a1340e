import KarezCore

/// Figures as readers see them: thousands apart by a thin space, a point before the decimals.
public enum FigureText {
  static let thinSpace = "\u{2009}"

  public static func grouped(_ text: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard let whole = parts.first else { return text }
    let isNegative = whole.hasPrefix("-")
    let digits = Array(isNegative ? whole.dropFirst() : whole)
    var out = isNegative ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { out += thinSpace }
      out.append(digit)
    }
    return parts.count == 2 ? out + "." + parts[1] : out
  }

  /// A traced value: `1234.50 m2` as 1 234.50 m²; anything else as it is.
  static func quantity(_ text: String) -> String {
    let parts = text.split(separator: " ")
    guard parts.count == 2, Double(parts[0]) != nil else { return text }
    return grouped(String(parts[0])) + " " + (parts[1] == "m2" ? "m²" : parts[1])
  }

  /// A sentence with the figures before `m²` or 平方米 grouped.
  public static func areasGrouped(in sentence: String) -> String {
    sentence.replacing(/([0-9]{4,})(\.[0-9]+)?( m²| 平方米)/) { match in
      grouped(String(match.1) + String(match.2 ?? "")) + match.3
    }
  }

  /// Whole metres as such, others to the millimetre.
  static func metres(_ value: Double) -> String {
    grouped(DecimalText.fixed(value, decimals: value == value.rounded() ? 0 : 3))
  }

  public static func count(_ number: Int) -> String { grouped(String(number)) }

  /// Of a file, in whole kB below a megabyte: `12 kB`, `3.4 MB`.
  public static func size(ofBytes bytes: Int) -> String {
    bytes < 1_000_000
      ? grouped(String((bytes + 999) / 1_000)) + " kB"
      : grouped(DecimalText.fixed(Double(bytes) / 1e6, decimals: 1)) + " MB"
  }

  static func squareMetres(_ area: Area) -> String { grouped(area.text) }

  static func hectares(_ area: Area) -> String { figure(area.hectares, decimals: 4) }

  static func mu(_ area: Area) -> String { figure(area.mu, decimals: 2) }

  /// With as many decimals as the smallest printed area takes, where fewer would print nothing.
  private static func figure(_ value: Double, decimals: Int) -> String {
    let usual = DecimalText.fixed(value, decimals: decimals)
    let isBlank = value > 0 && usual.utf8.allSatisfy { $0 == 0x30 || $0 == 0x2E }
    return grouped(isBlank ? DecimalText.fixed(value, decimals: 6) : usual)
  }
}
