import KarezCore
import KarezPacks

extension Accounts {
  /// One answer for a wrong name, a wrong password and a locked account, so that none is told.
  static let refused = Wording(
    "sign-in-refused", "账户名或口令不对，或账户已锁定、停用",
    "the account or the password is wrong, or the account is locked or disabled",
    do: "核对后再试；锁定会自行解除，停用请找系统管理员",
    "check both and try again; a lock ends by itself, the administrator can help"
  ).problem(.forbidden, at: "")

  static let codeRefused = Wording(
    "code-refused", "验证码不对、已用过或已过期", "the code is wrong, was used, or is too old",
    do: "等待下一个验证码再试；设备丢失时用恢复码",
    "wait for the next code; with the device lost use a recovery code"
  ).problem(.forbidden, at: "code")

  static let signInOver = Wording(
    "sign-in-over", "本次登录已超时或已结束", "this sign-in took too long or is over",
    do: "重新输入账户名与口令", "begin again with account and password"
  ).problem(.forbidden, at: "")

  static func codeMissing(_ id: String) -> Problem {
    Wording(
      "code-missing", "此账户须输入第二因素的验证码", "this account has a second factor, whose code is missing",
      do: "命令行用 KAREZ_CODE 给出验证码", "on the command line give it in KAREZ_CODE"
    ).problem(.forbidden, at: id)
  }

  static func toChange(_ id: String) -> Problem {
    Wording(
      "password-to-change", "口令须先更换", "the password has to be changed first",
      do: "用 karez user password 更换", "change it with karez user password"
    ).problem(.forbidden, at: id)
  }

  static func toEnrol(_ id: String) -> Problem {
    Wording(
      "second-factor-to-enrol", "此岗位须先设置第二鉴别因素",
      "this role needs a second factor, and there is none yet",
      do: "在门户的“我的账户”或用 karez user factor 设置",
      "set it up on the account page or with karez user factor"
    ).problem(.forbidden, at: id)
  }

  static let sessionUnknown = Wording(
    "session-unknown", "没有这个会话，或已结束", "there is no such session, or it has ended",
    do: "刷新页面", "reload the page"
  ).problem(.notFound, at: "session")

  static let remembered = Wording(
    "password-remembered", "新口令与最近用过的口令相同", "the new password is one of the last ones",
    do: "换一个口令", "choose another"
  ).problem(at: "password")

  static let unchanged = Wording(
    "password-unchanged", "新口令与原口令相同", "the new password is the old one",
    do: "换一个口令", "choose another"
  ).problem(at: "password")

  static func unknown(_ id: String) -> Problem {
    Wording(
      "account-unknown", "没有这个账户", "there is no such account",
      do: "用 karez user list 查看", "see karez user list"
    ).problem(.notFound, at: id)
  }

  static func taken(_ id: String) -> Problem {
    Wording(
      "account-taken", "账户名已用过", "the account’s name was given before",
      do: "换一个名称；停用的账户名也不再分配", "choose another; names of disabled accounts stay taken"
    ).problem(.conflict, at: id)
  }

  static func ownAccount(_ id: String) -> Problem {
    Wording(
      "account-own", "不能停用自己的账户", "nobody disables their own account",
      do: "由另一位系统管理员办理", "another administrator has to do it"
    ).problem(.forbidden, at: id)
  }

  static func lastApprover(_ id: String, _ act: TwoPersonAct) -> Problem {
    Wording(
      "account-last-approver", "此账户是唯一可同意“\(act.title.zh)”的账户，不能停用",
      "no other account could agree to “\(act.title.en)”, so this one is not disabled",
      do: "先由他人担任此岗位，或由操作员在服务器本机用 karez user disable 办理",
      "give somebody else the role first, or have it done at the machine by karez user disable"
    ).problem(.forbidden, at: id)
  }

  static func disabled(_ id: String) -> Problem {
    Wording(
      "account-disabled", "账户已停用，不能重设口令", "the account is disabled and gets no new secret",
      do: "另建账户，或由操作员在服务器本机用 karez user password 恢复",
      "make another, or have it let in again at the machine by karez user password"
    ).problem(.conflict, at: id)
  }

  static func malformed(_ id: String) -> Problem {
    Wording(
      "account-malformed", "账户名不合要求", "this is no name for an account",
      do: "2 到 32 个小写字母、数字、点或连字符，以字母开头",
      "2 to 32 lower-case letters, digits, dots or hyphens, a letter first"
    ).problem(.usage, at: id)
  }

  static func nameless(_ id: String) -> Problem {
    Wording(
      "account-nameless", "没有姓名，或姓名不合要求", "there is no name of the person, or it is none",
      do: "用 --name 写明姓名，60 字以内", "give one with --name, up to 60 characters"
    ).problem(.usage, at: id)
  }

  static func agencyUnnamed(_ id: String) -> Problem {
    Wording(
      "agency-unnamed", "单位名称不合要求", "this is no name of an agency",
      do: "写明单位名称，60 字以内", "give its name, up to 60 characters"
    ).problem(.usage, at: id)
  }

  static func notARegion(_ region: String) -> Problem {
    Wording(
      "region-malformed", "不是行政区划代码", "this is no administrative code",
      do: "写 2 到 12 位数字，如县级 6 位", "write 2 to 12 digits, 6 for a county"
    ).problem(.usage, at: region)
  }

  static func apart(_ one: String, _ other: String) -> Problem {
    Wording(
      "roles-apart", "这两个岗位不得由一人兼任", "nobody may hold these two roles together",
      do: "分设两个账户，由两人担任", "use two accounts, held by two people"
    ).problem(at: "\(one), \(other)")
  }

  func unknownRole(_ id: String) -> Problem {
    let known = offices.roles.map(\.id).joined(separator: ", ")
    return Wording(
      "role-unknown", "没有这个岗位", "there is no such role", do: "可选：\(known)", "choose from \(known)"
    ).problem(.usage, at: id)
  }
}
