import KarezCore
import KarezWorkflow

/// Sentences for why something is not done in a case.
enum CaseWording {
  static func problem(_ refusal: WorkflowRefusal, at place: String) -> Problem {
    if case .samePerson(let id, let made) = refusal { return samePerson(id, made, at: place) }
    let wording =
      step(refusal) ?? material(refusal) ?? time(refusal) ?? effect(refusal) ?? version(refusal)
    return Wording(
      "case-" + refusal.code, wording.zh, wording.en, do: wording.remedyZh, wording.remedyEn
    ).problem(kind(of: refusal), at: place)
  }

  private static func samePerson(_ id: String, _ made: String, at place: String) -> Problem {
    Problem(
      .forbidden, code: "case-same-person", place: place,
      what: LocalizedText(
        zh: "您已办理 \(made)；审核与审批分离，\(id) 须由另一人办理",
        en: "you made \(made) yourself, so \(id) is for another person",
        ug: "\(made) نى ئۆزىڭىز بېجىرگەن، شۇڭا \(id) نى باشقا ئادەم بېجىرىشى كېرەك"),
      remedy: LocalizedText(
        zh: "交由同岗位的其他人办理；只有一人的，由其指定代理人",
        en: "have somebody else in that role do it; where there is one only, name a deputy",
        ug: "شۇ ئورۇندىكى باشقا ئادەمگە بېجىرگۈزۈڭ؛ پەقەت بىرلا ئادەم بولسا ۋاكالەتچى بەلگىلەڭ"))
  }

  private static func kind(of refusal: WorkflowRefusal) -> Problem.Kind {
    switch refusal {
    case .wrongRole: .forbidden
    case .effectNotRefused, .effectSettled, .stale, .otherVersion, .isOver, .pausedAlready,
      .notPaused, .notAllowed:
      .conflict
    case .transitionUnknown, .documentUnknown, .factUnknown, .reasonUnknown, .clockUnknown,
      .effectUnknown, .letterUnknown:
      .notFound
    default: .refused
    }
  }

  private typealias Words = (zh: String, en: String, remedyZh: String, remedyEn: String)

  private static func list(_ names: [String]) -> String { names.joined(separator: "、") }
  private static func names(_ names: [String]) -> String { names.joined(separator: ", ") }

  private static func step(_ refusal: WorkflowRefusal) -> Words? {
    switch refusal {
    case .transitionUnknown(let id):
      ("没有办理动作 \(id)", "there is no step \(id)", "查看可办事项", "see what may be done")
    case .notAllowed(let id, let from, let standing):
      (
        "办件在 \(list(standing))，\(id) 须从 \(list(from)) 办理",
        "the case stands at \(names(standing)); \(id) is made from \(names(from))",
        "按环节顺序办理", "follow the order of the steps"
      )
    case .wrongRole(let needed):
      (
        "须由 \(list(needed)) 办理", "to be done by \(names(needed))", "交由该岗位的人办理",
        "have someone in that role do it"
      )
    case .isOver: ("办件已办结", "the case is over", "另行立案", "open another")
    case .notByHand(let id):
      ("\(id) 由系统自动办理", "\(id) happens by itself", "无需办理", "nothing is to be done")
    case .conditionNotMet(let facts):
      (
        "条件不满足：\(list(facts))", "conditions not met: \(names(facts))", "不符合的不得办理；可作其他决定",
        "it may not be done; another decision may"
      )
    default: nil
    }
  }

  private static func material(_ refusal: WorkflowRefusal) -> Words? {
    switch refusal {
    case .feeUnpaid(let fees):
      (
        "费用未缴：\(list(fees))", "fees are owed: \(names(fees))", "缴清或依法减免后再办理",
        "have them paid, or let go by law, first"
      )
    case .feeCharged(let fees):
      (
        "已收取过：\(list(fees))", "charged already: \(names(fees))", "一件只收一次",
        "a fee is charged once a case"
      )
    case .documentUnknown(let id):
      ("本程序没有材料 \(id)", "the procedure has no document \(id)", "核对材料清单", "see the list")
    case .documentMissing(let ids):
      ("缺少材料：\(list(ids))", "documents missing: \(names(ids))", "补齐后再办理", "bring them first")
    case .documentRejected(let ids):
      (
        "材料审查未通过：\(list(ids))", "documents were rejected: \(names(ids))", "更换后再办理",
        "replace them first"
      )
    case .factUnknown(let id):
      ("本程序没有事实 \(id)", "the procedure has no fact \(id)", "核对名称", "check its name")
    case .factOfWrongKind(let id):
      ("事实 \(id) 的类型不对", "fact \(id) is of another kind", "按声明的类型填写", "give its own kind")
    case .factMissing(let ids):
      ("尚未查明：\(list(ids))", "not established: \(names(ids))", "查明后再办理", "establish them first")
    default: nil
    }
  }

  private static func time(_ refusal: WorkflowRefusal) -> Words? {
    switch refusal {
    case .dateStepsBack(let last, let given):
      (
        "日期 \(given) 早于上一步 \(last)", "\(given) is before the last step, \(last)",
        "检查机器日期", "check the machine's date"
      )
    case .timeStepsBack(let last, let given):
      (
        "时间 \(given) 早于上一步 \(last)", "\(given) is before the last step, \(last)",
        "检查机器时钟", "check the machine's clock"
      )
    case .calendar(let error):
      (
        "工作日历不能算到该日（\(error)）", "the calendar does not reach (\(error))",
        "更新 calendar 规则包", "update the pack calendar"
      )
    case .reasonUnknown(let id):
      ("没有暂停事由 \(id)", "there is no reason \(id)", "核对事由", "see the procedure's reasons")
    case .nothingToPause(let id):
      ("\(id)：没有正在走的时限", "\(id): no clock runs", "时限开始后再暂停", "pause once it runs")
    case .pausedAlready(let id): ("\(id) 已暂停", "paused for \(id) already", "先恢复", "resume first")
    case .notPaused(let id): ("没有因 \(id) 暂停", "not paused for \(id)", "无需恢复", "nothing to resume")
    case .clockUnknown(let id): ("没有时限 \(id)", "there is no clock \(id)", "核对名称", "check its name")
    case .clockNotRunning(let id):
      ("时限 \(id) 没有在走", "clock \(id) does not run", "无需办理", "nothing is to be done")
    case .notExtendable(let id):
      ("时限 \(id) 依法不能延长", "the law lets clock \(id) not be extended", "在期限内办结", "end in time")
    case .extendedAlready(let id, let most):
      (
        "时限 \(id) 只能延长 \(most) 次", "clock \(id) is extended \(most) times at most",
        "在期限内办结", "end in time"
      )
    case .extensionTooLate(let id, let due):
      (
        "时限 \(id) 已于 \(due) 届满", "clock \(id) ended on \(due)", "届满前才能批准延长",
        "extend before the last day is over"
      )
    default: nil
    }
  }

  private static func effect(_ refusal: WorkflowRefusal) -> Words? {
    switch refusal {
    case .effectUnknown(let position):
      (
        "办件第 \(position) 步没有自动事项", "event \(position) ordered nothing", "用 karez case show 查看",
        "see karez case show"
      )
    case .effectNotRefused(let position):
      (
        "事项 \(position) 没有被拒绝", "effect \(position) was not refused", "无需重试",
        "nothing is to be tried again"
      )
    case .effectSettled(let position):
      ("事项 \(position) 已有结果", "effect \(position) is settled", "无需办理", "nothing is to be done")
    case .letterUnknown(let step):
      (
        "\(step) 没有决定书模板", "there is no letter for \(step)", "在程序的 letter 中写明模板",
        "name its template in the procedure's letter"
      )
    default: nil
    }
  }

  private static func version(_ refusal: WorkflowRefusal) -> Words {
    switch refusal {
    case .stale(let expected, let found):
      (
        "期间已被他人办理（您看到第 \(expected) 步，现为第 \(found) 步）",
        "somebody acted in between (you saw \(expected) events, there are \(found))",
        "重新打开后再办理", "open it again and repeat"
      )
    case .otherVersion(let own, let definition):
      (
        "办件按程序 \(own) 办理，不是 \(definition)", "the case stands under \(own), not \(definition)",
        "按原版本办理或先升级", "use its version, or move it first"
      )
    case .procedureNotInForce(let day):
      ("程序在 \(day) 不施行", "not in force on \(day)", "选择施行中的程序", "choose one that is")
    case .migrationUnknown(let from):
      (
        "没有从 \(from) 升级的规则", "no migration from \(from)", "办件留在原版本", "leave it where it is"
      )
    case .migrationHasNoState(let id):
      (
        "新版本没有环节 \(id)", "the new version has no state \(id)", "在 migrations 中写明对应环节",
        "name its state in migrations"
      )
    default: ("不能办理", "cannot be done", "核对后再办理", "check and repeat")
    }
  }
}
