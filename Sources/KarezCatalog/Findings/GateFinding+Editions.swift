import KarezCore
import KarezRules

// What the gate says of codes of other editions.
extension GateFinding {
  static func ofOtherEdition(
    _ attribute: Attribute, _ code: String, _ other: CodeTable, _ editions: CodeEditions,
    _ row: ExaminedRow
  ) -> GateFinding {
    let (name, meant) = (attribute.title, other.title(of: code))
    let found = editions.counterparts(of: code, in: other)
    let wanted = found.joined(separator: ", ")
    return GateFinding(
      .codeEdition, row: row.row, feature: row.id, place: row.middle,
      what: LocalizedText(
        zh: "\(name.zh)“\(code)”是\(other.title.zh)的代码（\(meant?.zh ?? "")），"
          + "不在\(editions.table.title.zh)中",
        en: "\(name.en) “\(code)” is a code of “\(other.title.en)” (\(meant?.en ?? "")), not of "
          + "“\(editions.table.title.en)”"),
      remedy: found.isEmpty
        ? LocalizedText(zh: "请按现行版次重新归类", en: "classify it anew by this edition")
        : LocalizedText(zh: "请改为 \(wanted)", en: "use \(wanted)"))
  }

  /// `count` rows, of which `row` is the first.
  static func reused(
    _ attribute: Attribute, _ code: String, by other: CodeTable, _ editions: CodeEditions,
    row: Int64, feature: String, count: Int
  ) -> GateFinding {
    let (mine, theirs) = (editions.table.title(of: code), other.title(of: code))
    return GateFinding(
      .codeReused, row: row, feature: feature,
      what: LocalizedText(
        zh: "\(attribute.title.zh)“\(code)”在\(editions.table.title.zh)中指\(mine?.zh ?? "")，在"
          + "\(other.title.zh)中指\(theirs?.zh ?? "")；本数据含有后者的代码，共 \(count) 个要素存疑",
        en: "\(attribute.title.en) “\(code)” means “\(mine?.en ?? "")” in "
          + "“\(editions.table.title.en)” and “\(theirs?.en ?? "")” in “\(other.title.en)”, of "
          + "which this file has codes; \(count) features are in doubt"),
      remedy: LocalizedText(zh: "请确认所用版次", en: "make sure which edition is meant"))
  }
}
