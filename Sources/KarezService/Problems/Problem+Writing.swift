import KarezCore
import KarezGeometry
import KarezWriting

extension Problem {
  /// The one sentence for a layer that could not be written.
  static func writing(_ error: WritingError, to file: String) -> Problem {
    switch error {
    case .value(let fault, let field, let place):
      valueWording(fault).problem(at: "\(file): \(place.row) (\(place.feature)): \(field)")
    case .shape(let fault, let place): shapeProblem(fault, "\(file): \(place.row)", place.feature)
    case .layer(let fault): layerWording(fault).problem(at: file)
    case .file(let error): .table(error)
    case .geopackage(let error): .store(error)
    case .worker(let error): .reading(error, of: file)
    case .cancelled: .from(CancellationError(), file: file)
    }
  }

  private static func valueWording(_ fault: ValueFault) -> Wording {
    switch fault {
    case .tooLong(let bytes, let limit):
      Wording(
        "export-value-too-long", "值有 \(bytes) 字节，该格式最多 \(limit)",
        "the value has \(bytes) bytes, the format holds \(limit)",
        do: "改用 GeoPackage", "write a GeoPackage")
    case .character(let scalar):
      Wording(
        "export-character", "该格式不能写字符 U+\(String(scalar, radix: 16, uppercase: true))",
        "the format cannot write U+\(String(scalar, radix: 16, uppercase: true))",
        do: "更正该值，或改用 GeoPackage", "mend the value, or write a GeoPackage")
    case .notInEncoding(let name):
      Wording(
        "export-encoding", "\(name) 编码没有其中的字符", "\(name) lacks a character of it",
        do: "改用 UTF-8", "use UTF-8")
    case .tooManyDigits(let value, let limit):
      Wording(
        "export-digits", "\(value) 超过该格式的 \(limit) 位数字",
        "\(value) has more than the format's \(limit) digits",
        do: "改用 GeoPackage", "write a GeoPackage")
    case .dayTooEarly(let first):
      Wording(
        "export-day-too-early", "该格式的日期从 \(first) 起", "the format's days begin on \(first)",
        do: "更正该日期，或改用 CSV", "mend the day, or write CSV")
    case .notFinite:
      Wording(
        "export-not-finite", "不是有限的数", "not a finite number", do: "更正该值", "mend the value")
    }
  }

  private static func shapeProblem(
    _ fault: ShapeFault, _ place: String, _ feature: String
  ) -> Problem {
    switch fault {
    case .missing:
      Wording(
        "export-geometry-missing", "要素没有图形", "the feature has no geometry",
        do: "改用 CSV 或 GeoPackage", "write CSV or a GeoPackage"
      ).problem(at: "\(place) (\(feature))")
    case .kind(let kind):
      Wording(
        "export-geometry-kind", "该格式不能写 \(kind.rawValue) 图形",
        "the format holds no \(kind.rawValue)", do: "改用 GeoPackage", "write a GeoPackage"
      ).problem(at: "\(place) (\(feature))")
    case .coordinates(let error): .geometry(error, of: "\(place) (\(feature))")
    }
  }

  private static func layerWording(_ fault: LayerFault) -> Wording {
    let other = ("改用 GeoPackage", "write a GeoPackage")
    switch fault {
    case .geometryUnsupported(let kind):
      return Wording(
        "export-geometry-unsupported", "该格式没有 \(kind.rawValue) 图层",
        "the format has no layers of \(kind.rawValue)", do: other.0, other.1)
    case .crsUnsupported(let crs):
      return Wording(
        "export-crs-unsupported", "该格式不能用坐标系 \(crs)", "the format cannot be in \(crs)",
        do: "用 --crs 另选", "choose another with --crs")
    case .namesCollide(let first, let second, let name):
      return Wording(
        "export-names-collide", "字段 \(first) 与 \(second) 在该格式中同为 \(name)",
        "\(first) and \(second) would both be \(name)", do: "改用 GeoJSON", "write GeoJSON")
    case .nameUnusable(let name):
      return Wording(
        "export-name-unusable", "该格式不能用名称“\(name)”", "the format cannot use the name \(name)",
        do: "用 --layer 另取图层名，或改用 GeoJSON", "name the layer with --layer, or write GeoJSON")
    case .tooManyFields(let count, let limit):
      return Wording(
        "export-too-many-fields", "有 \(count) 个字段，该格式最多 \(limit)",
        "there are \(count) fields, the format holds \(limit)", do: other.0, other.1)
    case .tooManyFeatures(let limit):
      return Wording(
        "export-too-many-features", "该格式最多 \(limit) 个要素",
        "the format holds \(limit) features", do: "用 --region 分区输出", "write by --region")
    case .tooManyBytes(let limit):
      return Wording(
        "export-too-large", "该格式的文件不能超过 \(limit) 字节",
        "a file of the format holds \(limit) bytes", do: "用 --region 分区输出", "write by --region")
    }
  }
}
