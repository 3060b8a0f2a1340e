import KarezCore
import KarezReading

/// Sentences for VCT files and their objects.
enum VCTWording {
  static func wording(for fault: VCTObjectFault) -> Wording {
    let pattern = sentences[fault.kind] ?? LocalizedText(zh: "对象有误", en: "the object is faulty")
    func filled(_ text: String) -> String {
      text.replacing("{object}", with: String(fault.object))
        .replacing("{found}", with: fault.found)
    }
    return Wording(
      "vct-" + fault.kind.rawValue, "第 \(fault.line) 行：" + filled(pattern.zh),
      "line \(fault.line): " + filled(pattern.en), do: "在原软件中更正后重新导出",
      "mend it in the program it came from and export it again")
  }

  private static let sentences: [VCTObjectFault.Kind: LocalizedText] = [
    .identifier: LocalizedText(
      zh: "标识码“{found}”不是正整数", en: "the identifier “{found}” is not a whole number above zero"),
    .identifierTwice: LocalizedText(
      zh: "标识码 {object} 重复", en: "the identifier {object} stands twice"),
    .count: LocalizedText(zh: "个数不符（{found}）", en: "the number of things is wrong ({found})"),
    .coordinate: LocalizedText(
      zh: "“{found}”不是坐标", en: "“{found}” is not a pair of coordinates"),
    .ending: LocalizedText(
      zh: "对象没有以 0 结束（“{found}”）", en: "the object does not end with 0 (“{found}”)"),
    .featureType: LocalizedText(
      zh: "不认识的特征类型“{found}”", en: "the feature type “{found}” is not known"),
    .curve: LocalizedText(
      zh: "线段类型“{found}”不支持，只读折线（11）",
      en: "curves of type “{found}” are not read, only polylines (11)"),
    .lineMissing: LocalizedText(
      zh: "引用的线 {object} 不在文件中", en: "the line {object} it refers to is not in the file"),
    .lineTwice: LocalizedText(
      zh: "引用的线 {object} 在文件中重复", en: "the line {object} it refers to stands twice"),
    .lineFaulty: LocalizedText(
      zh: "引用的线 {object} 有误", en: "the line {object} it refers to is faulty"),
    .linesApart: LocalizedText(
      zh: "引用的线 {object} 与前一条线首尾不相接",
      en: "the line {object} does not begin where the one before it ends"),
    .ringOpen: LocalizedText(zh: "环未闭合", en: "a ring does not come back to its beginning"),
    .ringShort: LocalizedText(
      zh: "环只有 {found} 个点", en: "a ring has {found} points; it needs three different ones"),
    .polygonMissing: LocalizedText(
      zh: "引用的面 {object} 不在文件中或重复",
      en: "the polygon {object} it refers to is not in the file, or twice"),
    .polygonFaulty: LocalizedText(
      zh: "引用的面 {object} 有误", en: "the polygon {object} it refers to is faulty"),
    .cycle: LocalizedText(
      zh: "引用 {object} 形成循环", en: "it refers to itself through {object}"),
    .tooManyReferences: LocalizedText(zh: "引用过多", en: "it refers to too many objects"),
    .tooManyRings: LocalizedText(
      zh: "环过多（{found}），无法判定内外", en: "too many rings ({found}) to tell shells from holes"),
    .rowMissing: LocalizedText(
      zh: "属性表 {found} 中没有标识码 {object} 的记录",
      en: "table {found} has no row for the object {object}"),
    .rowTwice: LocalizedText(
      zh: "属性表中标识码 {object} 的记录重复", en: "the row of the object {object} stands twice"),
    .rowWidth: LocalizedText(
      zh: "标识码 {object} 的记录项数不符（{found}）",
      en: "the row of the object {object} has another number of values ({found})"),
    .figureMissing: LocalizedText(
      zh: "标识码 {object} 只有属性、没有图形", en: "the object {object} has attributes but no geometry"),
  ]
}

extension Problem {
  static func vctProblem(_ fault: VCTFault, _ file: String) -> Problem {
    let again = ("重新导出完整的文件", "export the whole file again")
    switch fault {
    case .endsTooSoon(let line, let section):
      return Wording(
        "vct-ends-too-soon", "\(section) 部分不完整，文件到此中断", "section \(section): ends too soon",
        do: again.0, again.1
      ).problem(at: "\(file): line \(line)")
    case .edition(let name):
      return Wording(
        "vct-edition", "这是旧版格式（\(name)），只读 VCT 3.0（GB/T 17798-2007）",
        "an older edition of the format (\(name)); only VCT 3.0 (GB/T 17798-2007) is read",
        do: "用原软件转换为 VCT 3.0", "convert it to VCT 3.0 in the program it came from"
      ).problem(at: file)
    case .sectionMissing(let section):
      return Wording(
        "vct-section-missing", "缺少 \(section) 部分，文件可能被截断",
        "section \(section) is missing; the file may be cut short", do: again.0, again.1
      ).problem(at: file)
    case .unexpected(let line, let section, let found):
      let place = section.isEmpty ? "\(file): line \(line)" : "\(file): line \(line), \(section)"
      return Wording(
        "vct-unexpected", "此处不应出现“\(found)”", "“\(found)” is not expected here",
        do: "更正该行或重新导出", "mend that line or export the file again"
      ).problem(at: place)
    case .lineTooLong(let line, let limit):
      return Wording(
        "vct-line-too-long", "一行超过 \(limit) 字节", "a line has more than \(limit) bytes",
        do: again.0, again.1
      ).problem(at: "\(file): line \(line)")
    case .tooMany(let kind, let line, let limit):
      return Wording(
        "vct-too-many", "\(kind) 部分超过 \(limit) 项", "section \(kind) has more than \(limit) entries",
        do: "拆分文件", "split the file"
      ).problem(at: "\(file): line \(line)")
    case .headValue(let key, let value):
      return Wording(
        "vct-head-value", "文件头 \(key) 的值“\(value)”不支持",
        "the head's \(key) is “\(value)”, which is not read", do: "改用常用的坐标轴、单位或分隔符后重新导出",
        "export it with the usual axes, units and separator"
      ).problem(at: file)
    }
  }
}
