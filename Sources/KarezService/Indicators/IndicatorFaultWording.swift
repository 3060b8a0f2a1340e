import KarezCore
import KarezIndicators
import KarezPacks
import KarezRules

/// Sentences for what is wrong with indicators and targets.
enum IndicatorFaultWording {
  static func wording(_ fact: PackFault.What) -> Wording? {
    switch fact {
    case .indicator(let fault): wording(fault)
    case .target(let fault): wording(fault)
    case .planUnitUnknown(let text):
      indicator(
        "不认识单位“\(text)”", "the unit “\(text)” is not known", "改用计量单位", "use a unit of measurement")
    case .patternWrong(let text):
      indicator(
        "句式写法有误：\(text)", "the pattern is wrong: \(text)", "花括号须成对，且须有文字",
        "close each brace, and write words beside them")
    default: nil
    }
  }

  private static func indicator(
    _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String
  ) -> Wording {
    Wording("pack-indicator", zh, en, do: remedyZh, remedyEn)
  }

  private static func wording(_ fault: IndicatorFault) -> Wording {
    switch fault {
    case .nameTwice(let name):
      indicator("“\(name)”重复", "“\(name)” stands twice", "改名或删除其一", "rename or remove one")
    case .loop(let path):
      indicator(
        "公式循环引用：\(path.joined(separator: " → "))",
        "the formulas go round: \(path.joined(separator: " → "))", "去掉其中一处引用",
        "take one reference out")
    case .expression(.unknownFact(let name, _), let id):
      indicator(
        "\(id) 的公式引用了没有的取数 \(name)", "the formula of \(id) names \(name), which is not there",
        "补上取数（series）或改名", "add it under series, or mend the name")
    case .expression(let error, let id):
      indicator(
        "\(id) 的公式写法有误（\(error)）", "the formula of \(id) is wrong (\(error))", "更正公式",
        "mend the formula")
    case .unitDiffers(let found, let unit, let id):
      indicator(
        "\(id) 的公式结果是\(name(found).zh)，单位却是 \(unit)",
        "the formula of \(id) gives \(name(found).en), its unit is \(unit)", "更正公式或单位",
        "mend the formula or the unit")
    }
  }

  static func wording(_ fault: TargetFault) -> Wording {
    switch fault {
    case .indicatorUnknown(let id):
      indicator("没有指标 \(id)", "there is no indicator \(id)", "检查名称", "check the name")
    case .unitDiffers(let found, let asked):
      indicator(
        "目标单位 \(found) 与指标单位 \(asked) 不是同一种量",
        "the target’s unit \(found) and the indicator’s \(asked) measure different things",
        "换算为 \(asked)", "give it in \(asked)")
    case .unitDoubted(let typed, let likelier):
      indicator(
        "目标按 \(typed) 计与已知数值相差悬殊，按 \(likelier) 计则相近",
        "in \(typed) the target is far from what is known, in \(likelier) it is near",
        "核对单位，疑为 \(likelier)", "look at the unit; \(likelier) may be meant")
    }
  }

  private static func name(_ type: FactType) -> LocalizedText {
    guard case .quantity(let dimension) = type else {
      return LocalizedText(zh: "非数量", en: "no quantity")
    }
    let zh =
      switch dimension {
      case .area: "面积"
      case .length: "长度"
      case .share: "比率"
      case .count: "个数"
      case .money: "金额"
      case .days: "天数"
      case .mass: "质量"
      case .volume: "体积"
      }
    return LocalizedText(zh: zh, en: dimension.rawValue)
  }
}
