public import KarezCore

extension Unit {
  /// The unit as it stands behind a number on a page or a form; empty for a bare number.
  public var title: LocalizedText {
    switch self {
    case .squareMetre: LocalizedText(zh: "平方米", en: "m²", ug: "كۋادرات مېتىر")
    case .hectare: LocalizedText(zh: "公顷", en: "ha", ug: "گېكتار")
    case .mu: LocalizedText(zh: "亩", en: "mu", ug: "مو")
    case .squareKilometre: LocalizedText(zh: "平方千米", en: "km²", ug: "كۋادرات كىلومېتىر")
    case .metre: LocalizedText(zh: "米", en: "m", ug: "مېتىر")
    case .kilometre: LocalizedText(zh: "千米", en: "km", ug: "كىلومېتىر")
    case .percent: LocalizedText(zh: "%", en: "%", ug: "%")
    case .one: LocalizedText(zh: "", en: "", ug: "")
    case .yuan: LocalizedText(zh: "元", en: "yuan", ug: "يۈەن")
    case .tenThousandYuan: LocalizedText(zh: "万元", en: "10,000 yuan", ug: "تۈمەن يۈەن")
    case .day: LocalizedText(zh: "天", en: "days", ug: "كۈن")
    case .tonne: LocalizedText(zh: "吨", en: "t", ug: "توننا")
    case .cubicMetre: LocalizedText(zh: "立方米", en: "m³", ug: "كۇب مېتىر")
    }
  }
}
