public import KarezCore

/// 事项办理: an effect that a step ordered, and what came of it.
public struct EffectRun: Hashable, Sendable {
  public enum Standing: Hashable, Sendable {
    /// Nobody has done it yet.
    case waiting
    /// What it led to: an object.
    case done(JSONValue)
    case refused(EffectRefusal)
  }

  /// Of the event that ordered it; what it is called in its case.
  public let position: Int
  public let effect: CaseEffect
  public let on: LegalDate
  /// Who made the step.
  public let actor: String
  /// Whom they stood in for.
  public let deputyFor: String?
  public internal(set) var standing: Standing

  public var result: JSONValue? {
    if case .done(let result) = standing { result } else { nil }
  }

  public var refusal: EffectRefusal? {
    if case .refused(let refusal) = standing { refusal } else { nil }
  }
}

/// 事项未办: why an effect is not carried out, and what to do before it is tried again.
public struct EffectRefusal: Hashable, Sendable {
  public let code: String
  public let place: String
  public let what: LocalizedText
  public let remedy: LocalizedText

  public init(code: String, place: String, what: LocalizedText, remedy: LocalizedText) {
    self.code = code
    self.place = place
    self.what = what
    self.remedy = remedy
  }
}

/// 决定书文稿: the letter of a case as it is now, and the draft it was made from.
public struct LetterMark: Hashable, Sendable {
  /// The step the letter is for.
  public let step: String
  /// Digest of the text.
  public let sm3: String
  /// Digest of the draft as it came from the template; the text's own for the draft itself.
  public let draft: String

  public init(step: String, sm3: String, draft: String) {
    self.step = step
    self.sm3 = sm3
    self.draft = draft
  }
}
