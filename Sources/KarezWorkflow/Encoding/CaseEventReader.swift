public import KarezCore
import KarezRules

extension CaseEvent {
  /// The event a JSON object tells of; nil for anything `json` does not write.
  public init?(_ value: JSONValue) {
    guard let position = value.count("position"), position > 0,
      let at = value["at"]?.string.flatMap({ Timestamp($0) }),
      let on = value["on"]?.string.flatMap({ LegalDate($0) }),
      let actor = value["actor"]?.string, let kind = value["kind"]?.string,
      let fact = Fact(value, kind: kind)
    else { return nil }
    self.init(
      position: position, at: at, on: on, actor: actor,
      deputyFor: value["deputyFor"]?.string, fact: fact)
    // As text, since a whole number is read as another sort of value than it was written as.
    guard json.canonicalText == value.canonicalText else { return nil }
  }
}

extension CaseEvent.Fact {
  init?(_ value: JSONValue, kind: String) {
    let fact = Self.ofCase(value, kind) ?? Self.ofClock(value, kind) ?? Self.ofEffect(value, kind)
    guard let fact else { return nil }
    self = fact
  }

  private static func ofCase(_ value: JSONValue, _ kind: String) -> CaseEvent.Fact? {
    switch kind {
    case "opened": return CaseOpening(value).map { .opened($0) }
    case "document-attached":
      guard let id = value["document"]?.string, let sm3 = value["sm3"]?.string,
        let bytes = value.count("bytes"), let type = value["mediaType"]?.string
      else { return nil }
      return .documentAttached(
        CaseDocument(
          id: id, sm3: sm3, bytes: bytes, mediaType: type,
          boundary: value["boundary"].flatMap { CaseBoundary($0) }))
    case "document-reviewed":
      guard let id = value["document"]?.string, let note = value["note"]?.string,
        case .boolean(let isAccepted)? = value["accepted"]
      else { return nil }
      return .documentReviewed(document: id, isAccepted: isAccepted, note: note)
    case "established":
      guard let fact = value["fact"]?.string, let known = value["value"].flatMap({ FactValue($0) })
      else { return nil }
      return .established(FactID(fact), known)
    case "moved":
      guard let id = value["transition"]?.string, let took = value.texts("took"),
        let put = value.texts("put")
      else { return nil }
      return .moved(transition: id, took: took, put: put)
    case "ordered":
      guard let name = value["effect"]?.string, let of = value["of"]?.string,
        let effect = CaseEffect.Kind(rawValue: name)
      else { return nil }
      let fact = value["establishes"]?.string.map { FactID($0) }
      return .ordered(CaseEffect(kind: effect, of: of, establishes: fact))
    case "migrated":
      guard let version = value["version"]?.string, case .object(let members)? = value["states"]
      else { return nil }
      return .migrated(version: version, states: members.compactMapValues(\.string))
    default: return nil
    }
  }

  private static func ofClock(_ value: JSONValue, _ kind: String) -> CaseEvent.Fact? {
    switch kind {
    case "clock-started":
      guard let clock = value["clock"]?.string, let term = value["term"].flatMap({ Term($0) }),
        let from = value["from"]?.string.flatMap({ LegalDate($0) })
      else { return nil }
      return .clockStarted(
        clock: clock, term: term, promised: value.count("promised"), from: from)
    case "clock-stopped":
      return value["clock"]?.string.map { .clockStopped(clock: $0) }
    case "paused":
      guard let reason = value["reason"]?.string,
        let title = value["title"].flatMap({ LocalizedText($0) }),
        let clocks = value.texts("clocks"), let cited = value.citations
      else { return nil }
      return .paused(reason: reason, title: title, clocks: clocks, citations: cited)
    case "resumed": return value["reason"]?.string.map { .resumed(reason: $0) }
    case "extended":
      guard let clock = value["clock"]?.string, let length = value.count("length"),
        let cited = value.citations, let note = value["note"]?.string
      else { return nil }
      return .extended(clock: clock, length: length, citations: cited, note: note)
    default: return nil
    }
  }
}

extension CaseEvent.Fact {
  fileprivate static func ofEffect(_ value: JSONValue, _ kind: String) -> CaseEvent.Fact? {
    if kind == "letter-written" {
      guard let step = value["step"]?.string, let sm3 = value["sm3"]?.string,
        let draft = value["draft"]?.string
      else { return nil }
      return .letterWritten(LetterMark(step: step, sm3: sm3, draft: draft))
    }
    guard let order = value.count("order") else { return nil }
    switch kind {
    case "effect-done":
      guard let result = value["result"], case .object = result else { return nil }
      return .effectDone(order: order, result: result)
    case "effect-refused":
      guard let code = value["code"]?.string, let place = value["place"]?.string,
        let what = value["what"].flatMap({ LocalizedText($0) }),
        let remedy = value["remedy"].flatMap({ LocalizedText($0) })
      else { return nil }
      return .effectRefused(
        order: order, EffectRefusal(code: code, place: place, what: what, remedy: remedy))
    case "effect-retried": return .effectRetried(order: order)
    default: return nil
    }
  }
}

extension CaseBoundary {
  init?(_ value: JSONValue) {
    guard let sm3 = value["sm3"]?.string, let area = value["areaM2"]?.string,
      let parcels = value.count("parcels"), let crs = value["crs"]?.string
    else { return nil }
    self.init(sm3: sm3, areaM2: area, parcels: parcels, crs: crs)
  }
}

extension CaseOpening {
  init?(_ value: JSONValue) {
    guard let number = value["number"]?.string, let procedure = value["procedure"]?.string,
      let version = value["version"]?.string, let region = value["region"]?.string,
      let applicant = value["applicant"]?.string, let state = value["state"]?.string
    else { return nil }
    self.init(
      number: number, procedure: procedure, version: version, region: region,
      project: value["project"]?.string, applicant: applicant, state: state,
      parent: value["parent"]?.string)
  }
}

extension Term {
  init?(_ value: JSONValue) {
    guard let id = value["id"]?.string, let title = value["title"].flatMap({ LocalizedText($0) }),
      let unit = value["unit"]?.string.flatMap({ Unit(rawValue: $0) }),
      let length = value.count("length"), (1..<100_000).contains(length),
      let certainty = value["certainty"]?.string.flatMap({ Certainty(rawValue: $0) }),
      let cited = value.citations
    else { return nil }
    var extending: Extension?
    if let given = value["extension"], given != .null {
      guard let length = given.count("length"), (1..<100_000).contains(length),
        let most = given.count("most"), let by = given.texts("by"), let cited = given.citations
      else { return nil }
      extending = Extension(length: length, most: most, grantedBy: by, citations: cited)
    }
    self.init(
      id: id, title: title, unit: unit, length: length, extending: extending,
      certainty: certainty, citations: cited)
  }
}

extension FactValue {
  init?(_ value: JSONValue) {
    if case .boolean(let known)? = value["boolean"] {
      self = .boolean(known)
    } else if let text = value["text"]?.string {
      self = .text(text)
    } else if let codes = value.texts("codes") {
      self = .codes(codes)
    } else if let number = value["value"]?.double, let name = value["dimension"]?.string {
      let units: [Unit] = [.squareMetre, .metre, .percent, .one, .yuan, .day]
      guard let unit = units.first(where: { FactValue.name(of: $0.dimension) == name }),
        number.isFinite
      else { return nil }
      self = .quantity(Quantity(number, unit))
    } else {
      return nil
    }
  }
}

extension LocalizedText {
  init?(_ value: JSONValue) {
    guard let zh = value["zh"]?.string, let en = value["en"]?.string else { return nil }
    self.init(zh: zh, en: en, ug: value["ug"]?.string)
  }
}

extension Citation {
  init?(_ value: JSONValue) {
    guard let law = value["law"]?.string, let article = value["article"]?.string,
      let title = value["title"].flatMap({ LocalizedText($0) })
    else { return nil }
    self.init(
      law: law, title: title, article: article, quote: value["quote"]?.string,
      summary: value["summary"].flatMap { LocalizedText($0) })
  }
}

extension JSONValue {
  fileprivate func count(_ name: String) -> Int? {
    self[name]?.integer.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  fileprivate func texts(_ name: String) -> [String]? {
    guard let elements = self[name]?.array else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }

  fileprivate var citations: [Citation]? {
    guard let elements = self["cite"]?.array else { return nil }
    let citations = elements.compactMap { Citation($0) }
    return citations.count == elements.count ? citations : nil
  }
}
