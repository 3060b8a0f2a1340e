import KarezCore
import KarezReading

/// Sentences for a feature whose geometry or text could not be taken.
enum SourceFaultWording {
  static func problem(
    _ fault: SourceFault, _ feature: SourceFeature, in file: String
  ) -> Problem {
    let inner = place(of: fault)
    let row = "\(file): \(feature.row)"
    return wording(for: fault).problem(at: inner.isEmpty ? row : "\(row), \(inner)")
  }

  static func place(of fault: SourceFault) -> String {
    switch fault {
    case .ringNotClosed(let part, let ring): "part \(part), ring \(ring)"
    case .ringTooShort(let part, let ring, _): "part \(part), ring \(ring)"
    case .notFinite(let part, let ring, let vertex):
      "part \(part), ring \(ring), vertex \(vertex)"
    case .textUndecodable(let field), .textForbidden(let field, _): field
    case .vct(let fault): "line \(fault.line)"
    default: ""
    }
  }

  static func wording(for fault: SourceFault) -> Wording {
    switch fault {
    case .ringNotClosed:
      Wording(
        "ring-not-closed", "环未闭合（首尾点不同）", "the ring is open: first and last point differ",
        do: "在末尾重复首点", "repeat the first point at the end")
    case .ringTooShort(_, _, let vertices):
      Wording(
        "ring-too-short", "环只有 \(vertices) 个点，至少须 3 个不同的点",
        "the ring has \(vertices) points; it needs three different ones", do: "补全界址点",
        "add the missing points")
    case .notFinite:
      Wording(
        "coordinate-not-finite", "坐标不是有限数", "a coordinate is not a finite number", do: "更正该点坐标",
        "mend that vertex")
    case .lineNotClosed(let vertices):
      Wording(
        "line-not-closed", "多段线（\(vertices) 个点）未闭合", "the polyline of \(vertices) points is open",
        do: "在 CAD 中闭合该多段线", "close the polyline in the CAD program")
    case .unsupportedType(let type):
      Wording(
        "geometry-unsupported", "不支持的图形类型 \(type)", "geometry of type \(type) is not taken",
        do: "转换为多边形",
        "convert it to polygons")
    case .empty:
      Wording(
        "geometry-missing", "没有图形", "there is no geometry", do: "补全图形或删除该行",
        "give it a geometry or remove the row")
    case .textUndecodable:
      Wording(
        "text-undecodable", "文字与文件编码不符", "the text is not of the file's encoding",
        do: "附上正确的 .cpg 或改存为 UTF-8", "add the right .cpg file or save it as UTF-8")
    case .textForbidden:
      Wording(
        "text-forbidden", "文字含有控制字符或改变书写方向的字符", "the text holds control or direction characters",
        do: "删除该字符", "remove the character")
    case .malformed(let what):
      Wording(
        "geometry-malformed", "图形写法有误（\(what)）", "the geometry is malformed (\(what))",
        do: "重新导出该要素",
        "export the feature again")
    case .vct(let fault): VCTWording.wording(for: fault)
    }
  }
}
