public import KarezCore

extension Applicants {
  /// What somebody else's things and things there are not have in common.
  public static let nothingHere = Problem(
    .notFound, code: "not-found", place: "",
    what: LocalizedText(zh: "没有这个页面", en: "there is no such page", ug: "بۇنداق بەت يوق"),
    remedy: LocalizedText(
      zh: "从“我的办件”进入", en: "begin from your own page", ug: "«مېنىڭ ئىشلىرىم» دىن كىرىڭ"))

  static let unverified = Problem(
    .forbidden, code: "name-unverified", place: "",
    what: LocalizedText(
      zh: "尚未实名，不能提交申请、接受或给予委托", en: "your name is not verified yet",
      ug: "ھەقىقىي ئىسمىڭىز تېخى دەلىللەنمىدى"),
    remedy: LocalizedText(
      zh: "先在“我的办件”中实名；草稿与预审不受影响",
      en: "have it verified on your own page; drafts and checks go on meanwhile",
      ug: "ئالدى بىلەن «مېنىڭ ئىشلىرىم» دا ئىسمىڭىزنى دەلىللەڭ"))

  static let askedAlready = Problem(
    .conflict, code: "name-asked", place: "number",
    what: LocalizedText(
      zh: "核验已在进行或已通过", en: "your name is being verified or was", ug: "دەلىللەش باشلانغان"),
    remedy: LocalizedText(zh: "等待结果", en: "wait for the answer", ug: "نەتىجىنى كۈتۈڭ"))

  static let numberWrong = Problem(
    .refused, code: "identity-number-wrong", place: "number",
    what: LocalizedText(
      zh: "证件号码应为 18 位数字或大写字母", en: "the number has 18 digits or capital letters",
      ug: "كىنىشكا نومۇرى 18 خانىلىق بولۇشى كېرەك"),
    remedy: LocalizedText(
      zh: "按身份证或营业执照填写", en: "copy it from the card or the licence",
      ug: "كىملىك ياكى كەسىپ كىنىشكىسىدىن كۆچۈرۈڭ"))

  static let asksTooMany = Problem(
    .refused, code: "name-asks-too-many", place: "number",
    what: LocalizedText(
      zh: "今日实名核验次数已达上限", en: "your name was compared as often as a day allows",
      ug: "بۈگۈنكى دەلىللەش قېتىم سانى چەككە يەتتى"),
    remedy: LocalizedText(
      zh: "核对姓名与证件号码，明日再试，或带证件到窗口",
      en: "check name and number, come back tomorrow, or bring the card to the window",
      ug: "ئىسىم ۋە نومۇرنى تەكشۈرۈڭ، ئەتە قايتا سىناڭ ياكى كىنىشكىڭىز بىلەن كۆزنەككە بېرىڭ"))

  static let agentUnknown = Problem(
    .refused, code: "agent-unknown", place: "agent",
    what: LocalizedText(
      zh: "没有账户编号与姓名都相符的已实名申请人",
      en: "there is no verified applicant with both this account and this name",
      ug: "ھېسابات نومۇرى ۋە ئىسمى ماس كېلىدىغان دەلىللەنگەن ئىلتىماسچى يوق"),
    remedy: LocalizedText(
      zh: "请对方提供账户编号和实名的姓名并先实名", en: "ask them for their account's id and name as verified",
      ug: "قارشى تەرەپتىن ھېسابات نومۇرى ۋە دەلىللەنگەن ئىسمىنى سوراڭ"))

  static let mandatesToday = Problem(
    .refused, code: "mandates-today", place: "agent",
    what: LocalizedText(
      zh: "今日委托的次数已达上限", en: "you tried to give as many mandates as a day allows",
      ug: "بۈگۈنكى ھاۋالە قېتىم سانى چەككە يەتتى"),
    remedy: LocalizedText(
      zh: "核对账户编号与姓名，明日再试，或到窗口办理",
      en: "check the account and the name, and come back tomorrow, or go to the window",
      ug: "ھېسابات نومۇرى ۋە ئىسىمنى تەكشۈرۈڭ، ئەتە قايتا سىناڭ ياكى كۆزنەكتە بېجىرىڭ"))

  static let notOffered = Problem(
    .refused, code: "mandate-not-offered", place: "",
    what: LocalizedText(
      zh: "此委托不待接受：已接受、已撤销或已到期",
      en: "this mandate does not wait for you: it was accepted, revoked or is over",
      ug: "بۇ ھاۋالە قوبۇل قىلىشنى كۈتمەيدۇ"),
    remedy: LocalizedText(zh: "刷新页面查看", en: "reload the page", ug: "بەتنى يېڭىلاڭ"))

  static let servicesUnknown = Problem(
    .refused, code: "mandate-services", place: "services",
    what: LocalizedText(
      zh: "没有选择事项，或不能网上申请", en: "no service was chosen, or none that is applied for here",
      ug: "تۈر تاللانمىدى"),
    remedy: LocalizedText(zh: "至少选择一项", en: "choose one at least", ug: "كەم دېگەندە بىرنى تاللاڭ"))

  public static let dayOver = Problem(
    .refused, code: "mandate-day", place: "lastDay",
    what: LocalizedText(
      zh: "最后一日已过或不是日期", en: "the last day is over, or is no day", ug: "ئاخىرقى كۈن ئۆتۈپ كەتتى"),
    remedy: LocalizedText(
      zh: "填写今天或以后的日期", en: "write today or a later day", ug: "بۈگۈن ياكى كېيىنكى كۈننى يېزىڭ"))

  static let tooManyMandates = Problem(
    .refused, code: "mandates-too-many", place: "agent",
    what: LocalizedText(
      zh: "有效委托过多", en: "too many mandates are in force", ug: "كۈچكە ئىگە ھاۋالە بەك كۆپ"),
    remedy: LocalizedText(
      zh: "先撤销不再需要的委托", en: "revoke one that is not needed", ug: "كېرەكسىزىنى ئەمەلدىن قالدۇرۇڭ"))

  static let mandateUnknown = Problem(
    .notFound, code: "mandate-unknown", place: "",
    what: LocalizedText(
      zh: "没有这项委托", en: "there is no such mandate", ug: "بۇنداق ھاۋالە يوق"),
    remedy: LocalizedText(zh: "刷新页面", en: "reload the page", ug: "بەتنى يېڭىلاڭ"))

  static let draftUnknown = Problem(
    .notFound, code: "draft-unknown", place: "",
    what: LocalizedText(
      zh: "没有这份草稿，或已到期", en: "there is no such draft, or its time is over",
      ug: "بۇنداق قوليازما يوق ياكى ۋاقتى ئۆتتى"),
    remedy: LocalizedText(
      zh: "从“我的办件”进入", en: "begin from your own page", ug: "«مېنىڭ ئىشلىرىم» دىن كىرىڭ"))

  static let tooManyDrafts = Problem(
    .refused, code: "drafts-too-many", place: "",
    what: LocalizedText(zh: "草稿过多", en: "there are too many drafts", ug: "قوليازما بەك كۆپ"),
    remedy: LocalizedText(
      zh: "先提交或删除一份", en: "submit or discard one", ug: "بىرنى تاپشۇرۇڭ ياكى ئۆچۈرۈڭ"))

  static let noForm = Problem(
    .notFound, code: "form-unknown", place: "",
    what: LocalizedText(
      zh: "此事项不能网上申请", en: "this is not applied for here",
      ug: "بۇ تۈرنى توردا ئىلتىماس قىلغىلى بولمايدۇ"),
    remedy: LocalizedText(zh: "到窗口办理", en: "apply at the window", ug: "كۆزنەكتە بېجىرىڭ"))

  static func draftChanged(_ version: Int) -> Problem {
    Problem(
      .conflict, code: "draft-changed", place: "",
      what: LocalizedText(
        zh: "草稿已在别处保存过（第 \(version) 版）",
        en: "the draft was saved elsewhere meanwhile (version \(version))",
        ug: "قوليازما باشقا يەردە ساقلاندى (\(version)-نەشر)"),
      remedy: LocalizedText(
        zh: "下面是您刚才填写的；与已保存的不同之处写在旁边，核对后再保存",
        en: "below is what you typed, beside it what was saved; compare, then save again",
        ug: "تۆۋەندە سىز يازغانلىرىڭىز؛ سېلىشتۇرۇپ قايتا ساقلاڭ"))
  }

  static func fieldUnknown(_ name: String) -> Problem {
    Problem(
      .usage, code: "form-field-unknown", place: String(name.prefix(64)),
      what: LocalizedText(
        zh: "申请表没有这个字段", en: "the form has no such field", ug: "جەدۋەلدە بۇنداق بۆلەك يوق"),
      remedy: LocalizedText(
        zh: "重新打开申请页面", en: "open the page of the draft anew", ug: "بەتنى قايتا ئېچىڭ"))
  }

  static let boundaryMissing = Problem(
    .refused, code: "draft-boundary-missing", place: "boundary",
    what: LocalizedText(
      zh: "还没有用地边界", en: "there is no boundary yet", ug: "تېخى يەر چېگراسى يوق"),
    remedy: LocalizedText(
      zh: "先上传边界文件或填写坐标", en: "bring its file or type its corners",
      ug: "ئالدى بىلەن چېگرا ھۆججىتىنى يوللاڭ"))

  static let notAsked = Problem(
    .refused, code: "not-asked-of-you", place: "",
    what: LocalizedText(
      zh: "现在不需要您补交材料", en: "nothing is asked of you now", ug: "ھازىر ماتېرىيال كېرەك ئەمەس"),
    remedy: LocalizedText(
      zh: "有补正通知时再提交", en: "bring it when you are told to", ug: "ئۇقتۇرۇش كەلگەندە تاپشۇرۇڭ"))

  static let notOver = Problem(
    .refused, code: "evaluation-early", place: "",
    what: LocalizedText(
      zh: "决定作出后才能评价", en: "a service is judged after its decision",
      ug: "قارار چىققاندىن كېيىن باھا بېرىلىدۇ"),
    remedy: LocalizedText(zh: "办结后再评价", en: "come back then", ug: "كېيىن كېلىڭ"))

  static let judgedAlready = Problem(
    .conflict, code: "evaluation-given", place: "",
    what: LocalizedText(zh: "已评价过", en: "it was judged before", ug: "باھا بېرىلگەن"),
    remedy: LocalizedText(
      zh: "每件办件评价一次", en: "a case is judged once", ug: "ھەر ئىشقا بىر قېتىم باھا بېرىلىدۇ"))
}
