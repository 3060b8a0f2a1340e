import KarezCore

/// Sentences for what is piped in and out.
enum StreamWording {
  static func unreadable(_ errno: Int32, at name: String) -> Problem {
    Wording(
      "input-unreadable", "无法读取（系统错误 \(errno)）", "cannot be read (system error \(errno))",
      do: "检查路径与权限", "check the path and its permissions"
    ).problem(.unavailable, at: name)
  }

  static func unwritable(_ errno: Int32, at name: String) -> Problem {
    Wording(
      "output-not-writable", "无法写出（系统错误 \(errno)）", "cannot be written (system error \(errno))",
      do: "检查接收方与磁盘空间", "check who reads it and the free space"
    ).problem(.unavailable, at: name)
  }

  static func lineTooLong(limit: Int, at place: String) -> Problem {
    Wording(
      "line-too-long", "行长超过 \(limit >> 20) MB", "the line is longer than \(limit >> 20) MB",
      do: "每行只写一对图形", "write one pair a line"
    ).problem(at: place)
  }

  static func pairFields(_ count: Int, at place: String) -> Problem {
    Wording(
      "pair-fields", "该行有 \(count) 个字段，应为三个：编号、图形、图形",
      "the line has \(count) fields, expected three: id, WKT, WKT",
      do: "以制表符分隔：编号⇥WKT⇥WKT", "write id⇥WKT⇥WKT, with tabs between"
    ).problem(at: place)
  }
}
