import KarezCore
import KarezPacks

extension TwoPersons {
  static func unknown(_ id: String) -> Problem {
    Wording(
      "proposal-unknown", "没有这件双人办理件", "there is no such proposal",
      do: "用 karez proposal list 查看", "see karez proposal list"
    ).problem(.notFound, at: id)
  }

  static func samePerson(_ id: String) -> Problem {
    Wording(
      "second-person", "须由提出人以外的第二人同意", "a second person has to agree, who did not propose it",
      do: "请另一位有此权限的人办理", "ask another who has the right"
    ).problem(.forbidden, at: id)
  }

  static func notYours(_ id: String) -> Problem {
    Wording(
      "proposal-not-yours", "只有提出人可以撤回", "only who proposed it takes it back",
      do: "请提出人撤回，或拒绝此件", "ask them, or refuse it"
    ).problem(.forbidden, at: id)
  }

  static func notWaiting(_ proposal: Proposal) -> Problem {
    Wording(
      "proposal-state", "此件已办结、撤回或失效", "it is decided, withdrawn or lapsed",
      do: "刷新页面；需要时重新提出", "reload the page; propose anew if it is still wanted"
    ).problem(.conflict, at: proposal.id)
  }

  static func notAgreed(_ name: TwoPersonAct.Name, _ id: String) -> Problem {
    Wording(
      "second-person-needed", "此事尚未经第二人同意，或同意的内容不同",
      "no second person has agreed to this, or to something else",
      do: "先提出，再请第二人同意", "propose it and have a second person agree"
    ).problem(.forbidden, at: "\(name.rawValue) \(id)")
  }

  static func secondPersonNeeded(_ dataset: String) -> Problem {
    Wording(
      "second-person-needed", "此数据集不得由一人改动", "nobody changes this dataset alone",
      do: "用 karez submit 汇交，由第二人签发", "hand it in with karez submit, and have a second person sign"
    ).problem(.forbidden, at: dataset)
  }

  static func outdated(_ id: String) -> Problem {
    Wording(
      "proposal-outdated", "提出之后，此件所依据的情况已变动",
      "what it rests on has changed since it was proposed",
      do: "拒绝此件，重新提出", "refuse it and propose anew"
    ).problem(.conflict, at: id)
  }

  static func notHeldBack(_ name: TwoPersonAct.Name) -> Problem {
    Wording(
      "act-not-held-back", "此事不须第二人同意", "this act needs no second person",
      do: "直接办理；清单见 Packs/two-persons.yaml", "do it; the list is Packs/two-persons.yaml"
    ).problem(.usage, at: name.rawValue)
  }

  static let reasonMissing = Wording(
    "reason-missing", "须说明理由", "a reason is needed", do: "用一两句话写明", "say why in a sentence"
  ).problem(.usage, at: "reason")

  static let busy = Wording(
    "record-conflict", "期间已被他人改动", "somebody changed it in between",
    do: "重新打开后再办理", "open it again and repeat"
  ).problem(.conflict, at: "")
}
