import KarezAccounts
import KarezCore

extension Problem {
  /// The one sentence for why an order is not recorded.
  static func ledger(
    _ error: LedgerError, at place: String, _ chart: ChartOfAccounts
  ) -> Problem {
    let words = LedgerWording(chart: chart)
    let kind: Problem.Kind =
      switch error {
      case .accountUnknown, .holdUnknown, .lotUnknown, .transactionUnknown: .notFound
      case .overdrawn, .holdSpent, .lotSpent, .accountTwice, .reversedAlready, .keyOfAnother,
        .heldStill:
        .conflict
      default: .refused
      }
    let wording = words.amounts(error) ?? words.rules(error) ?? words.others(error)
    return wording.problem(kind, at: place)
  }
}

/// Sentences for what a ledger refuses.
struct LedgerWording {
  let chart: ChartOfAccounts

  private func text(_ units: Int64, _ account: AccountName) -> String {
    chart.kind(account.kind)?.measure.text(units) ?? String(units)
  }

  private func title(_ rule: String) -> LocalizedText {
    chart.rule(rule)?.title ?? LocalizedText(zh: rule, en: rule)
  }

  /// What there is not enough of.
  func amounts(_ error: LedgerError) -> Wording? {
    switch error {
    case .overdrawn(let name, let day, let available, let asked):
      let (least, most) = (text(asked, name), text(available, name))
      return Wording(
        "ledger-overdrawn", "\(name) 在 \(day) 至多可用 \(most)，需要 \(least)",
        "\(name) has at most \(most) to give on \(day), \(least) are asked for",
        do: "核对此后已记账和冻结的数额，或先补充指标",
        "look at what is posted and held from that day on, or add to it first")
    case .holdSpent(let hold, let left, let asked):
      return Wording(
        "ledger-hold-spent", "冻结 \(hold) 余 \(left)，需要 \(asked)（末位单位）",
        "hold \(hold) has \(left) left, \(asked) are asked for (in last decimals)",
        do: "减少数额或另行冻结", "take less, or hold more")
    case .lotSpent(let lot, let left, let asked):
      return Wording(
        "ledger-lot-spent", "补充地块 \(lot) 余 \(left)，需要 \(asked)（末位单位）",
        "lot \(lot) has \(left) left, \(asked) are asked for (in last decimals)",
        do: "改用其他补充地块", "point at other lots")
    case .heldStill(let name, let held):
      return Wording(
        "ledger-held-still", "\(name) 还有冻结数额 \(text(held, name))",
        "\(text(held, name)) are still held in \(name)", do: "先使用或解冻，再结转",
        "use or release them, then carry over")
    case .amountNotPositive:
      return Wording(
        "ledger-amount", "数额须大于零", "an amount is above zero", do: "更正数额；反向用冲销",
        "mend it; the other way is a counter-posting")
    case .amountTooLarge:
      return Wording(
        "ledger-amount", "数额超出可记的范围", "the amount is beyond what can be kept", do: "核对单位",
        "look at the unit")
    case .pairingsDiffer(let rule, let moved, let paired):
      return Wording(
        "ledger-pairings", "\(title(rule).zh)：记账 \(moved)，挂钩合计 \(paired)（末位单位）",
        "\(title(rule).en): \(moved) moved, \(paired) paired (in last decimals)",
        do: "每一平方米都要指明补充地块", "point each square metre at what compensates it")
    default: return nil
    }
  }

  /// What the chart does not allow.
  func rules(_ error: LedgerError) -> Wording? {
    func rule(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("ledger-rule", zh, en, do: remedyZh, remedyEn)
    }
    switch error {
    case .kindUnknown(let kind):
      return rule(
        "没有科目 \(kind)", "there is no kind \(kind)", "用 karez ledger chart 查看",
        "see karez ledger chart")
    case .partNotOfKind(let name):
      return rule(
        "\(name) 的要件与科目不符", "\(name) does not state the parts of its kind",
        "按科目写明地类、等别、水田", "state class, grade and paddy as its kind asks")
    case .ruleUnknown(let id):
      return rule(
        "没有记账事项 \(id)", "there is no move \(id)", "用 karez ledger chart 查看",
        "see karez ledger chart")
    case .ruleNotInForce(let id, let day):
      return rule(
        "\(title(id).zh)在 \(day) 不施行", "\(title(id).en) is not in force on \(day)", "改用当日施行的事项",
        "use one that is")
    case .notUnderRule(let id, let from, let to):
      return rule(
        "\(title(id).zh)不能由 \(from) 记到 \(to)", "\(title(id).en) does not go from \(from) to \(to)",
        "核对科目、年度与要件", "look at kinds, years and parts")
    case .tooFarApart(let id, let from, let to):
      return rule(
        "\(title(id).zh)不得跨越 \(from.region) 与 \(to.region)",
        "\(title(id).en) does not reach from \(from.region) to \(to.region)", "在允许的范围内调剂",
        "arrange it within reach")
    case .caseMissing(let id):
      return rule("\(title(id).zh)须写明办件", "\(title(id).en) needs a case", "写明办件号", "name the case")
    case .featureMissing(let id):
      return rule(
        "\(title(id).zh)须指明形成指标的要素", "\(title(id).en) names the feature it is made of",
        "写明数据集、标识码与提交号", "name dataset, id and commit")
    case .featureUnasked(let id):
      return rule(
        "\(title(id).zh)不涉及要素", "\(title(id).en) points at no feature", "去掉要素", "leave it out")
    case .priceMissing(let id, let kind):
      return rule(
        "\(title(id).zh)须在同一凭证中支付价款", "\(title(id).en) is paid in the same transaction",
        "加上由受让地区到出让地区的 \(kind) 一笔", "add a move of \(kind) from who receives to who gives")
    case .qualityWorse(let lot, let occupied):
      return rule(
        "补充地块 \(lot) 的质量低于被占用的 \(occupied)",
        "lot \(lot) is worse than the \(occupied) that is occupied",
        "改用等别不低、水田对水田的补充地块", "point at one as good, paddy for paddy")
    case .lotUnlike(let lot, let name):
      return rule(
        "补充地块 \(lot) 不属于 \(name) 的科目与要件", "lot \(lot) is not of the kind and part of \(name)",
        "改用同类的补充地块", "point at one of the same sort")
    case .doesNotCarry(let kind):
      return rule(
        "科目 \(kind) 不结转", "kind \(kind) is not carried over", "无须办理", "there is nothing to do")
    default: return nil
    }
  }

  func others(_ error: LedgerError) -> Wording {
    switch error {
    case .accountUnknown(let name):
      return Wording(
        "ledger-account-unknown", "没有指标账户 \(name)", "there is no account \(name)",
        do: "用 karez ledger balances 查看", "see karez ledger balances")
    case .accountTwice(let name):
      return Wording(
        "ledger-account-twice", "指标账户 \(name) 已开立", "account \(name) is open", do: "无须再开",
        "there is nothing to do")
    case .holdUnknown(let number):
      return Wording(
        "ledger-transaction-unknown", "没有冻结 \(number)", "there is no hold \(number)",
        do: "核对冻结的凭证号",
        "look at the number it was held under")
    case .lotUnknown(let lot):
      return Wording(
        "ledger-lot-unknown", "没有补充地块 \(lot)", "there is no lot \(lot)", do: "核对入库的凭证号与序号",
        "look at the transaction it was made in")
    case .transactionUnknown(let number):
      return Wording(
        "ledger-transaction-unknown", "没有凭证 \(number)", "there is no transaction \(number)",
        do: "核对凭证号", "look at the number")
    case .reversedAlready(let number, let by):
      return Wording(
        "ledger-reversed", "凭证 \(number) 已由 \(by) 冲销",
        "transaction \(number) was reversed by \(by)",
        do: "无须再办", "there is nothing to do")
    case .reversesReversal(let number):
      return Wording(
        "ledger-reversed", "凭证 \(number) 本身是冲销",
        "transaction \(number) is a counter-posting itself",
        do: "重新记账", "post anew")
    case .keyOfAnother(let key):
      return Wording(
        "ledger-key", "幂等键 \(key) 已用于另一指令", "key \(key) is that of another order", do: "换一个键",
        "use another key")
    case .dayTooEarly(let day, let earliest):
      return Wording(
        "ledger-day", "\(day) 早于 \(earliest)", "\(day) is before \(earliest)", do: "改为不早于该日",
        "use that day or a later one")
    case .notOfHold(let number, let name):
      return Wording(
        "ledger-hold", "冻结 \(number) 不在 \(name)", "hold \(number) is not in \(name)",
        do: "由被冻结的账户记出",
        "move out of the account that is held")
    default:
      return Wording(
        "ledger-nothing", "没有可记的数额", "there is nothing to record", do: "核对账户余额",
        "look at the balance")
    }
  }
}
