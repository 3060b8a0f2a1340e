import KarezCore
import KarezPacks
import KarezWorkflow

/// Sentences for what is wrong in calendars, terms and procedures.
enum ProcedureFaultWording {
  static func wording(_ fact: PackFault.What) -> Wording? {
    func make(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-procedure", zh, en, do: remedyZh, remedyEn)
    }
    switch fact {
    case .calendar(let error): return calendar(error, make)
    case .termUnknown(let id):
      return make("没有期限 \(id)", "there is no term \(id)", "写入 terms/", "write it into terms/")
    case .procedureUnknown(let id):
      return make("没有程序 \(id)", "there is no procedure \(id)", "更正编号", "mend the id")
    case .valueUnknown(let name):
      return make(
        "没有取值 \(name)", "no value is named \(name)", "用 case-number、area、fact:…、due:… 等",
        "use case-number, area, fact:…, due:… and the like")
    case .letterUnknown(let id):
      return make(
        "没有决定书模板 \(id)", "there is no letter \(id)", "写入 letters/", "write it into letters/")
    case .chain(let fault): return chain(fault, make)
    case .procedure(let fault): return names(fault, make) ?? walk(fault, make)
    default: return nil
    }
  }

  private static func chain(_ fault: ProjectChainFault, _ make: Make) -> Wording {
    switch fault {
    case .procedureUnknown(let id):
      make("没有程序 \(id)", "there is no procedure \(id)", "更正编号", "mend the id")
    case .procedureInNone(let id):
      make(
        "程序 \(id) 不在任何链条中", "procedure \(id) stands in no chain", "列入链条，或者列入 apart",
        "give it a place, or name it in apart")
    case .stageUnknown(let stage, let step):
      make(
        "环节 \(step) 的阶段 \(stage) 不存在",
        "step \(step) is of stage “\(stage)”, which is not there", "改用 stages 中的阶段",
        "name one of stages")
    case .notCounted(let step):
      make(
        "环节 \(step) 写了阶段或时限，链条却不计总时限",
        "step \(step) has a stage or clocks in a chain that no limit counts",
        "去掉，或将 counted 写为 true",
        "leave them out, or let counted be true")
    case .notBefore(let id):
      make("环节 \(id) 不在其前", "step \(id) does not come before it", "按先后排列", "put it before")
    case .patternWrong(let pattern):
      make(
        "“\(pattern)”不是正则表达式", "“\(pattern)” is no regular expression", "更正 pattern", "mend pattern"
      )
    }
  }

  private typealias Make = (String, String, String, String) -> Wording

  private static func calendar(_ error: CalendarError, _ make: Make) -> Wording {
    switch error {
    case .empty: make("日历是空的", "the calendar is empty", "补上年度安排", "add a year")
    case .yearMissing(let year):
      make("缺 \(year) 年的安排", "the year \(year) is missing", "补上该年文件", "add its file")
    case .dayTwice(let day):
      make("\(day) 写了两次", "\(day) is told twice", "删去一处", "take one out")
    case .holidayBackwards(let day):
      make("\(day) 起的放假先止后起", "the holiday from \(day) ends first", "更正首尾", "mend it")
    case .dayElsewhere(let day):
      make("\(day) 不属于该年的安排", "\(day) is not of that year", "移到该年文件", "move it")
    case .notAWeekend(let day):
      make("\(day) 不是周末，不能调休", "\(day) is no weekend day", "更正调休日", "mend the day")
    case .outside(let day):
      make("日历不含 \(day)", "the calendar does not know \(day)", "补上年份", "add the years")
    }
  }

  private static func names(_ fault: WorkflowFault, _ make: Make) -> Wording? {
    switch fault {
    case .unknownState(let id, let place):
      make("\(place)：没有环节 \(id)", "\(place): there is no state \(id)", "更正", "mend it")
    case .unknownRole(let id, let place):
      make("\(place)：没有岗位 \(id)", "\(place): there is no role \(id)", "更正", "mend it")
    case .unknownDocument(let id, let place):
      make("\(place)：没有材料 \(id)", "\(place): there is no document \(id)", "更正", "mend it")
    case .unknownFact(let id, let place):
      make("\(place)：没有事实 \(id)", "\(place): there is no fact \(id)", "更正", "mend it")
    case .unknownClock(let id, let place):
      make("\(place)：没有时限 \(id)", "\(place): there is no clock \(id)", "更正", "mend it")
    case .unknownStep(let id, let place):
      make("\(place)：没有办理动作 \(id)", "\(place): there is no step \(id)", "更正", "mend it")
    case .unknownHold(let id, let place):
      make(
        "\(place)：没有冻结事项 \(id)", "\(place): no posting sets \(id) aside", "在 effects 中写明 holds",
        "describe it with holds")
    case .unknownFee(let id, let place):
      make(
        "\(place)：没有收费 \(id)，或没有环节收取", "\(place): no fee \(id) is described and charged",
        "在 effects 中写明，并由一个环节收取", "describe it in effects, and let a step charge it")
    case .feeWithoutArticle(let id):
      make("收费 \(id) 没有依据", "fee \(id) has no article", "写明条款", "cite one")
    case .clockWithoutArticle(let id):
      make("时限 \(id) 没有依据", "clock \(id) has no article", "写明条款", "cite one")
    case .pauseWithoutArticle(let id):
      make("暂停 \(id) 没有依据", "pause \(id) has no article", "写明条款", "cite one")
    case .promiseTooLong(let id, let promised, let term):
      make(
        "时限 \(id) 承诺 \(promised) 长于法定 \(term)",
        "clock \(id) promises \(promised), the law gives \(term)", "缩短承诺", "promise less")
    case .nobodyMay(let id):
      make("\(id) 没有可办的岗位", "nobody may make \(id)", "写明 by", "say by whom")
    case .clockNeverStarted(let id):
      make("时限 \(id) 从不开始", "clock \(id) never starts", "写明 starts", "start it somewhere")
    default: nil
    }
  }

  private static func walk(_ fault: WorkflowFault, _ make: Make) -> Wording {
    switch fault {
    case .noBeginning: make("没有起点", "there is no beginning", "写明 kind: begin", "add one")
    case .severalBeginnings(let ids):
      make(
        "起点不止一个：\(ids.joined(separator: "、"))",
        "more than one beginning: \(ids.joined(separator: ", "))", "只留一个", "keep one")
    case .noEnd: make("没有终点", "there is no end", "写明 kind: end", "add one")
    case .unreachable(let id):
      make("到不了环节 \(id)", "no case gets to \(id)", "补上办理或删去", "lead there or drop it")
    case .neverEnabled(let id):
      make("\(id) 永远办不了", "\(id) can never be made", "更正 from", "mend from")
    case .deadEnd(let ids):
      make(
        "从 \(ids.joined(separator: "、")) 走不到终点",
        "from \(ids.joined(separator: ", ")) no case ends", "补上办理", "add a way out")
    case .automaticCycle(let ids):
      make(
        "自动步骤循环：\(ids.joined(separator: "、"))",
        "automatic steps go round: \(ids.joined(separator: ", "))", "断开循环", "break it")
    case .heldTwice(let id, let transition):
      make(
        "\(transition) 使环节 \(id) 重复", "\(transition) would hold \(id) twice",
        "先汇合再继续", "join first")
    case .branchLeftOver(let ids):
      make(
        "结束时仍有分支：\(ids.joined(separator: "、"))",
        "a branch is left over: \(ids.joined(separator: ", "))", "先汇合或清除", "join or clear")
    case .leavesAnEnd(let id):
      make("\(id) 从终点出发", "\(id) leaves an end", "更正 from", "mend from")
    case .tooManyMarkings(let allowed):
      make(
        "分支组合超过 \(allowed)", "more than \(allowed) combinations of branches",
        "减少并行分支", "use fewer branches")
    default: make("程序有误", "the procedure is wrong", "更正", "mend it")
    }
  }
}
