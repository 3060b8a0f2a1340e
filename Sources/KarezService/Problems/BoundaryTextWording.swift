import KarezCore
import KarezGeometry
import KarezReading

/// Sentences for texts of coordinates, by the code and the facts the reader gives.
enum BoundaryTextWording {
  /// The problem in a text: `detail` is the place and the facts, parted by tabs.
  static func problem(
    code: String, detail: String, format: SourceFormat, line: Int64, file: String
  ) -> Problem {
    let parts = detail.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    let place = parts.first ?? ""
    let plain = line > 0 ? "\(file):\(line)" : place.isEmpty ? file : "\(file): \(place)"
    if let error = GeometryError(code: code, facts: Array(parts.dropFirst())) {
      return .geometry(error, of: plain)
    }
    return Wording(
      "text-" + code, "不合 \(format.rawValue) 的写法（\(code)）",
      "not as \(format.rawValue) is written (\(code))",
      do: "对照报批坐标样式更正该行", "mend that line after the standard's sample"
    ).problem(at: plain)
  }
}
