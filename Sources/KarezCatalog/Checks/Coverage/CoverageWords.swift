import KarezCore
import KarezGeometry
import KarezRules

/// What the gate says of a fault of a coverage.
enum CoverageWords {
  /// The rule a fault breaks: noise is told apart, whatever its kind.
  static func rule(of fault: CoverageFault) -> GateRule {
    switch fault.kind {
    case .mismatch: .mismatch
    case _ where fault.isNoise: .noise
    case .gap: .gap
    case .overlap: .overlap
    case .duplicate: .geometryDuplicate
    case .contained: .contained
    }
  }

  /// The finding, told of the first row concerned; `rows` and `ids` are in the fault's order.
  ///
  /// A feature that is in no row of the draft has none.
  static func finding(_ fault: CoverageFault, rows: [Int64?], ids: [String]) -> GateFinding {
    let teller = rows.indices.min { (rows[$0] ?? .max) < (rows[$1] ?? .max) } ?? 0
    let others = ids.indices.filter { $0 != teller }.map { ids[$0] }
    var finding = GateFinding(
      rule(of: fault), row: rows.isEmpty ? nil : rows[teller],
      feature: ids.isEmpty ? "" : ids[teller], place: fault.place,
      what: what(fault, others: others), remedy: remedy(fault, ids: ids))
    finding.others = others
    finding.land = fault.geometry
    finding.areaM2 = fault.areaM2
    return finding
  }

  private static func what(_ fault: CoverageFault, others: [String]) -> LocalizedText {
    let area = DecimalText.fixed(fault.areaM2, decimals: fault.isNoise ? 6 : 2)
    let other = others.first ?? ""
    let more = named(others)
    let noise =
      fault.isNoise && fault.kind != .mismatch
      ? LocalizedText(zh: "（容差以内）", en: " (within the tolerance)") : LocalizedText(zh: "", en: "")
    return switch fault.kind {
    case .overlap:
      LocalizedText(
        zh: "与要素 \(other) 重叠 \(area) 平方米\(noise.zh)",
        en: "overlaps feature \(other) by \(area) m²\(noise.en)")
    case .gap where others.isEmpty:
      LocalizedText(
        zh: "界线以内有空缺 \(area) 平方米，不属任何要素\(noise.zh)",
        en: "\(area) m² inside its border belong to no feature\(noise.en)")
    case .gap:
      LocalizedText(
        zh: "与相邻要素 \(more) 之间有缝隙 \(area) 平方米\(noise.zh)",
        en: "a gap of \(area) m² between it and \(more)\(noise.en)")
    case .duplicate:
      LocalizedText(
        zh: "图形与要素 \(other) 相同，\(area) 平方米\(noise.zh)",
        en: "the geometry is the same as that of feature \(other), \(area) m²\(noise.en)")
    case .contained:
      LocalizedText(
        zh: "与要素 \(other) 一个在另一个之内，\(area) 平方米\(noise.zh)",
        en: "of it and feature \(other) one lies in the other, \(area) m²\(noise.en)")
    case .mismatch:
      LocalizedText(
        zh: "与相邻要素 \(more) 的公共边节点不一致",
        en: "draws its border with \(more) through other vertices")
    }
  }

  /// Neighbours as a list of at most four.
  private static func named(_ ids: [String]) -> String {
    ids.prefix(4).joined(separator: " ") + (ids.count > 4 ? " …" : "")
  }

  /// - Shape: the features a repair names are the first and the second of the fault's.
  private static func remedy(_ fault: CoverageFault, ids: [String]) -> LocalizedText {
    func id(_ number: Int) -> String {
      fault.features.firstIndex(of: number).map { ids[$0] } ?? ""
    }
    return switch fault.repair {
    case .give(let to): LocalizedText(zh: "建议并入 \(id(to))", en: "give it to \(id(to))")
    case .take(let from, let other):
      LocalizedText(
        zh: "建议从 \(id(from)) 中扣除，归 \(id(other))",
        en: "take it from \(id(from)), leave it to \(id(other))")
    case .drop(let feature): LocalizedText(zh: "建议删除 \(id(feature))", en: "drop \(id(feature))")
    case .cutOut(let inner, let from):
      LocalizedText(
        zh: "建议从 \(id(from)) 中挖去 \(id(inner))", en: "cut \(id(inner)) out of \(id(from))")
    case .insert(let vertex, let into):
      LocalizedText(
        zh: "建议在 \(id(into)) 边界上加节点 (\(text(vertex)))",
        en: "insert vertex (\(text(vertex))) into \(id(into))")
    }
  }

  private static func text(_ place: Position) -> String {
    DecimalText.fixed(place.x, decimals: 9) + ", " + DecimalText.fixed(place.y, decimals: 9)
  }
}

extension GateFinding {
  static func uncounted(_ row: Int64, _ feature: String, with other: String) -> GateFinding {
    var finding = GateFinding(
      .overlapUncounted, row: row, feature: feature,
      what: LocalizedText(
        zh: "无法计算与要素 \(other) 的重叠", en: "the overlap with feature \(other) cannot be computed"),
      remedy: LocalizedText(zh: "请先改正两者的图形", en: "correct both geometries first"))
    finding.others = [other]
    return finding
  }

  static func unexamined(_ reason: String) -> GateFinding {
    GateFinding(
      .coverageUnexamined,
      what: LocalizedText(
        zh: "图层的拓扑未能检查（\(reason)）", en: "the topology could not be examined (\(reason))"),
      remedy: LocalizedText(zh: "请先改正不合格的图形", en: "correct the invalid geometries first"))
  }
}
