import KarezCore
import KarezTables

extension Problem {
  /// The one sentence for a table that could not be written.
  static func table(_ error: TableError) -> Problem {
    switch error {
    case .columnsMissing:
      return columnWording("missing", "表没有列", "the table has no column").problem(at: "")
    case .columnNameEmpty(let column):
      return columnWording("unnamed", "第 \(column) 列没有名称", "column \(column) has no name")
        .problem(at: "")
    case .columnNameRepeated(let name):
      return columnWording("repeated", "列名重复", "two columns have this name").problem(at: name)
    case .notFinite(let column, let row):
      return Wording(
        "table-not-finite", "第 \(row) 行不是有限的数", "row \(row) is not a finite number",
        do: "检查该行的来源数据", "check the data that the row comes from"
      ).problem(at: column)
    case .tooLargeForDecimals(let column, let row, let value, let places):
      return Wording(
        "table-number-too-large", "第 \(row) 行的数 \(value) 保留 \(places) 位小数后超过 18 位",
        "row \(row) holds \(value), more than 18 digits with \(places) places",
        do: "检查该行的来源数据", "check the data that the row comes from"
      ).problem(at: column)
    case .valueTooLong(let column, let row, let bytes, let limit):
      return Wording(
        "table-value-too-long", "第 \(row) 行的值有 \(bytes) 字节，上限 \(limit)",
        "the value of row \(row) has \(bytes) bytes, the limit is \(limit)",
        do: "缩短该值，或改用 CSV", "shorten the value, or write CSV"
      ).problem(at: column)
    case .pathNotWritable(let path, let number):
      return outputWording("（系统错误 \(number)）", " (system error \(number))")
        .problem(.unavailable, at: fileName(of: path))
    case .writeFailed(let path, let number):
      return outputWording("（写入中断，系统错误 \(number)）", " (writing broke off, system error \(number))")
        .problem(.unavailable, at: fileName(of: path))
    case .diskFull(let path):
      return Wording(
        "disk-full", "磁盘已满，未留下文件", "the disk is full; no file was left",
        do: "腾出空间后重试", "free some space and try again"
      ).problem(.unavailable, at: fileName(of: path))
    }
  }

  private static func columnWording(_ code: String, _ zh: String, _ en: String) -> Wording {
    Wording("table-column-" + code, zh, en, do: "更正列名", "mend the names of the columns")
  }

  private static func outputWording(_ zh: String, _ en: String) -> Wording {
    Wording(
      "output-not-writable", "无法写入文件" + zh, "the file cannot be written" + en,
      do: "检查文件夹权限与磁盘空间", "check the folder's permissions and the free space")
  }

  /// A problem never names a folder of the server.
  private static func fileName(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}
