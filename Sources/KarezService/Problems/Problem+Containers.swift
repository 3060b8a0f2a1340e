import KarezCore
import KarezReading

/// Sentences for the files that hold files: Shapefile, ZIP, GeoPackage.
extension Problem {
  static func shapefileProblem(_ fault: ShapefileFault, _ file: String) -> Problem {
    let again = ("用原软件重新导出完整的 Shapefile", "export the whole Shapefile again")
    func wording(_ code: String, _ zh: String, _ en: String) -> Wording {
      Wording("shapefile-" + code, zh, en, do: again.0, again.1)
    }
    switch fault {
    case .headerMalformed:
      return wording("header", "Shapefile 文件头不合格式", "the Shapefile's header is malformed")
        .problem(at: file)
    case .lengthDisagrees(let claimed, let found):
      return wording(
        "length", "文件头称 \(claimed) 字节，实为 \(found) 字节",
        "the header claims \(claimed) bytes, the file has \(found)"
      ).problem(at: file)
    case .truncatedRecord(let record, let byte):
      return wording(
        "truncated", "第 \(record) 条记录不完整（字节 \(byte)）",
        "record \(record) is cut short (byte \(byte))"
      ).problem(at: "\(file): record \(record)")
    case .indexDisagrees(let record, let byte):
      return wording(
        "index", "第 \(record) 条记录与 .shx 索引不符（字节 \(byte)）",
        "record \(record) is not as the .shx index says (byte \(byte))"
      ).problem(at: "\(file): record \(record)")
    case .sidecarMissing(let kind):
      return wording("sidecar-missing", "缺少 .\(kind) 文件", "the .\(kind) file is missing")
        .problem(at: file)
    case .sidecarMalformed(let kind):
      return wording("sidecar-malformed", ".\(kind) 文件不合格式", "the .\(kind) file is malformed")
        .problem(at: file)
    case .countsDisagree(let kind, let shapes, let found):
      return wording(
        "counts", "图形 \(shapes) 个，.\(kind) 中 \(found) 条",
        "\(shapes) shapes, but \(found) records in the .\(kind) file"
      ).problem(at: file)
    }
  }

  static func zipProblem(_ fault: ZipFault, _ file: String) -> Problem {
    func wording(_ code: String, _ zh: String, _ en: String) -> Wording {
      Wording(
        "zip-" + code, zh, en, do: "只打包一个数据集的文件，不含文件夹路径、嵌套或加密",
        "pack the files of one dataset only: no paths, nesting or encryption")
    }
    let (text, place): (Wording, String) =
      switch fault {
      case .malformed(let byte):
        (wording("malformed", "压缩包已损坏（字节 \(byte)）", "the archive is damaged (byte \(byte))"), "")
      case .tooManyEntries(let count, let limit):
        (
          wording(
            "entries", "压缩包含 \(count) 项，上限 \(limit)", "\(count) entries, the limit is \(limit)"), ""
        )
      case .tooLarge(let bytes, let limit):
        (
          wording(
            "size", "解压后 \(bytes) 字节，上限 \(limit)", "\(bytes) bytes unpacked, the limit is \(limit)"),
          ""
        )
      case .ratio(let name, let ratio, let limit):
        (
          wording(
            "ratio", "压缩比 \(ratio):1，上限 \(limit):1",
            "compressed \(ratio):1, the limit is \(limit):1"), name
        )
      case .entryEscapes(let name):
        (wording("path", "条目路径指向压缩包之外", "an entry's path leads out of the archive"), name)
      case .entryIsLink(let name): (wording("link", "条目是链接", "an entry is a link"), name)
      case .entryTwice(let name): (wording("twice", "条目重名", "an entry stands twice"), name)
      case .nested(let name): (wording("nested", "压缩包内又有压缩包", "an archive in the archive"), name)
      case .encrypted(let name): (wording("encrypted", "条目已加密", "an entry is encrypted"), name)
      case .method(let name, let number):
        (wording("method", "不支持的压缩方法 \(number)", "compression method \(number) is not read"), name)
      case .nothingReadable:
        (wording("nothing", "压缩包内没有可读的数据", "nothing readable in the archive"), "")
      case .severalReadable(let names):
        (
          wording(
            "several", "压缩包内有多个数据集：\(names.joined(separator: "、"))",
            "several datasets in the archive: \(names.joined(separator: ", "))"), ""
        )
      }
    return text.problem(at: place.isEmpty ? file : "\(file): \(place)")
  }

  static func geopackageProblem(_ fault: GeoPackageFault, _ file: String) -> Problem {
    func wording(_ code: String, _ zh: String, _ en: String) -> Wording {
      Wording(
        "geopackage-" + code, zh, en, do: "另存为只含普通图层的 GeoPackage",
        "save it as a GeoPackage of plain layers")
    }
    switch fault {
    case .malformed(let message):
      return wording(
        "malformed", "GeoPackage 已损坏（\(message)）", "the GeoPackage is damaged (\(message))"
      )
      .problem(at: file)
    case .trigger(let name):
      return wording("trigger", "含有外来触发器", "it holds a foreign trigger").problem(
        at: "\(file): \(name)")
    case .view(let name):
      return wording("view", "含有视图", "it holds a view").problem(at: "\(file): \(name)")
    case .virtualTable(let name):
      return wording("virtual-table", "含有外来虚表", "it holds a foreign virtual table")
        .problem(at: "\(file): \(name)")
    }
  }
}
