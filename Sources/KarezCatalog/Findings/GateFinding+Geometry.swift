import KarezCore
import KarezGeometry
import KarezRules

// What the gate says of one feature's geometry.
extension GateFinding {
  static func noGeometry(_ row: ExaminedRow) -> GateFinding {
    GateFinding(
      .geometryMissing, row: row.row, feature: row.id,
      what: LocalizedText(zh: "要素没有图形", en: "the feature has no geometry"),
      remedy: LocalizedText(zh: "请补绘或删去该行", en: "draw it or remove the row"))
  }

  static func wrongKind(_ row: ExaminedRow, expected: GeometryKind) -> GateFinding {
    let name = GateWords.geometry(expected)
    return GateFinding(
      .geometryKind, row: row.row, feature: row.id, place: row.corner,
      what: LocalizedText(
        zh: "图形类型不对，该数据集要求\(name.zh)",
        en: "the geometry is of another kind, the dataset holds \(name.en)"),
      remedy: LocalizedText(zh: "请更换图层", en: "choose another layer"))
  }

  /// Without a place: it would lie nowhere on a map.
  static func outOfRange(_ row: ExaminedRow, at place: Position) -> GateFinding {
    GateFinding(
      .geometryOutOfRange, row: row.row, feature: row.id,
      what: LocalizedText(
        zh: "坐标 (\(place.x), \(place.y)) 超出经纬度范围",
        en: "coordinates (\(place.x), \(place.y)) are not on the globe"),
      remedy: LocalizedText(zh: "请核对坐标系与坐标顺序", en: "check CRS and axis order"))
  }

  static func outsideRegion(_ row: ExaminedRow) -> GateFinding {
    GateFinding(
      .outsideRegion, row: row.row, feature: row.id, place: row.corner,
      what: LocalizedText(zh: "图形超出行政区域范围", en: "the geometry lies outside the region"),
      remedy: LocalizedText(zh: "请核对坐标系、带号与坐标顺序", en: "check CRS, zone and axis order"))
  }

  static func invalid(
    _ row: ExaminedRow, _ kind: ValidityFault.Kind, place: Position?
  ) -> GateFinding {
    let name = name(of: kind)
    return GateFinding(
      .geometryInvalid, row: row.row, feature: row.id, place: place,
      what: LocalizedText(
        zh: "图形不合格：\(name.zh)", en: "the geometry is invalid: \(name.en)"),
      remedy: LocalizedText(zh: "请在该处改正界线", en: "correct the boundary there"))
  }

  static func fragile(
    _ row: ExaminedRow, _ kind: ValidityFault.Kind, place: Position?
  ) -> GateFinding {
    let name = name(of: kind)
    return GateFinding(
      .geometryFragile, row: row.row, feature: row.id, place: place,
      what: LocalizedText(
        zh: "图形在原坐标中合格，转换后出现\(name.zh)（坐标取位所致）",
        en: "the geometry is valid as written, but has \(name.en) once converted (by rounding)"),
      remedy: LocalizedText(zh: "建议整理该处节点", en: "tidy the vertices there"))
  }

  private static func name(of kind: ValidityFault.Kind) -> LocalizedText {
    switch kind {
    case .selfIntersection: LocalizedText(zh: "自相交", en: "a self-intersection")
    case .ringSelfIntersection: LocalizedText(zh: "环自相交", en: "a ring that touches itself")
    case .holeOutsideShell: LocalizedText(zh: "洞在外环之外", en: "a hole outside its shell")
    case .nestedHoles: LocalizedText(zh: "洞相互嵌套", en: "holes inside one another")
    case .nestedShells: LocalizedText(zh: "外环相互嵌套", en: "shells inside one another")
    case .duplicateRings: LocalizedText(zh: "重复的环", en: "the same ring twice")
    case .disconnectedInterior: LocalizedText(zh: "内部不连通", en: "a disconnected interior")
    case .tooFewPoints: LocalizedText(zh: "点数不足", en: "too few points")
    case .invalidCoordinate: LocalizedText(zh: "坐标无效", en: "an invalid coordinate")
    case .ringNotClosed: LocalizedText(zh: "环未闭合", en: "an open ring")
    case .other: LocalizedText(zh: "拓扑错误", en: "a topological fault")
    }
  }
}
