import KarezCore

extension Submissions {
  static func unknown(_ id: String) -> Problem {
    Wording(
      "submission-unknown", "没有这份汇交件", "there is no such submission",
      do: "用 karez submissions 查看", "see karez submissions"
    ).problem(.notFound, at: id)
  }

  static func notPermitted(_ id: String) -> Problem {
    Wording(
      "not-permitted", "您的岗位不能办理此事", "your role may not do this",
      do: "由有此岗位的人办理", "ask someone whose role may"
    ).problem(.forbidden, at: id)
  }

  static func secondPerson(_ id: String) -> Problem {
    Wording(
      "second-person", "签发须由汇交人以外的第二人办理",
      "a second person has to sign, who sent no file for it",
      do: "请另一位审核员签发", "ask another approver"
    ).problem(.forbidden, at: id)
  }

  static func outsideRegion(_ id: String) -> Problem {
    Wording(
      "region-not-yours", "此件所涉地区不在您的管辖范围", "it concerns regions that are not yours",
      do: "请管辖该地区的审核员签发", "ask an approver of that region"
    ).problem(.forbidden, at: id)
  }

  static func wrongState(_ submission: Submission) -> Problem {
    Wording(
      "submission-state", "此件现处于“\(submission.state.rawValue)”，不能办理此事",
      "it is “\(submission.state.rawValue)” now; this cannot be done",
      do: "刷新页面，按现在的状态办理", "reload the page and go on from there"
    ).problem(.conflict, at: submission.id)
  }

  static func otherReport(_ id: String) -> Problem {
    Wording(
      "report-changed", "质检报告已更新，与您所看的不同", "the report is another than the one you read",
      do: "阅读新报告后再签发", "read the new one, then sign"
    ).problem(.conflict, at: id)
  }

  static func reportDiffers(_ id: String) -> Problem {
    Wording(
      "report-differs", "签发后重新质检，结果与所签报告不同",
      "examined again after the signature, the file gives another report than the one signed",
      do: "阅读新报告，重新签发", "read the new report and sign that"
    ).problem(.conflict, at: id)
  }

  static func altered(_ id: String) -> Problem {
    Wording(
      "blob-altered", "所存文件与汇交时不同", "the kept file is not the one that was handed in",
      do: "停止使用，查明原因，重新汇交", "find out why, and submit it again"
    ).problem(.defect, at: id)
  }

  static func otherDataset(_ id: String) -> Problem {
    Wording(
      "dataset-other", "更正的文件须属于同一数据集", "a correction belongs to the same dataset",
      do: "另行汇交", "make a submission of its own"
    ).problem(.usage, at: id)
  }

  static func rowOutside(_ feature: String, row: Int64) -> Problem {
    Wording(
      "row-outside", "第 \(row) 行不在您的管辖地区，或要改动其他地区的要素",
      "row \(row) lies outside your regions, or would change a feature that does",
      do: "只汇交本地区的要素", "submit features of your own regions only"
    ).problem(at: feature)
  }

  static let emptyValidity = Wording(
    "validity-empty", "有效终止日不晚于起始日", "the validity ends before it begins",
    do: "更正起止日期", "mend the two days"
  ).problem(.usage, at: "validUntil")

  static let reasonMissing = Wording(
    "reason-missing", "没有写明理由，或理由超过 400 字",
    "there is no reason, or one of more than 400 characters",
    do: "用一两句话写明为何汇交", "say in a sentence or two why it is submitted"
  ).problem(.usage, at: "reason")

  static let regionMode = Wording(
    "region-mode", "只管辖部分地区的账户只能汇交带地区字段的增量",
    "an account bound to regions submits changes only, of a dataset whose rows say their region",
    do: "改为增量汇交（changes）", "submit it as changes"
  ).problem(.usage, at: "mode")
}
