import KarezCore

extension Cases {
  static func unknown(_ number: String) -> Problem {
    Wording(
      "case-unknown", "没有这件办件", "there is no such case", do: "核对办件编号", "check its number"
    ).problem(.notFound, at: number)
  }

  static func procedureUnknown(_ id: String) -> Problem {
    Wording(
      "procedure-unknown", "没有这个程序，或当日不施行", "there is no such procedure on that day",
      do: "用 karez case procedures 查看", "see karez case procedures"
    ).problem(.notFound, at: id)
  }

  static func regionWrong(_ text: String) -> Problem {
    Wording(
      "region-wrong", "行政区划代码应为六、九或十二位数字", "a region's code has 6, 9 or 12 digits",
      do: "更正代码", "mend the code"
    ).problem(at: text)
  }

  static func numbersUsedUp(_ beginning: String) -> Problem {
    Wording(
      "case-numbers-used-up", "该地区本年编号已用尽", "the numbers of the region and year are used up",
      do: "在程序中增加编号位数", "give the procedure's numbers more digits"
    ).problem(at: beginning)
  }

  static let noCalendar = Wording(
    "calendar-missing", "规则包中没有工作日历", "the packs have no calendar of working days",
    do: "装入 calendar 规则包", "install the pack calendar"
  ).problem(.unavailable, at: "calendar")

  static func fileUnreadable(_ name: String) -> Problem {
    Wording(
      "attachment-unreadable", "文件不能读取", "the file cannot be read", do: "检查路径与权限",
      "check its path and permissions"
    ).problem(at: name)
  }

  static func fileSize(_ name: String, size: Int) -> Problem {
    Wording(
      "attachment-size", "文件为空或超过 \(mostBytes >> 20) MB（\(size) 字节）",
      "the file is empty or above \(mostBytes >> 20) MB (\(size) bytes)",
      do: "压缩或分成几件；地图数据请汇交", "compress or part it; hand map data in as data"
    ).problem(at: name)
  }

  static func fileSort(_ name: String) -> Problem {
    Wording(
      "attachment-sort", "不收这类文件，或内容与后缀不符",
      "files of this sort are not taken, or it is not what its ending says",
      do: "改用 PDF、图片、Office 文档、OFD、ZIP、TXT 或 GeoJSON",
      "use PDF, a picture, an office document, OFD, ZIP, TXT or GeoJSON"
    ).problem(at: name)
  }
}

/// Names as cases have them.
enum CaseTableNames {
  static func isRegion(_ text: String) -> Bool {
    [6, 9, 12].contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
