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

/// Sentences for frames that cannot be read.
enum FrameWording {
  static func magic(at place: String) -> Problem {
    Wording(
      "frame-unknown", "不以 KRZ1 开头，不是图形帧", "it does not begin with KRZ1 and is no frame",
      do: "按 docs/kernel-filter.md 的格式发送", "send what docs/kernel-filter.md describes"
    ).problem(at: place)
  }

  static func truncated(at place: String) -> Problem {
    Wording(
      "frame-truncated", "帧不完整，输入提前结束", "the input ends within the frame",
      do: "发送完整的帧后再关闭", "send the whole frame before closing"
    ).problem(at: place)
  }

  static func count(_ count: Int, limit: Int, at place: String) -> Problem {
    Wording(
      "frame-too-large", "帧声明 \(count) 个图形，上限 \(limit)",
      "the frame declares \(count) geometries, the limit is \(limit)",
      do: "分成多帧发送", "send it as several frames"
    ).problem(at: place)
  }

  static func length(_ length: Int, limit: Int, at place: String) -> Problem {
    Wording(
      "frame-too-large", "帧内图形共 \(length) 字节，上限 \(limit)",
      "the frame's geometries take \(length) bytes, the limit is \(limit)",
      do: "分成多帧发送", "send it as several frames"
    ).problem(at: place)
  }

  static func offset(index: Int, at place: String) -> Problem {
    Wording(
      "frame-offsets", "第 \(index) 个偏移量不合格（须从 0 起且不减）",
      "offset \(index) is out of order: they begin with 0 and never fall",
      do: "更正偏移量", "mend the offsets"
    ).problem(at: place)
  }
}
