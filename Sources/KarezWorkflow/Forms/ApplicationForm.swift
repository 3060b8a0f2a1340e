public import KarezCore
public import KarezRules

/// 申请表: what an applicant is asked for one procedure, and what goes with it.
///
/// - Shape: ids of fields are unique over all parts; conditions name fields that stand before.
public struct ApplicationForm: Hashable, Sendable {
  public let id: String
  public let version: String
  /// Id of the procedure that is applied for.
  public let procedure: String
  public let title: LocalizedText
  public let parts: [FormPart]
  public let materials: [FormMaterial]
  /// The field whose answer is the purpose of the check before submission; nil for none.
  public let purposeField: String?

  public init(
    id: String, version: String, procedure: String, title: LocalizedText, parts: [FormPart],
    materials: [FormMaterial], purposeField: String? = nil
  ) {
    self.id = id
    self.version = version
    self.procedure = procedure
    self.title = title
    self.parts = parts
    self.materials = materials
    self.purposeField = purposeField
  }

  public var fields: [FormField] { parts.flatMap(\.fields) }

  public func field(_ id: String) -> FormField? { fields.first { $0.id == id } }
}

/// 申请表栏目: fields under one heading, asked together or not at all.
public struct FormPart: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  public let help: LocalizedText?
  /// Nil where the part is always asked.
  public let when: Expression?
  public let fields: [FormField]

  public init(
    id: String, title: LocalizedText, help: LocalizedText? = nil, when: Expression? = nil,
    fields: [FormField]
  ) {
    self.id = id
    self.title = title
    self.help = help
    self.when = when
    self.fields = fields
  }
}

/// 申请表字段: one thing that is asked.
public struct FormField: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case text
    case longText = "long-text"
    case choice
    case boolean
    case date
    case quantity
  }

  /// 选项: what may be chosen.
  public struct Option: Hashable, Sendable {
    public let code: String
    public let title: LocalizedText

    public init(code: String, title: LocalizedText) {
      self.code = code
      self.title = title
    }
  }

  /// snake_case, as conditions name it.
  public let id: String
  public let title: LocalizedText
  public let help: LocalizedText?
  public let kind: Kind
  /// Of a quantity: the unit it is typed in.
  public let unit: Unit?
  public let isRequired: Bool
  public let when: Expression?
  public let options: [Option]
  /// Characters, of a text.
  public let longest: Int
  /// Bounds of a quantity, themselves included.
  public let least: Quantity?
  public let most: Quantity?
  /// The fact of the case that the answer establishes when it is opened.
  public let fills: FactID?

  public init(
    id: String, title: LocalizedText, help: LocalizedText? = nil, kind: Kind, unit: Unit? = nil,
    isRequired: Bool = false, when: Expression? = nil, options: [Option] = [], longest: Int = 200,
    least: Quantity? = nil, most: Quantity? = nil, fills: FactID? = nil
  ) {
    self.id = id
    self.title = title
    self.help = help
    self.kind = kind
    self.unit = unit
    self.isRequired = isRequired
    self.when = when
    self.options = options
    self.longest = longest
    self.least = least
    self.most = most
    self.fills = fills
  }

  /// As conditions know the field; nil for one they cannot name.
  public var factType: FactType? {
    switch kind {
    case .text, .longText, .choice: .text
    case .boolean: .boolean
    case .quantity: unit.map { .quantity($0.dimension) }
    case .date: nil
    }
  }
}

/// 申请表材料: a document of the procedure that goes with the form.
public struct FormMaterial: Hashable, Sendable {
  /// Id of the procedure's document.
  public let document: String
  public let help: LocalizedText?
  public let isRequired: Bool
  public let when: Expression?
  /// The document is the form itself, written when it is submitted.
  public let isForm: Bool

  public init(
    document: String, help: LocalizedText? = nil, isRequired: Bool = true,
    when: Expression? = nil, isForm: Bool = false
  ) {
    self.document = document
    self.help = help
    self.isRequired = isRequired
    self.when = when
    self.isForm = isForm
  }
}
