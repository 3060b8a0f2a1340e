public import KarezCore

/// 质检规则: a rule that every dataset is checked by because of its schema alone.
///
/// The raw values are public and permanent; `docs/quality.md` describes each.
public enum GateRule: String, CaseIterable, Hashable, Sendable {
  case fieldMissing = "field-missing"
  case fieldUnused = "field-unused"
  case attributeRequired = "attribute-required"
  case attributeType = "attribute-type"
  case attributeText = "attribute-text"
  case attributeLength = "attribute-length"
  case attributeRange = "attribute-range"
  case attributeUnique = "attribute-unique"
  case codeUnknown = "code-unknown"
  case codeEdition = "code-edition"
  case codeReused = "code-reused"
  case codeTableMissing = "code-table-missing"
  case formatWrong = "format-wrong"
  case referenceMissing = "reference-missing"
  case referenceUnchecked = "reference-unchecked"
  case identifierMissing = "identifier-missing"
  case identifierDuplicate = "identifier-duplicate"
  case geometryUnreadable = "geometry-unreadable"
  case geometryMissing = "geometry-missing"
  case geometryKind = "geometry-kind"
  case geometryOutOfRange = "geometry-out-of-range"
  case geometryInvalid = "geometry-invalid"
  case geometryFragile = "geometry-fragile"
  case geometryDuplicate = "geometry-duplicate"
  case outsideRegion = "outside-region"
  case overlap
  case overlapUncounted = "overlap-uncounted"
  case contained
  case gap
  case mismatch
  case noise
  case coverageUnexamined = "coverage-unexamined"
  case baseOther = "base-other"
  case baseChanged = "base-changed"
  case groundChanged = "ground-changed"

  /// What it weighs unless a profile says otherwise.
  public var severity: GateSeverity {
    switch self {
    case .fieldUnused, .noise, .baseOther: .info
    case .codeReused, .codeTableMissing, .referenceUnchecked, .geometryFragile, .outsideRegion,
      .gap,
      .mismatch:
      .warning
    default: .error
    }
  }

  public var title: LocalizedText {
    switch self {
    case .fieldMissing: LocalizedText(zh: "缺少字段", en: "Field missing")
    case .fieldUnused: LocalizedText(zh: "字段未读入", en: "Field not read")
    case .attributeRequired: LocalizedText(zh: "必填项为空", en: "Required value empty")
    case .attributeType: LocalizedText(zh: "取值类型不符", en: "Value of another type")
    case .attributeText: LocalizedText(zh: "含不可显示字符", en: "Characters that do not print")
    case .attributeLength: LocalizedText(zh: "文字过长", en: "Text too long")
    case .attributeRange: LocalizedText(zh: "取值超出范围", en: "Value out of range")
    case .attributeUnique: LocalizedText(zh: "取值不唯一", en: "Value not unique")
    case .codeUnknown: LocalizedText(zh: "代码不在表中", en: "Code not in its table")
    case .codeEdition: LocalizedText(zh: "代码版次不符", en: "Code of another edition")
    case .codeReused:
      LocalizedText(zh: "代码在两版中含义不同", en: "Code that means something else in another edition")
    case .codeTableMissing: LocalizedText(zh: "缺少代码表", en: "Code table missing")
    case .formatWrong: LocalizedText(zh: "编码格式不符", en: "Code malformed")
    case .referenceMissing: LocalizedText(zh: "引用对象不存在", en: "Referenced feature missing")
    case .referenceUnchecked: LocalizedText(zh: "引用未核对", en: "Reference not checked")
    case .identifierMissing: LocalizedText(zh: "缺少标识码", en: "Identifier missing")
    case .identifierDuplicate: LocalizedText(zh: "标识码重复", en: "Identifier repeated")
    case .geometryUnreadable: LocalizedText(zh: "图形不可读", en: "Geometry unreadable")
    case .geometryMissing: LocalizedText(zh: "缺少图形", en: "Geometry missing")
    case .geometryKind: LocalizedText(zh: "图形类型不符", en: "Geometry of another kind")
    case .geometryOutOfRange: LocalizedText(zh: "坐标超出范围", en: "Coordinates out of range")
    case .geometryInvalid: LocalizedText(zh: "图形不合格", en: "Geometry invalid")
    case .geometryFragile: LocalizedText(zh: "图形在转换后不稳", en: "Geometry fragile")
    case .geometryDuplicate: LocalizedText(zh: "图形重复", en: "Geometry repeated")
    case .outsideRegion: LocalizedText(zh: "超出行政区域", en: "Outside the region")
    case .overlap: LocalizedText(zh: "图形重叠", en: "Overlap")
    case .overlapUncounted: LocalizedText(zh: "重叠无法计算", en: "Overlap not computed")
    case .contained: LocalizedText(zh: "图形包含", en: "Polygon inside another")
    case .gap: LocalizedText(zh: "图形缝隙", en: "Gap")
    case .mismatch: LocalizedText(zh: "公共边节点不一致", en: "Common border drawn differently")
    case .noise: LocalizedText(zh: "容差以内的误差", en: "Noise within the tolerance")
    case .coverageUnexamined: LocalizedText(zh: "拓扑未能检查", en: "Topology not examined")
    case .baseOther: LocalizedText(zh: "基准状态不同", en: "Another base state")
    case .baseChanged: LocalizedText(zh: "要素自基准以来已变化", en: "Feature changed since the base")
    case .groundChanged: LocalizedText(zh: "地块自基准以来已变化", en: "Ground changed since the base")
    }
  }
}
