public import KarezCore

/// 规划单位: a unit as plans write it: 万亩, 平方千米, 亿吨, 处.
///
/// - Shape: an optional multiplier (千, 万, 亿) and a unit; what is counted (个, 处, 座) is a unit of
///   its own name.
public struct PlanUnit: Hashable, Sendable {
  /// As it is written.
  public let text: String
  public let unit: Unit
  /// How many of `unit` one of these is.
  public let factor: Double

  private static let multipliers: [(Character, Double)] = [
    ("千", 1_000), ("万", 10_000), ("亿", 100_000_000),
  ]
  private static let units: [String: Unit] = [
    "亩": .mu, "公顷": .hectare, "平方千米": .squareKilometre, "平方公里": .squareKilometre,
    "平方米": .squareMetre, "m2": .squareMetre, "km2": .squareKilometre, "米": .metre,
    "千米": .kilometre, "公里": .kilometre, "km": .kilometre, "m": .metre, "%": .percent,
    "元": .yuan, "吨": .tonne, "立方米": .cubicMetre, "m3": .cubicMetre, "天": .day,
    "日": .day, "工作日": .day,
  ]
  private static let counted = [
    "个", "处", "座", "县市", "件", "本", "项", "家", "条", "宗", "次", "人", "次/年", "次/5年",
    "小时", "类", "名", "户", "村", "期",
  ]

  /// Nil for a unit that is not known.
  public init?(named text: String) {
    if let plain = Self.plain(text) {
      self.init(text, plain, 1)
      return
    }
    guard let first = text.first,
      let multiplier = Self.multipliers.first(where: { $0.0 == first })?.1,
      let plain = Self.plain(String(text.dropFirst()))
    else { return nil }
    self.init(text, plain, multiplier)
  }

  private init(_ text: String, _ unit: Unit, _ factor: Double) {
    self.text = text
    self.unit = unit
    self.factor = factor
  }

  private static func plain(_ text: String) -> Unit? {
    units[text] ?? (counted.contains(text) ? .one : nil)
  }

  public var dimension: Dimension { unit.dimension }

  /// A number of these.
  public func quantity(_ number: Double) -> Quantity { Quantity(number * factor, unit) }

  /// How many of these a quantity is; nil where it is of another dimension.
  public func number(of quantity: Quantity) -> Double? {
    guard quantity.dimension == dimension else { return nil }
    return quantity.value / self.quantity(1).value
  }

  /// The units of land that plans mix up.
  public static let landUnits = [
    "亩", "万亩", "公顷", "万公顷", "平方千米", "万平方千米",
  ].compactMap { PlanUnit(named: $0) }

  /// The unit a number was more likely meant in: under it the number is near what is known, as it
  /// is written it is far from it.
  ///
  /// Far is more than five times, near within a third: the units of land differ by fifteen and
  /// more, and no indicator of land trebles in a planning period.
  public func likelier(for number: Double, near known: Quantity) -> PlanUnit? {
    guard number > 0, known.value > 0, known.dimension == dimension else { return nil }
    let ratio = quantity(number).value / known.value
    guard !(0.2...5).contains(ratio) else { return nil }
    return Self.landUnits.first { other in
      other.dimension == dimension
        && (0.75...1.34).contains(other.quantity(number).value / known.value)
    }
  }
}
