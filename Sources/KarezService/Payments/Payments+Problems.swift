import KarezCore

extension Payments {
  static func unknown(_ place: String) -> Problem {
    Problem(
      .notFound, code: "payment-unknown", place: place,
      what: LocalizedText(
        zh: "没有这张缴款单", en: "there is no such order of payment", ug: "بۇنداق تۆلەش تالونى يوق"),
      remedy: LocalizedText(
        zh: "核对缴款单号", en: "check the number of the order", ug: "تالون نومۇرىنى تەكشۈرۈڭ"))
  }

  static func stands(_ order: PaymentOrder, not wanted: PaymentOrder.State) -> Problem {
    Problem(
      .conflict, code: "payment-not-" + wanted.rawValue, place: order.number,
      what: LocalizedText(
        zh: "缴款单已是另一状态", en: "the order of payment stands otherwise by now",
        ug: "تالوننىڭ ھالىتى ئۆزگەرگەن"),
      remedy: LocalizedText(
        zh: "重新打开办件查看", en: "open the case again and look", ug: "دېلونى قايتا ئېچىپ كۆرۈڭ"))
  }

  static func ownDecision(_ place: String) -> Problem {
    Problem(
      .forbidden, code: "payment-own-decision", place: place,
      what: LocalizedText(
        zh: "您在此办件作过决定，不得收款", en: "you decided in this case, so you take no cash in it",
        ug: "بۇ دېلودا قارار چىقارغانسىز، شۇڭا پۇل تاپشۇرۇۋالالمايسىز"),
      remedy: LocalizedText(
        zh: "交由窗口的其他人收款", en: "have somebody else at the window take it",
        ug: "كۆزنەكتىكى باشقا ئادەمگە تاپشۇرۇڭ"))
  }

  static func ownCash(_ place: String) -> Problem {
    Problem(
      .forbidden, code: "payment-own-cash", place: place,
      what: LocalizedText(
        zh: "现金由您收取，退款须由另一人决定",
        en: "you took the cash, so another person decides that it is paid back",
        ug: "پۇلنى سىز تاپشۇرۇۋالغان، قايتۇرۇشنى باشقا ئادەم قارار قىلىدۇ"),
      remedy: LocalizedText(
        zh: "交由另一人办理", en: "have another person do it", ug: "باشقا ئادەمگە بېجىرگۈزۈڭ"))
  }

  static func caseRuns(_ place: String) -> Problem {
    Problem(
      .conflict, code: "payment-case-runs", place: place,
      what: LocalizedText(
        zh: "办件尚未办结，不退款", en: "nothing is paid back before the case is over",
        ug: "دېلو تۈگىمىگۈچە پۇل قايتۇرۇلمايدۇ"),
      remedy: LocalizedText(
        zh: "办结或撤回后再退", en: "end or withdraw it first", ug: "دېلو تۈگىگەندىن كېيىن قايتۇرۇڭ"))
  }

  static let noteMissing = Problem(
    .refused, code: "payment-note-missing", place: "note",
    what: LocalizedText(
      zh: "没有写票据号或理由，或过长",
      en: "the number of the receipt or the reason is missing or too long",
      ug: "تالون نومۇرى ياكى سەۋەب يېزىلمىغان ياكى بەك ئۇزۇن"),
    remedy: LocalizedText(
      zh: "写票据号或理由，500 字节以内", en: "write it, up to 500 bytes",
      ug: "500 بايت ئىچىدە يېزىڭ"))

  static func amountUnknown(_ fee: LocalizedText, at place: String) -> Problem {
    Problem(
      .refused, code: "payment-amount-unknown", place: place,
      what: LocalizedText(
        zh: "\(fee.zh)：金额未定，或不是两位小数以内的元数",
        en: "\(fee.en): the amount is not known, or is not yuan with two decimals at most",
        ug: "\(fee[.ug]): سومما بېكىتىلمىگەن ياكى توغرا ئەمەس"),
      remedy: LocalizedText(
        zh: "查明金额（如 120.00）后重试", en: "establish it, as 120.00, and try again",
        ug: "سوممىنى (مەسىلەن 120.00) بېكىتىپ قايتا سىناڭ"))
  }

  static let noteWrong = Wording(
    "payment-note-wrong", "回执不是缴费系统签名的回执", "this is no note signed by the gateway",
    do: "核对签名密钥与格式", "check the secret and the form"
  ).problem(at: "")

  static func amountWrong(_ order: String) -> Problem {
    Wording(
      "payment-amount-wrong", "回执金额与缴款单不符", "the note's amount is not the order's",
      do: "与缴费系统核对", "settle it with the gateway"
    ).problem(at: order)
  }

  static func unexpected(_ order: PaymentOrder) -> Problem {
    Wording(
      "payment-unexpected", "缴款单已是 \(order.state.rawValue)，又收到不同的回执",
      "the order is \(order.state.rawValue), and another note came",
      do: "与缴费系统核对；重复缴纳的退还", "settle it with the gateway; pay back what was paid twice"
    ).problem(at: order.number)
  }
}
