import KarezCore
import KarezReading

extension Problem {
  /// The one sentence for a file that could not be read.
  static func reading(_ error: ReadingError, of file: String) -> Problem {
    switch error {
    case .sandboxMissing, .sandboxRefused, .workerUnusable: workerProblem(error, file)
    case .workerCrashed, .workerFailed, .timeLimit, .memoryLimit, .badFrame:
      limitProblem(error, file)
    case .shapefile(let fault): shapefileProblem(fault, file)
    case .zip(let fault): zipProblem(fault, file)
    case .geopackage(let fault): geopackageProblem(fault, file)
    case .vct(let fault): vctProblem(fault, file)
    case .noLayer, .noSuchLayer, .layerNotChosen: layerProblem(error, file)
    case .tooManyVertices, .tooManyVerticesInFile, .featureTooLarge, .fileTooLarge:
      sizeProblem(error, file)
    case .writeFailed(let format, let row, let message):
      writingProblem(format, row == 0 ? file : "\(file): \(row)", message)
    case .drawingBinary(let version): drawingProblem(version, file)
    default: contentProblem(error, file)
    }
  }

  private static func contentProblem(_ error: ReadingError, _ file: String) -> Problem {
    switch error {
    case .fileMissing:
      Wording(
        "file-missing", "找不到该文件", "there is no such file", do: "检查路径与文件名", "check the path"
      ).problem(at: file)
    case .emptyFile:
      Wording(
        "file-empty", "文件为空", "the file is empty", do: "重新导出后再试", "export it again"
      ).problem(at: file)
    case .driverRefused(let format, let message):
      Wording(
        "file-unreadable", "无法按 \(format.rawValue) 读取（\(message)）",
        "cannot be read as \(format.rawValue) (\(message))",
        do: "用原软件打开检查并重新导出", "open it in the program it came from and export it again"
      ).problem(at: file)
    case .readFailed(let row, let message):
      Wording(
        "feature-unreadable", "读取中断（\(message)）", "reading broke off (\(message))",
        do: "检查该要素或重新导出文件", "mend that feature or export the file again"
      ).problem(at: "\(file): \(row)")
    case .documentTypeDeclared:
      Wording(
        "document-type-declared", "XML 声明了文档类型（DOCTYPE），不予读取",
        "the XML declares a document type, which is not read",
        do: "删除 DOCTYPE 声明后再试", "remove the DOCTYPE and try again"
      ).problem(at: file)
    case .encodingUnknown(let name):
      Wording(
        "encoding-unknown", "不认识文字编码 \(name)", "the text encoding \(name) is not known",
        do: "改用 UTF-8 或 GBK 并附 .cpg", "use UTF-8 or GBK, with a .cpg file"
      ).problem(at: file)
    case .json(let code, let line, let byte):
      Wording(
        "json-malformed", "JSON 写法有误：\(JSONWording.text(code).zh)",
        "the JSON is malformed: \(JSONWording.text(code).en)",
        do: "检查该处或重新导出", "mend that place or export it again"
      ).problem(at: "\(file):\(line) (byte \(byte))")
    case .text(let format, let line, let code, let detail):
      BoundaryTextWording.problem(
        code: code, detail: detail, format: format, line: line, file: file)
    default: unknownFormat(error, file)
    }
  }

  private static func writingProblem(
    _ format: SourceFormat, _ place: String, _ message: String
  ) -> Problem {
    Wording(
      "file-not-written", "写 \(format.rawValue) 时出错（\(message)）",
      "writing \(format.rawValue) failed (\(message))",
      do: "检查磁盘空间；仍不行则改用 GeoPackage", "check the disk's space, or write a GeoPackage"
    ).problem(at: place)
  }

  private static func drawingProblem(_ version: String, _ file: String) -> Problem {
    let shown = version.isEmpty ? "" : " \(version)"
    return Wording(
      "drawing-binary", "是 AutoCAD 的 DWG 图形\(shown)，不能读取",
      "an AutoCAD drawing (DWG\(shown)), which is not read",
      do: "在 CAD 中另存为 DXF", "save it as DXF"
    ).problem(at: file)
  }

  private static func unknownFormat(_ error: ReadingError, _ file: String) -> Problem {
    Wording(
      "format-unknown", "不是可以读取的格式（以内容为准，不看扩展名）",
      "not a format that is read (the content decides, not the name)",
      do:
        "请提供报批坐标 TXT、Shapefile（zip）、GeoPackage、GeoJSON、FileGDB（zip）、GML、KML、DXF、VCT 3.0、WKT 或 CSV",
      "give 报批坐标 TXT, zipped Shapefile, GeoPackage, GeoJSON, zipped FileGDB, GML, KML, DXF, VCT 3.0, WKT or CSV"
    ).problem(at: file)
  }

  private static func layerProblem(_ error: ReadingError, _ file: String) -> Problem {
    switch error {
    case .noSuchLayer(let name, let layers):
      Wording(
        "layer-missing", "没有图层 \(name)", "there is no layer \(name)",
        do: "可选图层：\(layers.joined(separator: "、"))",
        "choose from: \(layers.joined(separator: ", "))"
      ).problem(at: file)
    case .layerNotChosen(let layers):
      Wording(
        "layer-not-chosen", "文件有多个图层", "the file has several layers",
        do: "以“文件:图层”指明其一：\(layers.joined(separator: "、"))",
        "name one as FILE:LAYER: \(layers.joined(separator: ", "))"
      ).problem(at: file)
    default:
      Wording(
        "layer-none", "文件中没有图层", "the file has no layer",
        do: "检查导出设置后重新导出", "check the export and write it again"
      ).problem(at: file)
    }
  }

  private static func sizeProblem(_ error: ReadingError, _ file: String) -> Problem {
    switch error {
    case .tooManyVertices(let row, let count, let limit):
      Wording(
        "feature-too-many-vertices", "要素有 \(count) 个顶点，超过上限 \(limit)",
        "the feature has \(count) vertices, the limit is \(limit)",
        do: "拆分该要素后再试", "split the feature"
      ).problem(at: "\(file): \(row)")
    case .tooManyVerticesInFile(let row, let limit):
      Wording(
        "file-too-many-vertices", "顶点总数超过上限 \(limit)",
        "the file has more than \(limit) vertices",
        do: "拆分文件，或由操作员批量导入", "split the file, or have an operator import it"
      ).problem(at: "\(file): \(row)")
    case .fileTooLarge(let bytes, let limit):
      Wording(
        "file-too-large", "文件 \(bytes) 字节，超过上限 \(limit)",
        "the file has \(bytes) bytes, the limit is \(limit)",
        do: "拆分文件，或由操作员批量导入", "split the file, or have an operator import it"
      ).problem(at: file)
    case .featureTooLarge(let row, let bytes):
      Wording(
        "feature-too-large", "要素占 \(bytes) 字节，过大", "the feature takes \(bytes) bytes, too many",
        do: "拆分该要素后再试", "split the feature"
      ).problem(at: "\(file): \(row)")
    default: unknownFormat(error, file)
    }
  }

  private static func workerProblem(_ error: ReadingError, _ file: String) -> Problem {
    switch error {
    case .sandboxRefused(let message):
      Wording(
        "sandbox-refused", "读取沙箱无法启动（\(message)）",
        "the reading sandbox will not start (\(message))",
        do: "请管理员检查 bubblewrap 与内核的用户命名空间", "have the operator check bubblewrap and user namespaces"
      ).problem(.unavailable, at: file)
    case .workerUnusable(let message):
      Wording(
        "reader-unusable", "读取程序 karez-reader 无法启动（\(message)）",
        "karez-reader will not start (\(message))",
        do: "请管理员重新安装", "have the operator install it again"
      ).problem(.unavailable, at: file)
    default:
      Wording(
        "sandbox-missing", "缺少 bubblewrap，不在沙箱外读取文件",
        "bubblewrap is missing, and files are not read outside a sandbox",
        do: "安装 Debian 软件包 bubblewrap", "install the Debian package bubblewrap"
      ).problem(.unavailable, at: file)
    }
  }

  private static func limitProblem(_ error: ReadingError, _ file: String) -> Problem {
    switch error {
    case .timeLimit(let seconds):
      Wording(
        "reading-time-limit", "读取超过 \(Int(seconds)) 秒，已停止",
        "reading took more than \(Int(seconds)) seconds and was stopped",
        do: "简化或拆分文件，或由操作员批量导入", "simplify or split the file, or have an operator import it"
      ).problem(at: file)
    case .memoryLimit(let bytes):
      Wording(
        "reading-memory-limit", "读取所需内存超过 \(bytes >> 20) MB，已停止",
        "reading wanted more than \(bytes >> 20) MB and was stopped",
        do: "简化或拆分文件", "simplify or split the file"
      ).problem(at: file)
    default:
      Wording(
        "reader-stopped", "读取程序中途停止，文件可能已损坏",
        "the reader stopped half-way; the file may be damaged",
        do: "用原软件打开检查并重新导出", "open it in the program it came from and export it again"
      ).problem(at: file)
    }
  }
}
