public import KarezCore
public import KarezRules

/// 事项说明: what an effect of a procedure comes to, as its pack describes it.
public struct EffectForm: Hashable, Sendable {
  public enum Act: Hashable, Sendable {
    case check(CheckForm)
    case posting(PostingForm)
    case change(ChangeForm)
    case certificate(CertificateForm)
    case notice(NoticeForm)
    case fee(FeeForm)
  }

  public let kind: CaseEffect.Kind
  /// As effects name it.
  public let of: String
  public let act: Act

  public init(kind: CaseEffect.Kind, of: String, act: Act) {
    self.kind = kind
    self.of = of
    self.act = act
  }

  /// Every value the form asks for.
  public var values: [CaseValue] {
    switch act {
    case .check(let form): form.purpose.map { [$0] } ?? []
    case .posting(let form): form.values
    case .change(let form): form.values.map(\.value)
    case .certificate(let form): form.certifies.values + form.lines.map(\.value)
    case .notice(let form): form.text.values
    case .fee(let form): form.amount.values
    }
  }
}

/// 审查说明: for what purpose the boundary is checked, and what is proposed of it.
public struct CheckForm: Hashable, Sendable {
  public let purpose: CaseValue?
  /// A fact the verdict proposes and an officer establishes.
  public let proposes: FactID?

  public init(purpose: CaseValue?, proposes: FactID?) {
    self.purpose = purpose
    self.proposes = proposes
  }
}

/// 数据变更说明: the boundary becomes a feature of a dataset, with these attributes.
public struct ChangeForm: Hashable, Sendable {
  /// 属性取值.
  public struct Filling: Hashable, Sendable {
    public let attribute: String
    public let value: CaseValue

    public init(attribute: String, value: CaseValue) {
      self.attribute = attribute
      self.value = value
    }
  }

  public let dataset: DatasetID
  public let values: [Filling]

  public init(dataset: DatasetID, values: [Filling]) {
    self.dataset = dataset
    self.values = values
  }
}

/// 证照说明: what a certificate is called, how it is numbered and what it certifies.
public struct CertificateForm: Hashable, Sendable {
  /// A line of a certificate.
  public struct Line: Hashable, Sendable {
    public let label: LocalizedText
    public let value: CaseValue

    public init(label: LocalizedText, value: CaseValue) {
      self.label = label
      self.value = value
    }
  }

  public let title: LocalizedText
  public let numbering: Numbering
  public let certifies: CaseTexts
  public let lines: [Line]

  public init(
    title: LocalizedText, numbering: Numbering, certifies: CaseTexts, lines: [Line]
  ) {
    self.title = title
    self.numbering = numbering
    self.certifies = certifies
    self.lines = lines
  }
}

/// 通知说明: what an applicant is told.
public struct NoticeForm: Hashable, Sendable {
  public let title: LocalizedText
  public let text: CaseTexts

  public init(title: LocalizedText, text: CaseTexts) {
    self.title = title
    self.text = text
  }
}

/// 决定书说明: which document of a case its letter is, who writes it, and from what.
public struct LetterForm: Hashable, Sendable {
  public let document: String
  public let by: [String]
  /// The template of each step that needs the letter.
  public let templates: [String: LetterTemplate]

  public init(document: String, by: [String], templates: [String: LetterTemplate]) {
    self.document = document
    self.by = by
    self.templates = templates
  }
}

/// 决定书模板: a letter with places for what a case says.
public struct LetterTemplate: Hashable, Sendable {
  /// Path of the pack: `administrative-procedure/licence/granted`.
  public let id: String
  public let title: LocalizedText
  public let paragraphs: [CaseTexts]
  /// 附条件: what the applicant has to do, and by when.
  public let conditions: [CaseTexts]

  public init(
    id: String, title: LocalizedText, paragraphs: [CaseTexts], conditions: [CaseTexts]
  ) {
    self.id = id
    self.title = title
    self.paragraphs = paragraphs
    self.conditions = conditions
  }

  public var values: [CaseValue] { (paragraphs + conditions).flatMap(\.values) }
}
