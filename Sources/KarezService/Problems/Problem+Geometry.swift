import KarezCore
import KarezGeometry

extension Problem {
  /// The one sentence for coordinates that cannot be measured.
  static func geometry(_ error: GeometryError, of file: String) -> Problem {
    let inner = error.place.description
    let place = inner.isEmpty ? file : "\(file): \(inner)"
    return wording(for: error.cause).problem(at: place, position: position(of: error.cause))
  }

  private static func position(of error: GeometryError) -> [Double]? {
    guard case .invalid(let fault) = error, let position = fault.position else { return nil }
    return [position.x, position.y]
  }

  private static func wording(for error: GeometryError) -> Wording {
    switch error {
    case .positionNotFinite:
      Wording(
        "coordinate-not-finite", "坐标不是有限数", "a coordinate is not a finite number",
        do: "更正该点坐标", "mend that vertex")
    case .ringTooShort(let count):
      Wording(
        "ring-too-short", "环只有 \(count) 个点，至少须 3 个不同的点",
        "the ring has \(count) points; it needs three different ones",
        do: "补全界址点", "add the missing points")
    case .ringNotClosed:
      Wording(
        "ring-not-closed", "环未闭合（首尾点不同）", "the ring is open: first and last point differ",
        do: "在末尾重复首点", "repeat the first point at the end")
    case .invalid(let fault): wording(for: fault.kind)
    case .unknownCRS(let name):
      Wording(
        "crs-unknown", "不认识坐标系 \(name)", "the coordinate system \(name) is not known",
        do: "用 --crs 指明，如 EPSG:4514", "name it with --crs, such as EPSG:4514")
    case .datumShiftUnknown(let crs):
      Wording(
        "datum-unknown", "\(crs) 的基准与 2000 国家大地坐标系的转换参数不公开",
        "the shift from \(crs) to CGCS2000 is not public",
        do: "请先转换到 2000 国家大地坐标系再提交", "convert it to CGCS2000 first")
    case .zoneContradiction(let declared, let found):
      Wording(
        "zone-contradiction", "带号声明为 \(declared)，坐标带号为 \(found)",
        "zone \(declared) is declared, the eastings say \(found)",
        do: "更正带号或坐标", "mend the zone or the coordinates")
    case .pointCountDiffers(let declared, let found):
      Wording(
        "point-count-differs", "所列界址点数 \(declared)，实有 \(found)",
        "\(declared) points are stated, \(found) were found",
        do: "补全缺失的界址点或更正点数，或重新导出", "add the missing points, mend the count, or export it again")
    case .outsideProjection, .notDegrees:
      Wording(
        "coordinate-out-of-range", "坐标超出坐标系的范围", "a coordinate lies outside its system",
        do: "检查坐标系、带号与 X/Y 顺序", "check the system, the zone and the order of X and Y")
    default: encodingWording(for: error)
    }
  }

  private static func encodingWording(for error: GeometryError) -> Wording {
    switch error {
    case .unsupportedGeometry(let kind):
      Wording(
        "geometry-unsupported", "不支持的图形类型 \(kind)", "geometry of type \(kind) is not taken",
        do: "转换为多边形", "convert it to polygons")
    case .noGeometry:
      Wording(
        "geometry-none", "没有图形", "there is no geometry", do: "检查文件内容", "check the file's content")
    case .unreadableText(let encoding):
      Wording(
        "text-unreadable", "文字不是 \(encoding) 编码", "the text is not \(encoding)",
        do: "改存为 UTF-8 或 GBK", "save it as UTF-8 or GBK")
    case .overlayFailed(let reason):
      Wording(
        "overlay-failed", "叠加计算失败（\(reason)）", "the overlay failed (\(reason))",
        do: "检查边界是否有极窄的尖角或自接触", "look for needle corners and self-contacts")
    case .unexpected(let found, let expected):
      Wording(
        "text-unexpected", "遇到“\(found)”，应为\(ExpectedInputWording.text(for: expected).zh)",
        "found `\(found)`, expected \(ExpectedInputWording.text(for: expected).en)",
        do: "更正该处", "mend that place")
    case .endsTooSoon:
      Wording(
        "text-ends-too-soon", "内容不完整，提前结束", "the content ends too soon",
        do: "用原软件重新导出完整文件", "export the whole file again")
    case .countExceedsInput(let count):
      Wording(
        "count-exceeds-input", "声明有 \(count) 项，文件容不下",
        "\(count) items are declared, more than the file can hold",
        do: "文件已损坏，请重新导出", "the file is damaged; export it again")
    case .positionOutOfRange:
      Wording(
        "coordinate-out-of-range", "坐标值过大，地球上没有这样的位置",
        "a coordinate is too large for any place on Earth",
        do: "更正该点坐标", "mend that vertex")
    case .notJSON(let fault):
      Wording(
        "json-malformed", "不是合格的 JSON（\(fault.kind)，第 \(fault.byte ?? 0) 字节）",
        "not well-formed JSON (\(fault.kind) at byte \(fault.byte ?? 0))",
        do: "用原软件重新导出", "export it again")
    default:
      Wording(
        "geometry-malformed", "图形写法有误", "the geometry is malformed",
        do: "用原软件重新导出", "export it again")
    }
  }

  private static func wording(for fault: ValidityFault.Kind) -> Wording {
    let names: (String, String) =
      switch fault {
      case .selfIntersection: ("边界自相交", "the boundary crosses itself")
      case .ringSelfIntersection: ("环自相交或自接触", "a ring crosses or touches itself")
      case .holeOutsideShell: ("内环在外环之外", "a hole lies outside its shell")
      case .nestedHoles: ("内环互相包含", "one hole lies in another")
      case .nestedShells: ("外环互相包含", "one shell lies in another")
      case .duplicateRings: ("环重复", "a ring stands twice")
      case .disconnectedInterior: ("内部被切断", "the interior is cut apart")
      case .tooFewPoints: ("点数不足", "a ring has too few points")
      case .invalidCoordinate: ("坐标无效", "a coordinate is invalid")
      case .ringNotClosed: ("环未闭合", "a ring is open")
      case .other: ("图形无效", "the geometry is invalid")
      }
    return Wording(
      "geometry-" + fault.rawValue, names.0, names.1, do: "在该处修正界址点后重新提交",
      "mend the boundary at that place and submit it again")
  }
}
