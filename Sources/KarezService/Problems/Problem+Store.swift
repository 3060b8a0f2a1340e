public import KarezCore
import KarezStore

extension Problem {
  /// Whether it tells of the inside: in the database's own words, or by the name of a record.
  public var isOfTheInside: Bool {
    kind == .unavailable && (code.hasPrefix("store-") || code.hasPrefix("integrity-"))
  }

  /// The problem as it may leave the server, for whoever asks.
  ///
  /// What a database says of itself names hosts, users and files, and what does not carry its code
  /// is named by its key, as an account: those stay in the server's own log.
  public var outward: Problem {
    guard isOfTheInside else { return self }
    let isIntegrity = code.hasPrefix("integrity-")
    return Problem(
      kind, code: code, place: "",
      what: isIntegrity
        ? LocalizedText(
          zh: "数据未通过校验，不予采信", en: "what was read does not carry its code, so it is not believed",
          ug: "سانلىق مەلۇمات تەكشۈرۈشتىن ئۆتمىدى، ئىشەنچلىك ھېسابلانمايدۇ")
        : LocalizedText(
          zh: "数据库暂不可用", en: "the store is unavailable",
          ug: "سانلىق مەلۇمات ئامبىرىنى ۋاقتىنچە ئىشلەتكىلى بولمايدۇ"),
      remedy: LocalizedText(
        zh: "请系统管理员查看服务日志", en: "have the administrator look at the server's log",
        ug: "سىستېما باشقۇرغۇچى مۇلازىمېتىر خاتىرىسىنى كۆرسۇن"))
  }

  /// The one sentence for what the store could not do.
  static func store(_ error: StoreError) -> Problem {
    switch error {
    case .unavailable(let reason):
      Wording(
        "store-unavailable", "数据库暂不可用（\(reason)）", "the store is unavailable (\(reason))",
        do: "检查数据文件夹或数据库服务器、权限与磁盘空间后重试",
        "check the data folder or the server, permissions and free space; try again"
      ).problem(.unavailable, at: "")
    case .notAOneMap(let file):
      Wording(
        "store-not-a-one-map", "不是本系统的一张图数据", "not a One Map of this program",
        do: "用 karez init 建立，或指明正确的 --data 或 --store",
        "make one with karez init, or name the right --data or --store"
      ).problem(.unavailable, at: file)
    case .noSuchDataset(let dataset):
      noSuchDataset(named: dataset.text)
    case .scopeTooNarrow(let dataset):
      Wording(
        "scope-too-narrow", "您的权限不含该数据集的全部地区和字段，不能办理此事",
        "you may not see every region and attribute of the dataset, which this needs",
        do: "由可见全部内容的人办理", "have it done by someone who may see all of it"
      ).problem(.forbidden, at: dataset.text)
    case .datasetDefinedOtherwise(let dataset):
      Wording(
        "dataset-differs", "数据集已按另一模式建立", "the dataset was defined with another schema",
        do: "规则包升级须经迁移，勿改既有字段", "a changed schema needs a migration"
      ).problem(.conflict, at: dataset.text)
    case .duplicateIdentifier(let dataset, let id, let row):
      Wording(
        "identifier-twice", "标识码 \(id) 重复（第 \(row) 行）",
        "identifier \(id) stands twice (row \(row))",
        do: "更正标识码后重新汇交", "mend the identifiers and submit again"
      ).problem(at: dataset.text)
    case .conflict(let dataset, let expected, let found):
      Wording(
        "commit-conflict", "期间已有提交 \(found)，所依据的是 \(expected)",
        "commit \(found) came in between; this one rests on \(expected)",
        do: "查看新提交后重新汇交", "look at the new commit and submit again"
      ).problem(.conflict, at: dataset.text)
    case .recordConflict(_, let key, _, _):
      Wording(
        "record-conflict", "期间已被他人改动", "somebody changed it in between",
        do: "重新打开后再办理", "open it again and repeat"
      ).problem(.conflict, at: key)
    case .emptyState(let dataset):
      Wording(
        "state-empty", "文件没有任何要素，按整体导入会终止全部要素",
        "the file has no feature; as a whole state it would end all",
        do: "检查文件；如只导入变化，用 --mode changes", "check the file; for changes only use --mode changes"
      ).problem(at: dataset.text)
    case .retiredIdentifier(let dataset, let id, let row):
      Wording(
        "identifier-retired", "标识码 \(id)（第 \(row) 行）已退役，不得再用",
        "identifier \(id) (row \(row)) is retired and never given again",
        do: "编新码；如属误终止，用 karez revert 撤销该次提交",
        "issue a new one; if the end was a mistake, take that commit back with karez revert"
      ).problem(.conflict, at: dataset.text)
    case .unfoundedSuccession(let dataset, let member):
      Wording(
        "succession-unfounded", "沿革所指的 \(member) 不在数据集中",
        "the succession names \(member), which the dataset does not have",
        do: "先记录各要素，再记录沿革", "record the features first, or with it"
      ).problem(.conflict, at: dataset.text)
    case .integrityBroken, .integrityKey: integrityProblem(error)
    case .sealsOutdated: sealsOutdated
    default: internalStoreProblem(error)
    }
  }

  private static func integrityProblem(_ error: StoreError) -> Problem {
    guard case .integrityKey(let stated, let found) = error else {
      var place = ""
      if case .integrityBroken(let subject) = error { place = subject }
      return Wording(
        "integrity-broken", "权限或密级标识的校验码不符，不予采信",
        "a permission or label does not carry its code, so it is not believed",
        do: "运行 karez log verify，查明何人改动后恢复",
        "run karez log verify, find out who changed it, restore it"
      ).problem(.unavailable, at: place)
    }
    return Wording(
      "integrity-key", "一张图的校验密钥为 \(stated ?? "无")，此处为 \(found ?? "无")",
      "the map is sealed with key \(stated ?? "none"), here is \(found ?? "none")",
      do: "把装置的 keys/integrity.key 放回数据文件夹", "put the installation’s keys/integrity.key back"
    ).problem(.unavailable, at: "keys/integrity.key")
  }

  private static let sealsOutdated = Wording(
    "integrity-generation", "这张图中本应带校验码的登记还没有校验码",
    "records of this map that have to carry codes have none yet",
    do: "停止服务，再运行 karez init；它先把各登记与日志对照",
    "stop the server and run karez init; it holds the records against the log first"
  ).problem(.unavailable, at: "keys/integrity.generation")

  private static func internalStoreProblem(_ error: StoreError) -> Problem {
    switch error {
    case .tookTooLong:
      Wording(
        "query-too-long", "筛选或排序超过一条语句的时限，已停止",
        "the filter or the order took longer than one statement may, and was stopped",
        do: "缩小 bbox，先按地区或标识码筛选，或去掉 sortby",
        "narrow it: a smaller bbox, the region or an identifier in the filter, no sortby"
      ).problem(.unavailable, at: "filter")
    case .evidenceOverdue(let since):
      Wording(
        "evidence-overdue", "自 \(since) 起的日志没有检查点见证，已停止写入，查阅不受影响",
        "nothing recorded since \(since) is witnessed; writes are stopped, reads go on",
        do: "恢复见证文件夹与签名密钥，运行 karez log checkpoint 后重试",
        "bring back the witness folder and the signing key, run karez log checkpoint, try again"
      ).problem(.unavailable, at: "")
    case .witnessedOtherwise(let entry):
      Wording(
        "evidence-differs", "日志与第 \(entry) 条处的见证不符，已停止写入，查阅不受影响",
        "the log is not the one witnessed up to entry \(entry); writes are stopped, reads go on",
        do: "运行 karez log verify 找出被改动之处，用备份恢复",
        "run karez log verify to find what was touched, restore a backup"
      ).problem(.unavailable, at: "")
    case .unknownOutcome(let key):
      Wording(
        "outcome-unknown", "提交结果未知", "it is not known whether the commit succeeded",
        do: "以同一幂等键重试：已提交则返回原结果", "try again with the same key: a commit is made once"
      ).problem(.unavailable, at: key)
    case .corrupt(let what):
      Wording(
        "store-corrupt", "数据不一致（\(what)）",
        "the store's content does not agree with itself (\(what))",
        do: "停止写入，用备份恢复，并运行 karez log verify",
        "stop writing, restore a backup, run karez log verify"
      ).problem(.unavailable, at: "")
    default:
      Wording(
        "draft-gone", "草稿已不存在", "the draft is gone", do: "重新汇交", "submit again"
      ).problem(.conflict, at: "")
    }
  }

  /// No dataset has the name.
  static func noSuchDataset(named name: String) -> Problem {
    Wording(
      "dataset-unknown", "没有这个数据集", "there is no such dataset",
      do: "在数据目录里查看名称（命令行：karez datasets）",
      "look the name up in the catalogue (karez datasets on the command line)"
    ).problem(.notFound, at: name)
  }
}
