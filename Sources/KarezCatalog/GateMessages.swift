import KarezCore
import KarezGeometry

// The sentences of the gate, each in one shape: what is wrong; what to do.
extension GateFinding {
  static func missing(_ attribute: Attribute) -> GateFinding {
    let field = attribute.source ?? attribute.name
    return GateFinding(
      .fieldMissing,
      message: LocalizedText(
        zh: "缺少字段 \(field)（\(attribute.title.zh)）；请在数据中补上该字段",
        en: "no field \(field) (\(attribute.title.en)); add it to the data"))
  }

  static func unused(_ field: String) -> GateFinding {
    GateFinding(
      .fieldUnused,
      message: LocalizedText(
        zh: "字段 \(field) 不在数据集结构中，未读入；如需保留请改用开放图层",
        en: "field \(field) is not in the schema and was not read; use an open dataset to keep it"))
  }

  static func wrong(
    _ rule: GateRule, _ attribute: Attribute, _ value: AttributeValue, row: Int64, feature: String
  ) -> GateFinding {
    let shown = Self.shown(value)
    let name = attribute.title
    let message =
      switch rule {
      case .attributeText:
        LocalizedText(
          zh: "\(name.zh)含有不可显示的字符；请检查编码或删去这些字符",
          en: "\(name.en) holds characters that do not print; check the encoding or remove them")
      case .codeUnknown:
        LocalizedText(
          zh: "\(name.zh)“\(shown)”不在代码表 \(attribute.codes ?? "") 中；请改为表中的代码",
          en: "\(name.en) “\(shown)” is not in table \(attribute.codes ?? ""); use a code of it")
      case .formatWrong:
        LocalizedText(
          zh: "\(name.zh)“\(shown)”不符合格式 \(attribute.format ?? "")；请按规范更正",
          en: "\(name.en) “\(shown)” is not a \(attribute.format ?? ""); correct it")
      default:
        LocalizedText(
          zh: "\(name.zh)“\(shown)”不是\(Self.typeName(attribute.type).zh)；请按结构更正",
          en: "\(name.en) “\(shown)” is not \(Self.typeName(attribute.type).en); correct it")
      }
    return GateFinding(rule, row: row, feature: feature, message: message)
  }

  static func noIdentifier(_ attribute: String, row: Int64) -> GateFinding {
    GateFinding(
      .identifierMissing, row: row,
      message: LocalizedText(
        zh: "第 \(row) 行没有标识码（\(attribute)）；请补上",
        en: "row \(row) has no identifier (\(attribute)); give it one"))
  }

  static func required(_ attribute: Attribute, _ row: Int64, _ feature: String) -> GateFinding {
    GateFinding(
      .attributeRequired, row: row, feature: feature,
      message: LocalizedText(
        zh: "\(attribute.title.zh)为空；该项必填",
        en: "\(attribute.title.en) is empty; it is required"))
  }

  static func tableMissing(_ attribute: Attribute) -> GateFinding {
    GateFinding(
      .codeTableMissing,
      message: LocalizedText(
        zh: "没有代码表 \(attribute.codes ?? "")，\(attribute.title.zh)未核对；请安装含该表的规则包",
        en: "no code table \(attribute.codes ?? ""), \(attribute.title.en) was not checked; "
          + "install the pack that has it"))
  }

  /// `count` rows share one value; told of the later row, naming the first.
  static func repeated(
    _ rule: GateRule, _ what: LocalizedText, row: Int64, first: Int64, feature: String
  ) -> GateFinding {
    GateFinding(
      rule, row: row, feature: feature,
      message: LocalizedText(
        zh: "\(what.zh)与第 \(first) 行重复；请删去或更正其中之一",
        en: "\(what.en) repeats row \(first); remove or correct one of them"))
  }

  static func noGeometry(_ row: Int64, _ feature: String) -> GateFinding {
    GateFinding(
      .geometryMissing, row: row, feature: feature,
      message: LocalizedText(
        zh: "要素没有图形；请补绘或删去该行", en: "the feature has no geometry; draw it or remove the row"))
  }

  static func wrongKind(
    _ row: Int64, _ feature: String, expected: GeometryKind, place: Position?
  ) -> GateFinding {
    let names: [GeometryKind: LocalizedText] = [
      .none: LocalizedText(zh: "无图形", en: "no geometry"),
      .point: LocalizedText(zh: "点", en: "points"),
      .line: LocalizedText(zh: "线", en: "lines"),
      .polygon: LocalizedText(zh: "面", en: "polygons"),
    ]
    let name = names[expected] ?? LocalizedText(zh: "", en: "")
    return GateFinding(
      .geometryKind, row: row, feature: feature, place: place,
      message: LocalizedText(
        zh: "图形类型不对，该数据集要求\(name.zh)；请更换图层",
        en: "the geometry is of another kind, the dataset holds \(name.en); choose another layer"))
  }

  static func outOfRange(_ row: Int64, _ feature: String, place: Position) -> GateFinding {
    GateFinding(
      .geometryOutOfRange, row: row, feature: feature,
      message: LocalizedText(
        zh: "坐标 (\(place.x), \(place.y)) 超出经纬度范围；请核对坐标系与坐标顺序",
        en: "coordinates (\(place.x), \(place.y)) are not on the globe; check CRS and axis order"))
  }

  static func outsideRegion(_ row: Int64, _ feature: String, place: Position) -> GateFinding {
    GateFinding(
      .outsideRegion, row: row, feature: feature, place: place,
      message: LocalizedText(
        zh: "图形超出行政区域范围；请核对坐标系、带号与坐标顺序",
        en: "the geometry lies outside the region; check CRS, zone and axis order"))
  }

  static func invalid(
    _ rule: GateRule, _ row: Int64, _ feature: String, _ fault: ValidityFault, place: Position?
  ) -> GateFinding {
    let name = faultName(fault.kind)
    let message =
      rule == .geometryFragile
      ? LocalizedText(
        zh: "图形在原坐标中合格，转换后出现\(name.zh)（坐标取位所致）；建议整理该处节点",
        en: "the geometry is valid as written, but has \(name.en) once converted (by rounding); "
          + "tidy the vertices there")
      : LocalizedText(
        zh: "图形不合格：\(name.zh)；请在该处改正界线",
        en: "the geometry is invalid: \(name.en); correct the boundary there")
    return GateFinding(rule, row: row, feature: feature, place: place, message: message)
  }

  static func overlap(
    _ row: Int64, _ feature: String, with other: String, area: Area, place: Position?
  ) -> GateFinding {
    GateFinding(
      .overlap, row: row, feature: feature, place: place,
      message: LocalizedText(
        zh: "与要素 \(other) 重叠 \(area.text) 平方米；请消除重叠",
        en: "overlaps feature \(other) by \(area.text) m²; remove the overlap"))
  }

  static func uncounted(_ row: Int64, _ feature: String, with other: String) -> GateFinding {
    GateFinding(
      .overlapUncounted, row: row, feature: feature,
      message: LocalizedText(
        zh: "无法计算与要素 \(other) 的重叠；请先改正两者的图形",
        en: "the overlap with feature \(other) cannot be computed; correct both geometries first"))
  }

  private static func faultName(_ kind: ValidityFault.Kind) -> LocalizedText {
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

  private static func typeName(_ type: AttributeType) -> LocalizedText {
    switch type {
    case .text: LocalizedText(zh: "文本", en: "text")
    case .integer: LocalizedText(zh: "整数", en: "an integer")
    case .decimal: LocalizedText(zh: "数值", en: "a number")
    case .boolean: LocalizedText(zh: "是否值", en: "yes or no")
    case .date: LocalizedText(zh: "日期", en: "a date")
    }
  }

  private static func shown(_ value: AttributeValue) -> String {
    switch value {
    case .null: ""
    case .text(let text): String(text.prefix(60))
    case .integer(let number): String(number)
    case .decimal(let number): String(number)
    case .boolean(let claim): String(claim)
    case .date(let day): day.description
    }
  }
}
