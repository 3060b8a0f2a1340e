import KarezCore

extension Deputies {
  static func unknown(_ id: String) -> Problem {
    Wording(
      "deputy-unknown", "没有这项代理", "there is no such deputy", do: "用 karez case deputy list 查看",
      "see karez case deputy list"
    ).problem(.notFound, at: id)
  }

  static let needsAccount = Wording(
    "deputy-account", "代理由本人以账户指定", "a deputy is named by the absent, with their account",
    do: "用 --as 登录本人账户", "sign in with --as"
  ).problem(.forbidden, at: "")

  static let nothingToGive = Wording(
    "deputy-nothing", "本人在办件中没有岗位，无可代理", "there is nothing you do in cases that another could do",
    do: "无需指定", "nothing is to be named"
  ).problem(at: "")

  static let daysWrong = Wording(
    "deputy-days", "起止日期有误，或已经过去", "the days are the wrong way round, or are over",
    do: "写明尚未结束的起止日期", "name days that are not over"
  ).problem(.usage, at: "through")

  static let reasonTooLong = Wording(
    "deputy-reason", "事由过长", "the reason is too long", do: "缩短", "shorten it"
  ).problem(.usage, at: "reason")

  static let oneself = Wording(
    "deputy-oneself", "不能由本人代理本人", "nobody is their own deputy", do: "另指定代理人",
    "name somebody else"
  ).problem(at: "deputy")

  static func notActive(_ id: String) -> Problem {
    Wording(
      "deputy-not-active", "该账户已停用", "the account is disabled", do: "另指定代理人",
      "name somebody else"
    ).problem(at: id)
  }

  static func namedAlready(_ deputy: Deputy) -> Problem {
    Wording(
      "deputy-named-already", "\(deputy.from) 至 \(deputy.through) 已有代理人 \(deputy.deputy)",
      "\(deputy.deputy) is named already from \(deputy.from) through \(deputy.through)",
      do: "先撤销，或改期、改程序", "revoke that first, or choose other days or procedures"
    ).problem(.conflict, at: deputy.id)
  }

  static func none(for absent: String, at number: String) -> Problem {
    Wording(
      "deputy-none", "您今日没有代理 \(absent) 办理本件的授权",
      "you do not stand in for \(absent) in this case today",
      do: "由本人办理，或请本人指定代理", "let them do it, or be named by them"
    ).problem(.forbidden, at: number)
  }

  static func otherHat(at number: String) -> Problem {
    Wording(
      "deputy-other-hat", "您已以另一身份办理过本件，同一人不得再以第二身份办理",
      "you acted in this case already, in another name than this",
      do: "由未经手的人办理", "let somebody do it who had no hand in it"
    ).problem(.forbidden, at: number)
  }
}
