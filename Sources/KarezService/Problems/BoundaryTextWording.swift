import KarezCore
import KarezReading

/// Sentences for texts of coordinates, by the code the reader gives.
enum BoundaryTextWording {
  static func wording(code: String, detail: String, format: SourceFormat) -> Wording {
    let zh = detail.isEmpty ? code : "\(code)：\(detail)"
    let en = detail.isEmpty ? code : "\(code): \(detail)"
    return Wording(
      "text-" + code, "不合 \(format.rawValue) 的写法（\(zh)）",
      "not as \(format.rawValue) is written (\(en))",
      do: "对照报批坐标样式更正该行", "mend that line after the standard's sample")
  }
}
