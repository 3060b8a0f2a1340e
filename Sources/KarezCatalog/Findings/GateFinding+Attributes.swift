import KarezCore
import KarezGeometry
import KarezRules

// What the gate says of fields and values.
extension GateFinding {
  static func missing(_ attribute: Attribute) -> GateFinding {
    let field = attribute.source ?? attribute.name
    return GateFinding(
      .fieldMissing,
      what: LocalizedText(
        zh: "缺少字段 \(field)（\(attribute.title.zh)）",
        en: "no field \(field) (\(attribute.title.en))"),
      remedy: LocalizedText(zh: "请在数据中补上该字段", en: "add it to the data"))
  }

  static func unused(_ field: String) -> GateFinding {
    GateFinding(
      .fieldUnused,
      what: LocalizedText(
        zh: "字段 \(field) 不在数据集结构中，未读入",
        en: "field \(field) is not in the schema and was not read"),
      remedy: LocalizedText(zh: "如需保留请改用开放图层", en: "use an open dataset to keep it"))
  }

  static func wrongType(
    _ attribute: Attribute, _ value: AttributeValue, row: Int64, feature: String,
    place: Position?
  ) -> GateFinding {
    let (name, type) = (attribute.title, GateWords.type(attribute.type))
    let shown = GateWords.value(value)
    return GateFinding(
      .attributeType, row: row, feature: feature, place: place,
      what: LocalizedText(
        zh: "\(name.zh)“\(shown)”不是\(type.zh)", en: "\(name.en) “\(shown)” is not \(type.en)"),
      remedy: LocalizedText(zh: "请按结构更正", en: "correct it"))
  }

  static func unprintable(
    _ attribute: Attribute, row: Int64, feature: String, place: Position?
  ) -> GateFinding {
    GateFinding(
      .attributeText, row: row, feature: feature, place: place,
      what: LocalizedText(
        zh: "\(attribute.title.zh)含有不可显示的字符",
        en: "\(attribute.title.en) holds characters that do not print"),
      remedy: LocalizedText(zh: "请检查编码或删去这些字符", en: "check the encoding or remove them"))
  }

  static func noIdentifier(
    _ attribute: String, row: Int64, place: Position?
  ) -> GateFinding {
    GateFinding(
      .identifierMissing, row: row, place: place,
      what: LocalizedText(
        zh: "第 \(row) 行没有标识码（\(attribute)）", en: "row \(row) has no identifier (\(attribute))"),
      remedy: LocalizedText(zh: "请补上", en: "give it one"))
  }

  static func required(_ attribute: Attribute, _ row: ExaminedRow) -> GateFinding {
    GateFinding(
      .attributeRequired, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(zh: "\(attribute.title.zh)为空", en: "\(attribute.title.en) is empty"),
      remedy: LocalizedText(zh: "该项必填", en: "it is required"))
  }

  static func tableMissing(_ attribute: Attribute) -> GateFinding {
    let table = attribute.codes ?? ""
    return GateFinding(
      .codeTableMissing,
      what: LocalizedText(
        zh: "没有代码表 \(table)，\(attribute.title.zh)未核对",
        en: "no code table \(table), \(attribute.title.en) was not checked"),
      remedy: LocalizedText(zh: "请安装含该表的规则包", en: "install the pack that has it"))
  }

  static func codeUnknown(
    _ attribute: Attribute, _ code: String, _ row: ExaminedRow
  ) -> GateFinding {
    let (name, table) = (attribute.title, attribute.codes ?? "")
    let shown = GateWords.value(.text(code))
    return GateFinding(
      .codeUnknown, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(
        zh: "\(name.zh)“\(shown)”不在代码表 \(table) 中",
        en: "\(name.en) “\(shown)” is not in table \(table)"),
      remedy: LocalizedText(zh: "请改为表中的代码", en: "use a code of it"))
  }

  static func tooLong(
    _ attribute: Attribute, length: Int, most: Int, _ row: ExaminedRow
  ) -> GateFinding {
    let name = attribute.title
    return GateFinding(
      .attributeLength, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(
        zh: "\(name.zh)有 \(length) 个字符，最多 \(most) 个",
        en: "\(name.en) has \(length) characters, at most \(most) are allowed"),
      remedy: LocalizedText(zh: "请缩短", en: "shorten it"))
  }

  static func outOfRange(
    _ attribute: Attribute, _ number: Double, _ row: ExaminedRow
  ) -> GateFinding {
    let (name, shown) = (attribute.title, GateWords.decimal(number))
    let least = attribute.limits.minimum.map(GateWords.decimal)
    let most = attribute.limits.maximum.map(GateWords.decimal)
    let range = [least.map { "≥ \($0)" }, most.map { "≤ \($0)" }].compactMap(\.self)
    return GateFinding(
      .attributeRange, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(
        zh: "\(name.zh) \(shown) 超出范围，应 \(range.joined(separator: "、"))",
        en: "\(name.en) \(shown) must be \(range.joined(separator: " and "))"),
      remedy: LocalizedText(zh: "请核对数值与单位", en: "check the number and its unit"))
  }

  static func formatWrong(
    _ attribute: Attribute, _ value: String, _ fault: LocalizedText, _ row: ExaminedRow
  ) -> GateFinding {
    let shown = GateWords.value(.text(value))
    return GateFinding(
      .formatWrong, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(
        zh: "\(attribute.title.zh)“\(shown)”\(fault.zh)",
        en: "\(attribute.title.en) “\(shown)” \(fault.en)"),
      remedy: LocalizedText(zh: "请按规范更正", en: "correct it"))
  }

  /// Several rows share one value; told of the later row, naming the first.
  static func repeated(
    _ rule: GateRule, _ what: LocalizedText, _ row: ExaminedRow, first: Int64
  ) -> GateFinding {
    GateFinding(
      rule, row: row.row, feature: row.id, place: row.corner,
      what: LocalizedText(
        zh: "\(what.zh)与第 \(first) 行重复", en: "\(what.en) repeats row \(first)"),
      remedy: LocalizedText(zh: "请删去或更正其中之一", en: "remove or correct one of them"))
  }
}
