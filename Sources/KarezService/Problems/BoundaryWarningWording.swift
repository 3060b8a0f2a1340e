import KarezCore
import KarezGeometry
import KarezReading

/// Sentences for what is doubtful about a boundary, under stable codes.
enum BoundaryWarningWording {
  static func overlap(_ area: Area) -> BoundaryWarning {
    BoundaryWarning(
      code: "parcels-overlap",
      message: LocalizedText(
        zh: "地块之间重叠 \(area.text) 平方米，重叠部分只计一次",
        en: "parcels overlap by \(area.text) m²; what overlaps is counted once"))
  }

  static func partlyOutside(_ area: Area) -> BoundaryWarning {
    BoundaryWarning(
      code: "partly-outside",
      message: LocalizedText(
        zh: "有 \(area.text) 平方米在本行政区域之外，未能审查",
        en: "\(area.text) m² lie outside the administrative area and could not be checked"))
  }

  /// A doubt of the geometry, in words.
  static func warning(_ doubt: BoundaryDoubt) -> BoundaryWarning {
    warning(code: doubt.code, facts: doubt.facts)
  }

  /// A doubt that came with a file, in words.
  static func warning(_ warning: ReadWarning) -> BoundaryWarning {
    self.warning(code: warning.code, facts: warning.facts)
  }

  static func warning(code: String, facts: [String: String]) -> BoundaryWarning {
    let pattern = sentences[code] ?? LocalizedText(zh: code, en: code)
    func filled(_ text: String) -> String {
      facts.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
    return BoundaryWarning(
      code: code, message: LocalizedText(zh: filled(pattern.zh), en: filled(pattern.en)))
  }

  private static let sentences: [String: LocalizedText] = [
    "axes-swapped": LocalizedText(
      zh: "X、Y 两列与规定次序相反，已按数值判定",
      en: "the columns X and Y stand in the other order; the numbers decided"),
    "zone-prefix-missing": LocalizedText(
      zh: "Y 坐标未加带号，按第 {zone} 带处理", en: "the eastings lack the zone's number; zone {zone} was taken"
    ),
    "zone-prefix-unstated": LocalizedText(
      zh: "所列坐标系不带带号，坐标却带有带号 {zone}",
      en: "the stated system has no zone prefix, the eastings carry {zone}"),
    "zone-inferred": LocalizedText(
      zh: "未说明带号，只有第 {zone} 带落在本区域内", en: "no zone is stated; only zone {zone} leads into this area"
    ),
    "zone-not-usable": LocalizedText(
      zh: "带号“{text}”不可用，未采用", en: "the zone “{text}” is not usable and was not used"),
    "datum-not-stated": LocalizedText(
      zh: "未说明坐标系（{text}），按 2000 国家大地坐标系处理",
      en: "the datum is not stated ({text}); CGCS2000 was taken"),
    "datum-doubtful": LocalizedText(
      zh: "经纬度来源不明；如取自互联网地图（GCJ-02），此处会偏移约 {metres} 米，请核实",
      en:
        "degrees of unstated origin: taken from a web map (GCJ-02) they would be off by some {metres} m here"
    ),
    "datum-looks-displaced": LocalizedText(
      zh: "按 GCJ-02 反算后与已有界线明显更吻合，坐标可能取自互联网地图，偏移约 {metres} 米",
      en:
        "shifted back from GCJ-02 it fits the recorded outlines far better; it may be off by some {metres} m"
    ),
    "datum-taken-as-equal": LocalizedText(
      zh: "{crs} 按 2000 国家大地坐标系处理，二者相差分米级",
      en: "{crs} was taken as CGCS2000; the two agree to decimetres"),
    "outside-expected-extent": LocalizedText(
      zh: "坐标（{longitude}，{latitude}）不在本区域范围内",
      en: "the coordinates ({longitude}, {latitude}) lie outside this area"),
    "declared-area-differs": LocalizedText(
      zh: "文件所列面积 {declaredM2} 平方米，量算椭球面积 {statutoryM2}、平面面积 {planarM2}",
      en:
        "the file states {declaredM2} m², measured are {statutoryM2} (statutory) and {planarM2} (planar)"
    ),
    "closing-point-absent": LocalizedText(
      zh: "{rings} 个环末尾未重复首点，已视为闭合",
      en: "{rings} rings do not repeat their first point; they were taken as closed"),
    "field-count-unusual": LocalizedText(
      zh: "地块行有 {count} 个字段，通常为 8 或 13", en: "a parcel line has {count} fields; 8 or 13 are usual"),
    "full-width-punctuation": LocalizedText(
      zh: "含有全角标点，已按半角读取", en: "full-width punctuation was read as half-width"),
    "encoding-guessed": LocalizedText(
      zh: "未附 .cpg，文字按 {encoding} 读取", en: "there is no .cpg file; texts were read as {encoding}"),
    "encoding-doubt": LocalizedText(
      zh: ".cpg 称 {stated}，字节更像 {bytes}",
      en: "the .cpg file says {stated}, the bytes look like {bytes}"),
    "z-dropped": LocalizedText(
      zh: "高程未采用，只取平面位置", en: "heights were left out; only positions are used"),
    "field-skipped": LocalizedText(
      zh: "字段 {field} 的类型不支持，未读入", en: "field {field} is of a type that is not read"),
    "no-attributes": LocalizedText(
      zh: "没有 .dbf，属性缺失", en: "there is no .dbf file, so no attributes"),
    "not-areal": LocalizedText(
      zh: "有 {count} 个要素不是面，未参加审查", en: "{count} features are not areas and were left out"),
    "vct-head-key": LocalizedText(
      zh: "文件头的 {key} 不认识，未采用", en: "the head's {key} is not known and was not used"),
    "vct-section-skipped": LocalizedText(
      zh: "{section} 部分（{count} 个对象）未读入", en: "section {section} ({count} objects) is not kept"),
    "vct-class-undeclared": LocalizedText(
      zh: "{kind} 部分有 {count} 个对象的要素代码未列出（首见第 {line} 行），未读入",
      en:
        "{count} objects of section {kind} have an unlisted feature code (line {line} first); not read"
    ),
    "vct-table-undeclared": LocalizedText(
      zh: "属性表 {table} 没有结构说明，未读入", en: "table {table} has no structure and was not read"),
    "vct-offset-added": LocalizedText(
      zh: "坐标已加上文件头的偏移量（{x}，{y}）", en: "the head's offset ({x}, {y}) was added to coordinates"),
    "parcel-id-repeated": LocalizedText(
      zh: "地块编号 {id} 重复", en: "parcel number {id} stands twice"),
  ]
}
