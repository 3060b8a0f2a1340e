import KarezCatalog
import KarezCore
import KarezGeometry

extension Problem {
  /// The one sentence for a layer that cannot be made or read.
  static func layer(_ error: LayerError, of name: String) -> Problem {
    switch error {
    case .geometry(let row, let geometry): return .geometry(geometry, of: "\(name): \(row)")
    case .unreadable(_, let errno):
      return Wording(
        "layer-unreadable", "无法读取图层文件（系统错误 \(errno)）",
        "the layer file cannot be read (system error \(errno))",
        do: "检查文件权限", "check the file's permissions"
      ).problem(.unavailable, at: name)
    case .unwritable(_, let errno):
      return Wording(
        "layer-unwritable", "无法写入临时图层文件（系统错误 \(errno)）",
        "the temporary layer file cannot be written (system error \(errno))",
        do: "腾出磁盘空间，或用 TMPDIR 指定其他文件夹", "free disk space, or name another folder in TMPDIR"
      ).problem(.unavailable, at: name)
    case .notALayer:
      return Wording(
        "layer-unknown", "不是本版本的图层文件", "it is not a layer file of this version",
        do: "删除该缓存文件，系统将重新生成", "remove the cached file; it is made again"
      ).problem(.unavailable, at: name)
    case .damaged(_, let what):
      return Wording(
        "layer-damaged", "图层文件已损坏（\(what)）", "the layer file is damaged (\(what))",
        do: "删除该缓存文件，系统将重新生成", "remove the cached file; it is made again"
      ).problem(.unavailable, at: name)
    case .tooLarge(let what):
      return Wording(
        "layer-too-large", "图层过大（\(what)）", "the layer is too large (\(what))",
        do: "按区域分开处理", "work on one region at a time"
      ).problem(at: name)
    }
  }

  /// The one sentence for what kept the gate from its work.
  static func gate(_ error: GateError, of name: String) -> Problem {
    switch error {
    case .store(let store): return .store(store)
    case .layer(let layer): return .layer(layer, of: name)
    case .cancelled:
      return Wording(
        "gate-cancelled", "质检已中止，未写入任何内容", "the examination was ended; nothing was written",
        do: "重新汇交", "submit again"
      ).problem(.conflict, at: name)
    }
  }
}
