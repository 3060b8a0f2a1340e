public import KarezCore
public import KarezWorkflow

/// Sentences about faults of forms: what is wrong, and what to do.
public enum FormWording {
  public static func what(_ fault: FormFault.What) -> LocalizedText {
    switch fault {
    case .missing:
      LocalizedText(zh: "没有填写", en: "is missing", ug: "تولدۇرۇلمىدى")
    case .unknown:
      LocalizedText(zh: "申请表没有这个字段", en: "is not in the form", ug: "جەدۋەلدە يوق")
    case .tooLong(let most):
      LocalizedText(
        zh: "超过 \(most) 字", en: "is longer than \(most) characters", ug: "\(most) ھەرپتىن ئۇزۇن")
    case .notDate: LocalizedText(zh: "不是日期", en: "is no day", ug: "كۈن ئەمەس")
    case .notNumber: LocalizedText(zh: "不是数字", en: "is no number", ug: "سان ئەمەس")
    case .notChoice:
      LocalizedText(zh: "不在可选项之中", en: "is none of the choices", ug: "تاللاشتا يوق")
    case .notBoolean:
      LocalizedText(zh: "不是“是”或“否”", en: "is neither yes nor no", ug: "«ھەئە» ياكى «ياق» ئەمەس")
    case .tooLittle: LocalizedText(zh: "数值过小", en: "is too little", ug: "بەك ئاز")
    case .tooMuch: LocalizedText(zh: "数值过大", en: "is too much", ug: "بەك كۆپ")
    }
  }

  public static func remedy(_ fault: FormFault, of field: FormField?) -> LocalizedText {
    switch fault.what {
    case .missing:
      if case .material = fault.place {
        return LocalizedText(zh: "上传文件", en: "bring its file", ug: "ھۆججىتىنى يوللاڭ")
      }
      return LocalizedText(zh: "请填写", en: "fill it in", ug: "تولدۇرۇڭ")
    case .unknown:
      return LocalizedText(
        zh: "重新打开申请页面", en: "open the page anew", ug: "بەتنى قايتا ئېچىڭ")
    case .tooLong: return LocalizedText(zh: "缩短文字", en: "shorten it", ug: "قىسقارتىڭ")
    case .notDate:
      return LocalizedText(
        zh: "写成 2026-03-01", en: "write it as 2026-03-01", ug: "2026-03-01 دەك يېزىڭ")
    case .notNumber:
      return LocalizedText(
        zh: "只写数字和小数点", en: "write digits and a point only", ug: "پەقەت سان ۋە چېكىت يېزىڭ")
    case .notChoice, .notBoolean:
      return LocalizedText(zh: "从选项中选择", en: "choose from the list", ug: "تىزىملىكتىن تاللاڭ")
    case .tooLittle(let least):
      let bound = amount(least, field)
      return LocalizedText(
        zh: "不少于 \(bound[.zh])", en: "no less than \(bound[.en])",
        ug: "\(bound[.ug]) دىن ئاز بولمىسۇن")
    case .tooMuch(let most):
      let bound = amount(most, field)
      return LocalizedText(
        zh: "不多于 \(bound[.zh])", en: "no more than \(bound[.en])",
        ug: "\(bound[.ug]) دىن كۆپ بولمىسۇن")
    }
  }

  /// In the unit of the field, with no more decimals than the bound has.
  private static func amount(_ quantity: Quantity, _ field: FormField?) -> LocalizedText {
    let unit = field?.unit ?? .one
    let value = quantity.value * unit.inBaseUnits.denominator / unit.inBaseUnits.numerator
    let decimals = (0...6).first { decimals in
      Double(DecimalText.fixed(value, decimals: decimals)).map { abs($0 - value) < 1e-9 } ?? false
    }
    let figure = DecimalText.fixed(value, decimals: decimals ?? 6)
    func text(_ language: Language) -> String {
      unit == .one ? figure : figure + " " + unit.title[language]
    }
    return LocalizedText(zh: text(.zh), en: text(.en), ug: text(.ug))
  }
}
