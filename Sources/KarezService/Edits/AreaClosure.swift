public import KarezCore
import KarezGeometry

/// 面积闭合: how the parts of some land sum to it, and cover it.
public struct AreaClosure: Sendable {
  /// What parts may miss, cover twice or have outside, in all, and still be the whole.
  static let toleranceM2 = 0.01

  public let wholeM2: Double
  /// Of each part, in the order given: as measured, and levelled to hundredths that sum to the
  /// whole.
  public let partsM2: [Double]
  public let levelledM2: [Double]
  /// Covered by two parts.
  public let overlapM2: Double
  /// Of the parts, outside the whole.
  public let outsideM2: Double

  init(of whole: [MultiPolygon], by parts: [MultiPolygon]) throws(GeometryError) {
    let measure = OverlapMeasure(plane: .statutory)
    wholeM2 = whole.reduce(0) { $0 + $1.statutoryArea().squareMetres }
    let areas = parts.map { $0.statutoryArea().squareMetres }
    partsM2 = areas
    levelledM2 = AreaLevelling.levelled(areas, to: wholeM2)
    var overlap = 0.0
    var outside = 0.0
    for (index, part) in parts.enumerated() {
      var inside = 0.0
      for piece in whole { inside += try measure.common(part, piece).area }
      outside += max(0, areas[index] - inside)
      for other in parts[(index + 1)...] { overlap += try measure.common(part, other).area }
    }
    overlapM2 = overlap
    outsideM2 = outside
  }

  public var sumM2: Double { partsM2.reduce(0, +) }

  public var isClosed: Bool {
    abs(sumM2 - wholeM2) <= Self.toleranceM2 && overlapM2 <= Self.toleranceM2
      && outsideM2 <= Self.toleranceM2
  }

  public var json: JSONValue {
    func text(_ area: Double, _ decimals: Int = 2) -> JSONValue {
      .string(DecimalText.fixed(area, decimals: decimals))
    }
    return .object([
      "wholeM2": text(wholeM2), "sumM2": text(sumM2), "closureM2": text(sumM2 - wholeM2, 4),
      "overlapM2": text(overlapM2, 4), "outsideM2": text(outsideM2, 4),
      "partsM2": .array(levelledM2.map { text($0) }),
    ])
  }

  func line(in language: Language) -> String {
    func text(_ area: Double) -> String { DecimalText.fixed(area, decimals: 4) }
    let (sum, whole) = (text(sumM2), text(wholeM2))
    let rest = text(sumM2 - wholeM2)
    return language == .en
      ? "parts \(sum) m², whole \(whole) m², difference \(rest); overlap \(text(overlapM2)), outside \(text(outsideM2))"
      : "各部分合计 \(sum) 平方米，整体 \(whole) 平方米，差 \(rest)；重叠 \(text(overlapM2))，超出 \(text(outsideM2))"
  }

  func refuse(at place: String) throws(Problem) {
    guard !isClosed else { return }
    throw Problem(
      .refused, code: "area-not-closed", place: place,
      what: LocalizedText(zh: line(in: .zh), en: line(in: .en)),
      remedy: LocalizedText(
        zh: "各部分须恰好拼成整体（0.01 平方米以内）", en: "the parts must make up the whole within 0.01 m²"))
  }
}
