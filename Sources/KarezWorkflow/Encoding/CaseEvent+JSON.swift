public import KarezCore
import KarezRules

extension CaseEvent {
  /// The event as it is kept: an object; the same event gives the same canonical text.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "position": .integer(Int64(position)), "at": .string(at.description),
      "on": .string(on.description), "actor": .string(actor), "kind": .string(fact.kind),
    ]
    // Most events are nobody's but the actor's, and say nothing of it.
    if let deputyFor { members["deputyFor"] = .string(deputyFor) }
    for (name, value) in fact.members { members[name] = value }
    return .object(members)
  }
}

extension CaseEvent.Fact {
  /// Kebab-case; permanent, since kept events are read by it.
  public var kind: String {
    switch self {
    case .opened: "opened"
    case .documentAttached: "document-attached"
    case .documentReviewed: "document-reviewed"
    case .established: "established"
    case .moved: "moved"
    case .clockStarted: "clock-started"
    case .clockStopped: "clock-stopped"
    case .paused: "paused"
    case .resumed: "resumed"
    case .extended: "extended"
    case .ordered: "ordered"
    case .effectDone: "effect-done"
    case .effectRefused: "effect-refused"
    case .effectRetried: "effect-retried"
    case .letterWritten: "letter-written"
    case .migrated: "migrated"
    }
  }

  fileprivate var members: [String: JSONValue] {
    switch self {
    case .opened(let opening): opening.members
    case .documentAttached(let document):
      document.members
    case .documentReviewed(let document, let isAccepted, let note):
      ["document": .string(document), "accepted": .boolean(isAccepted), "note": .string(note)]
    case .established(let fact, let value): ["fact": .string(fact.text), "value": value.json]
    case .moved(let transition, let took, let put):
      ["transition": .string(transition), "took": .strings(took), "put": .strings(put)]
    case .clockStarted(let clock, let term, let promised, let from):
      [
        "clock": .string(clock), "term": term.json, "from": .string(from.description),
        "promised": promised.map { .integer(Int64($0)) } ?? .null,
      ]
    case .clockStopped(let clock): ["clock": .string(clock)]
    case .paused(let reason, let title, let clocks, let citations):
      [
        "reason": .string(reason), "title": title.json, "clocks": .strings(clocks),
        "cite": .array(citations.map(\.json)),
      ]
    case .resumed(let reason): ["reason": .string(reason)]
    case .extended(let clock, let length, let citations, let note):
      [
        "clock": .string(clock), "length": .integer(Int64(length)),
        "cite": .array(citations.map(\.json)), "note": .string(note),
      ]
    case .ordered(let effect):
      [
        "effect": .string(effect.kind.rawValue), "of": .string(effect.of),
        "establishes": .optional(effect.establishes?.text),
      ]
    case .effectDone(let order, let result):
      ["order": .integer(Int64(order)), "result": result]
    case .effectRefused(let order, let refusal):
      [
        "order": .integer(Int64(order)), "code": .string(refusal.code),
        "place": .string(refusal.place), "what": refusal.what.json,
        "remedy": refusal.remedy.json,
      ]
    case .effectRetried(let order): ["order": .integer(Int64(order))]
    case .letterWritten(let mark):
      [
        "step": .string(mark.step), "sm3": .string(mark.sm3), "draft": .string(mark.draft),
      ]
    case .migrated(let version, let states):
      ["version": .string(version), "states": .object(states.mapValues(JSONValue.string))]
    }
  }
}

extension CaseOpening {
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "number": .string(number), "procedure": .string(procedure), "version": .string(version),
      "region": .string(region), "project": .optional(project), "applicant": .string(applicant),
      "state": .string(state),
    ]
    if let parent { members["parent"] = .string(parent) }
    return members
  }
}

extension CaseDocument {
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "document": .string(id), "sm3": .string(sm3), "bytes": .integer(Int64(bytes)),
      "mediaType": .string(mediaType),
    ]
    if let boundary { members["boundary"] = boundary.json }
    return members
  }
}

extension CaseBoundary {
  public var json: JSONValue {
    .object([
      "sm3": .string(sm3), "areaM2": .string(areaM2), "parcels": .integer(Int64(parcels)),
      "crs": .string(crs),
    ])
  }
}

extension Term {
  var json: JSONValue {
    .object([
      "id": .string(id), "title": title.json, "unit": .string(unit.rawValue),
      "length": .integer(Int64(length)), "certainty": .string(certainty.rawValue),
      "cite": .array(citations.map(\.json)),
      "extension": extending.map { extending in
        .object([
          "length": .integer(Int64(extending.length)), "most": .integer(Int64(extending.most)),
          "by": .strings(extending.grantedBy), "cite": .array(extending.citations.map(\.json)),
        ])
      } ?? .null,
    ])
  }
}

extension FactValue {
  /// With its type, so that a text that looks like a number stays a text.
  var json: JSONValue {
    switch self {
    case .boolean(let value): .object(["boolean": .boolean(value)])
    case .text(let text): .object(["text": .string(text)])
    case .codes(let codes): .object(["codes": .strings(codes)])
    case .quantity(let quantity):
      .object([
        "value": .number(quantity.value), "dimension": .string(Self.name(of: quantity.dimension)),
      ])
    }
  }

  static func name(of dimension: Dimension) -> String {
    switch dimension {
    case .area: "area"
    case .length: "length"
    case .share: "share"
    case .count: "count"
    case .money: "money"
    case .days: "days"
    case .mass: "mass"
    case .volume: "volume"
    }
  }
}

extension LocalizedText {
  var json: JSONValue {
    .object(["zh": .string(zh), "en": .string(en), "ug": .optional(ug)])
  }
}

extension Citation {
  var json: JSONValue {
    .object([
      "law": .string(law), "title": title.json, "article": .string(article),
      "quote": .optional(quote), "summary": summary.map(\.json) ?? .null,
    ])
  }
}

extension JSONValue {
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
