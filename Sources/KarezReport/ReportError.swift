public import KarezCore

/// Why a view of an answer could not be made; carries facts, no sentences.
public enum ReportError: Error, Hashable, Sendable {
  case catalogueUnreadable(file: String, reason: String)
  case messageMissing(language: String, key: String)
  case templateUnreadable(file: String, reason: String)
  case templateMissing(name: String)
  case printerMissing(part: String)
  case printerFailed(status: Int32, reason: String)
  case printerTooSlow(seconds: Int)
}

extension ReportError {
  /// The error as readers see it.
  public var problem: Problem {
    switch self {
    case .catalogueUnreadable(let file, let reason):
      Self.broken("catalogue-unreadable", file, "文字目录无法读取（\(reason)）", "cannot be read: \(reason)")
    case .messageMissing(let language, let key):
      Self.broken(
        "message-missing", language + ".json", "缺少文字 \(key)", "has no message `\(key)`")
    case .templateUnreadable(let file, let reason):
      Self.broken("template-unreadable", file, "模板无法读取（\(reason)）", "cannot be read: \(reason)")
    case .templateMissing(let name):
      Self.broken("template-missing", name, "没有这个模板", "there is no such template")
    case .printerMissing(let part):
      Problem(
        .unavailable, code: "printer-missing", place: part,
        what: LocalizedText(zh: "打印程序不可用", en: "the printer is not available"),
        remedy: LocalizedText(
          zh: "运行 make setup 后重试；其他格式不受影响",
          en: "run make setup and try again; the other formats are not affected"))
    case .printerFailed(let status, let reason):
      Problem(
        .defect, code: "printer-failed", place: "karez-print",
        what: LocalizedText(
          zh: "打印失败（状态 \(status)：\(reason)）", en: "printing failed (status \(status): \(reason))"),
        remedy: LocalizedText(
          zh: "请改用网页或 JSON，并报告此编号", en: "use the page or the JSON, and report it"))
    case .printerTooSlow(let seconds):
      Problem(
        .unavailable, code: "printer-too-slow", place: "karez-print",
        what: LocalizedText(
          zh: "打印超过 \(seconds) 秒，已停止", en: "printing took more than \(seconds) s and was stopped"),
        remedy: LocalizedText(zh: "稍后重试", en: "try again later"))
    }
  }

  private static func broken(_ code: String, _ place: String, _ zh: String, _ en: String) -> Problem
  {
    Problem(
      .defect, code: code, place: place, what: LocalizedText(zh: zh, en: en),
      remedy: LocalizedText(
        zh: "恢复 Portal 文件夹中的文件", en: "restore the files of the Portal folder"))
  }
}
