public import KarezCore
import KarezGeometry

/// What an overlay came to: areas by group, and what of them may be noise.
///
/// Digitising leaves slivers along borders that were drawn twice. They are not told from real
/// occupation by anything but size, so both are reported, separated by the tolerance stated.
public struct OverlaySummary: Sendable {
  private let order: OverlayJob.Order
  private let groups: [String]
  public private(set) var polygons = 0
  public private(set) var pairs = 0
  public private(set) var rows = 0
  /// Pairs that were repaired before they could be measured.
  public private(set) var repaired = 0
  private var areas: [Double]
  private var noiseRows = 0
  private var noise = 0.0
  public internal(set) var warnings: [BoundaryWarning] = []

  init(_ order: OverlayJob.Order, groups: [String]) {
    self.order = order
    self.groups = groups
    areas = Array(repeating: 0, count: groups.count)
  }

  mutating func add(_ stretch: OverlayBatch.Stretch) {
    polygons += stretch.polygons
    pairs += stretch.pairs
    repaired += stretch.repaired
    rows += stretch.rows.count
    for row in stretch.rows {
      areas[Int(row.group)] += row.areaM2
      if row.areaM2 < order.noiseM2 {
        noiseRows += 1
        noise += row.areaM2
      }
    }
  }

  public var json: JSONValue {
    let total = areas.reduce(0, +)
    return .object([
      "left": .string(order.left.text), "right": .string(order.right.text),
      "by": .string(order.attribute),
      "plane": .string(order.planar ?? "statutory"),
      "polygons": .integer(Int64(polygons)), "pairs": .integer(Int64(pairs)),
      "rows": .integer(Int64(rows)), "repaired": .integer(Int64(repaired)),
      "areaM2": .string(DecimalText.fixed(total, decimals: 6)),
      "groups": .array(
        zip(groups, areas).map { name, area in
          .object([
            "value": .string(name), "areaM2": .string(DecimalText.fixed(area, decimals: 6)),
          ])
        }),
      "noise": .object([
        "toleranceM2": .string(DecimalText.fixed(order.noiseM2, decimals: 2)),
        "rows": .integer(Int64(noiseRows)),
        "areaM2": .string(DecimalText.fixed(noise, decimals: 6)),
      ]),
      "warnings": .array(warnings.map(\.json)),
    ])
  }

  public func lines(in language: Language) -> [String] {
    let isEnglish = language == .en
    let total = DecimalText.fixed(areas.reduce(0, +), decimals: 2)
    let tolerance = DecimalText.fixed(order.noiseM2, decimals: 2)
    let slivers = DecimalText.fixed(noise, decimals: 2)
    let kind =
      order.planar.map { (isEnglish ? "planar, " : "平面面积，") + $0 }
      ?? (isEnglish ? "statutory" : "椭球面积")
    var lines = zip(groups, areas).filter { $1 > 0 }.map { name, area in
      "  \(name)  \(DecimalText.fixed(area, decimals: 2)) m²"
    }
    lines.append(
      isEnglish
        ? "\(polygons) polygons, \(pairs) overlaps, \(rows) rows; \(total) m² (\(kind))"
        : "图斑 \(polygons) 个，相交 \(pairs) 对，\(rows) 行；合计 \(total) m²（\(kind)）")
    lines.append(
      isEnglish
        ? "of these below \(tolerance) m², maybe noise of digitising: \(noiseRows) rows, \(slivers) m²"
        : "其中小于 \(tolerance) m²（可能为数字化误差）：\(noiseRows) 行，\(slivers) m²")
    if repaired > 0 {
      lines.append(
        isEnglish
          ? "\(repaired) pairs with faulty polygons counted by the area these do bound"
          : "\(repaired) 对含有图形错误，按其实际围成的面积计")
    }
    return lines
  }
}
