import KarezAccounts
import KarezCore
import KarezPacks

/// Sentences for what is wrong in a pack.
enum PackFaultWording {
  /// `file:line: what is wrong; what to do`.
  static func line(_ fault: PackFault, in language: Language) -> String {
    wording(fault.fact).problem(at: "\(fault.place)").line(in: language)
  }

  static func text(_ fault: PackFault) -> LocalizedText {
    LocalizedText(zh: line(fault, in: .zh), en: line(fault, in: .en))
  }

  static func wording(_ fact: PackFault.What) -> Wording {
    formWording(fact) ?? valueWording(fact) ?? linkWording(fact) ?? exchangeWording(fact)
      ?? ProcedureFaultWording.wording(fact) ?? IndicatorFaultWording.wording(fact)
      ?? chartWording(fact) ?? sourceWording(fact)
  }

  private static func chartWording(_ fact: PackFault.What) -> Wording? {
    guard case .chart(let fault) = fact else { return nil }
    func chart(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-chart", zh, en, do: remedyZh, remedyEn)
    }
    switch fault {
    case .idTwice(let id):
      return chart("“\(id)”重复", "“\(id)” stands twice", "改名或删除其一", "rename or remove one")
    case .kindUnknown(let kind, let entry):
      return chart(
        "\(entry) 所指的科目 \(kind) 不存在", "\(entry) names kind \(kind), which is not there",
        "补上科目或改名", "add the kind, or mend the name")
    case .unlikeMeasures(let entry):
      return chart(
        "\(entry) 两边的单位或小数位不同", "\(entry) goes between unlike units or decimals", "使两边一致",
        "make both sides alike")
    case .unlikeParts(let entry):
      return chart(
        "\(entry) 两边的要件不同", "\(entry) goes between kinds of unlike parts", "使两边一致",
        "make both sides alike")
    case .carryUnstated(let kind):
      return chart(
        "\(kind) 的年末处理写得不全", "\(kind) does not say what becomes of it at the end of a year",
        "carry 为 lapses 时写明 lapsesInto，否则不写", "give lapsesInto with carry lapses, and only then")
    case .pairsWithoutMaker(let rule):
      return chart(
        "\(rule) 要求挂钩，却没有形成该指标的事项", "\(rule) pairs what no move makes", "补上 ground 为 makes 的事项",
        "add a move whose ground is makes")
    case .notMoney(let rule):
      return chart(
        "\(rule) 的价款科目不以元计", "\(rule) is paid in what is no money", "改用以元计的科目",
        "name a kind in yuan")
    }
  }

  private static func exchangeWording(_ fact: PackFault.What) -> Wording? {
    switch fact {
    case .gridTooFine(let grid, let accuracy):
      Wording(
        "pack-exchange", "格网 \(Int(grid)) m 达不到“不优于 \(Int(accuracy)) m”",
        "a grid of \(Int(grid)) m leaves positions more accurate than \(Int(accuracy)) m",
        do: "格网须不小于精度的 √6 倍", "make the grid at least √6 times the accuracy")
    case .scaleMissing(let name):
      Wording(
        "pack-exchange", "面数据集 \(name) 未说明比例尺",
        "nothing is said of the scale of the polygons of \(name)",
        do: "在 meter 的 scales 写明比例尺，或列入 notCounted",
        "state it under scales of meter, or name the dataset under notCounted")
    case .aboveZone(let name, let zone):
      Wording(
        "pack-exchange", "“\(name)”的级别高于 \(zone) 区的上限",
        "“\(name)” is classed above what zone \(zone) may hold",
        do: "去掉它，或改入级别相符的数据集", "leave it out, or put it into a dataset of that class")
    default: nil
    }
  }

  private static func formWording(_ fact: PackFault.What) -> Wording? {
    func form(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-form", zh, en, do: remedyZh, remedyEn)
    }
    switch fact {
    case .fileUnreadable:
      return form("文件不可读", "the file cannot be read", "检查权限", "check its permissions")
    case .tooLarge(let bytes, let allowed):
      return form(
        "文件 \(bytes) 字节，上限 \(allowed)", "\(bytes) bytes, \(allowed) are allowed", "拆分文件",
        "split the file")
    case .notUTF8: return form("不是 UTF-8", "not UTF-8", "改存为 UTF-8", "save it as UTF-8")
    case .noChineseComment:
      return form(
        "文件开头没有中文注释", "no Chinese comment at the head", "第一行写明所依据的规定",
        "say in the first line what it renders")
    case .empty: return form("没有内容", "there is nothing in it", "补上内容或删除文件", "fill it or remove it")
    case .carriageReturn: return form("行尾是 CRLF", "lines end in CRLF", "改为 LF", "end lines with LF")
    case .controlCharacter(let code):
      return form("含控制字符 \(code)", "control character \(code)", "删除该字符", "remove it")
    case .wrongIndent:
      return form("缩进不是两个空格的倍数", "not indented by twos", "用两个空格缩进", "indent by two spaces")
    case .secondDocument:
      return form("含有第二个文档", "a second document", "一个文件只写一个文档", "one document a file")
    case .tooDeep(let allowed):
      return form("嵌套超过 \(allowed) 层", "nested deeper than \(allowed)", "减少嵌套", "nest less")
    case .keyExpected: return form("此处应为键", "a key is expected", "写作 键: 值", "write key: value")
    case .keyTwice(let key):
      return form("键 \(key) 重复", "key \(key) stands twice", "删除其一", "remove one")
    case .valueMissing: return form("缺少值", "a value is missing", "补上值", "give the value")
    case .trailing: return form("值后有多余内容", "something follows the value", "删除多余内容", "remove it")
    case .anchorOrTag:
      return form("不允许锚点与标签", "anchors and tags are not allowed", "直接写出内容", "write it out")
    case .blockText:
      return form("不允许块状文本", "block text is not allowed", "写成加引号的一行", "write one quoted line")
    case .bareNumber(let text):
      return form(
        "裸数字 \(text)", "bare number \(text)", "写成加引号并带单位的量，如 \"35 ha\"",
        "quote it with its unit, such as \"35 ha\"")
    case .quotesMissing(let text):
      return form("“\(text)”未加引号", "“\(text)” is not quoted", "加上双引号", "quote it")
    case .quoteNotClosed: return form("引号未闭合", "a quotation mark is open", "补上引号", "close it")
    case .bracketNotClosed: return form("括号未闭合", "a bracket is open", "补上括号", "close it")
    case .unknownEscape(let text):
      return form("不认识的转义 \(text)", "unknown escape \(text)", "改用普通字符", "write it plainly")
    default: return nil
    }
  }

  private static func valueWording(_ fact: PackFault.What) -> Wording? {
    func value(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-value", zh, en, do: remedyZh, remedyEn)
    }
    switch fact {
    case .keyUnknown(let key):
      return value("不认识的键 \(key)", "unknown key \(key)", "检查拼写", "check its spelling")
    case .keyMissing(let key): return value("缺少键 \(key)", "key \(key) is missing", "补上该键", "add it")
    case .notText(let key):
      return value("\(key) 应为文字", "\(key) must be text", "写成加引号的文字", "write quoted text")
    case .notList(let key):
      return value("\(key) 应为列表", "\(key) must be a list", "每项以 - 开头", "begin items with -")
    case .notMap(let key):
      return value("\(key) 应为键值", "\(key) must be a mapping", "写成 键: 值", "write key: value")
    case .notBoolean(let key):
      return value("\(key) 应为 true 或 false", "\(key) must be true or false", "改正", "mend it")
    case .notDate(let key, let text):
      return value(
        "\(key)：“\(text)”不是日期", "\(key): “\(text)” is no date", "写作 \"YYYY-MM-DD\"",
        "write \"YYYY-MM-DD\"")
    case .notQuantity(let key, let text):
      return value(
        "\(key)：“\(text)”不是带单位的量", "\(key): “\(text)” is no quantity", "写作 \"35 ha\"",
        "write \"35 ha\"")
    case .notDistance(let key):
      return value(
        "\(key) 不是大于零的长度", "\(key) is no length above nothing", "写作 \"500 m\"",
        "write \"500 m\"")
    case .notOneOf(let key, let text, let allowed):
      return value(
        "\(key)：“\(text)”不在可选值内", "\(key): “\(text)” is not allowed",
        "可选：\(allowed.joined(separator: "、"))",
        "choose from \(allowed.joined(separator: ", "))")
    case .notID(let text):
      return value(
        "“\(text)”不是合格的名称", "“\(text)” is no valid id", "只用小写字母、数字与连接号",
        "use lower-case letters, digits and hyphens")
    case .notVersion(let text):
      return value("“\(text)”不是版本号", "“\(text)” is no version", "写作 1.2.0", "write 1.2.0")
    case .notNumber(let key, let text):
      return value(
        "\(key)：“\(text)”不是数", "\(key): “\(text)” is no number", "写成加引号的数，如 \"60\"",
        "write a quoted number, such as \"60\"")
    case .limitOnWrongType(let key, let type):
      return value(
        "\(key) 不适用于 \(type) 类型", "\(key) does not go with type \(type)",
        "length 用于文字，minimum、maximum 用于数值",
        "length is for text, minimum and maximum for numbers")
    case .limitsCross:
      return value("minimum 大于 maximum", "minimum is above maximum", "更正其一", "mend one of them")
    case .valueOfWrongType(let fact):
      return value(
        "事实 \(fact) 的值类型不符", "the value of \(fact) is of another type", "按 facts.yaml 的类型写",
        "see facts.yaml")
    case .dimensionsDiffer: return value("量纲不一致", "unlike dimensions", "统一单位", "use like units")
    default: return nil
    }
  }

  private static func linkWording(_ fact: PackFault.What) -> Wording? {
    func link(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-link", zh, en, do: remedyZh, remedyEn)
    }
    switch fact {
    case .fileUnexpected:
      return link("此处不应有这个文件", "the file does not belong here", "移走或删除", "move or remove it")
    case .fileMissing(let name):
      return link("缺少文件 \(name)", "file \(name) is missing", "补上该文件", "add it")
    case .columnsMissing(let names):
      let list = names.joined(separator: ", ")
      return link("缺少列 \(list)", "columns \(list) are missing", "补上这些列", "add them")
    case .wrongFieldCount(let found, let expected):
      return link(
        "有 \(found) 个字段，应为 \(expected)", "\(found) fields, \(expected) expected", "补齐或删去逗号",
        "mend the commas")
    case .idTwice(let id):
      return link("“\(id)”重复", "“\(id)” stands twice", "改名或删除其一", "rename or remove one")
    case .attributeUnknown(let name):
      return link("没有字段 \(name)", "there is no attribute \(name)", "检查模式文件", "see the schema")
    case .codeTableUnknown(let name):
      return link("没有代码表 \(name)", "there is no code table \(name)", "补上代码表", "add it")
    case .codeTableUndeclared(let name):
      return link(
        "代码表 \(name) 未在 pack.yaml 声明", "code table \(name) is not declared in pack.yaml", "声明它",
        "declare it")
    case .datasetUnknown(let name):
      return link("没有数据集 \(name)", "there is no dataset \(name)", "检查名称", "check the name")
    case .themeUnknown(let name):
      return link(
        "没有主题 \(name)", "there is no theme \(name)", "见 Packs/themes.yaml", "see Packs/themes.yaml")
    case .datasetHasNoArea(let name):
      return link("数据集 \(name) 没有面积", "dataset \(name) has no area", "改用计数", "count instead")
    case .packUnknown(let name):
      return link("没有规则包 \(name)", "there is no pack \(name)", "检查 requires", "check requires")
    case .packTooOld(let pack, let version, let needed):
      return link(
        "规则包 \(pack) 为 \(version)，需要 \(needed)", "pack \(pack) is \(version), \(needed) is needed",
        "升级该包", "upgrade it")
    case .notJSON: return link("不是 JSON", "not JSON", "更正样式文件", "mend the style file")
    case .codeUnknown(let table, let code):
      return link(
        "代码表 \(table) 没有 \(code)", "\(table) has no code \(code)", "检查代码", "check the code")
    case .ruleUnknown(let id):
      return link("没有规则 \(id)", "there is no rule \(id)", "检查规则名", "check its id")
    default: return nil
    }
  }

  private static func sourceWording(_ fact: PackFault.What) -> Wording {
    func source(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) -> Wording {
      Wording("pack-source", zh, en, do: remedyZh, remedyEn)
    }
    switch fact {
    case .citationMissing:
      return source(
        "没有引用", "no citation", "加上 cite：法律、条、原文或大意", "add cite: law, article, quote or summary")
    case .quoteOrSummary:
      return source("须有原文或大意之一", "a quote or a summary is needed", "写其一", "give one of them")
    case .lawUnknown(let law):
      return source("Packs/laws 没有 \(law)", "Packs/laws has no \(law)", "补上该法", "add the law")
    case .articleUnknown(let law, let article):
      return source(
        "\(law) 没有第 \(article) 条", "\(law) has no article \(article)", "补上该条", "add the article")
    case .quoteNotInArticle(let law, let article):
      return source(
        "引文不在 \(law) 第 \(article) 条中", "the quotation is not in \(law), article \(article)",
        "逐字核对，或改为大意", "copy it word for word, or give a summary")
    case .quoteUnverifiable(let law):
      return source(
        "\(law) 没有可核对的条文", "\(law) has no text to compare with", "改为大意", "give a summary")
    case .factUnknown(let name):
      return source(
        "没有事实 \(name)", "no fact named \(name)", "见 Packs/facts.yaml", "see Packs/facts.yaml")
    case .factHasNoPlace(let name):
      return source(
        "事实 \(name) 不在地图上", "fact \(name) has no place on the map", "换一个事实", "name another fact")
    case .versionsOverlap(let id, let day):
      return source(
        "\(id) 的有效期在 \(day) 重叠", "versions of \(id) overlap on \(day)", "调整 inForce", "mend inForce"
      )
    case .versionsGap(let id, let from, let until):
      return source(
        "\(id) 在 \(from) 至 \(until) 之间无版本", "\(id) has no version from \(from) until \(until)",
        "补上版本", "add a version")
    case .expression(let error, let text):
      return source(
        "条件写法有误：\(text)（\(error)）", "the condition is wrong: \(text) (\(error))", "更正条件",
        "mend the condition")
    case .parameterNotInForce(let name):
      return source(
        "参数 \(name) 在规则有效期内没有版本", "parameter \(name) has no version for the rule's span", "补上参数版本",
        "add a version of it")
    case .lawNotInForce(let law):
      return source(
        "\(law) 在规则有效期内未施行", "\(law) is not in force for the rule's span", "更正 inForce 或引用",
        "mend inForce or the citation")
    case .expectationMissing:
      return source("案例没有预期", "the case expects nothing", "写明预期", "say what it expects")
    case .ruleWithoutCase(let rule, let kind):
      return source(
        "规则 \(rule) 缺少 \(kind) 案例", "rule \(rule) has no \(kind) case", "补上案例", "add one")
    case .spanUnexplained(let rule, let day):
      return source(
        "规则 \(rule) 在 \(day) 起止，当日没有所引法律或者规则包的起止",
        "rule \(rule) begins or ends on \(day), when neither a law it cites nor its pack does",
        "更正 inForce，或者写明接续的版本", "mend inForce, or write the version that follows")
    default: return source("有误（\(fact)）", "wrong (\(fact))", "更正", "mend it")
    }
  }
}
