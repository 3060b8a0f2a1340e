public import KarezCore
import KarezRules
public import KarezWorkflow

extension WorkflowDefinition {
  /// The procedure as programs read it, without its drawing.
  public var json: JSONValue {
    .object([
      "id": .string(id), "version": .string(version), "title": title.json,
      "from": .string(validity.from.description),
      "until": .optional(validity.until?.description),
      "cite": .array(citations.map(\.json)),
      "opening": .object([
        "by": .texts(opening.by), "documents": .texts(opening.documents),
        "starts": .texts(opening.starts),
      ]),
      "documents": .array(
        documents.map {
          .object([
            "id": .string($0.id), "title": $0.title.json, "reused": .boolean($0.isReused),
          ])
        }),
      "facts": .array(
        facts.map {
          .object([
            "id": .string($0.id.text), "title": $0.title.json,
            "type": .string($0.kind.rawValue),
          ])
        }),
      "clocks": .array(clocks.map(\.json)), "pauses": .array(pauses.map(\.json)),
      "states": .array(
        states.map {
          .object([
            "id": .string($0.id), "title": $0.title.json, "kind": .string($0.kind.rawValue),
          ])
        }),
      "steps": .array(transitions.map(\.json)),
    ])
  }
}

extension DeclaredClock {
  fileprivate var json: JSONValue {
    let extending = term.extending.map { extending in
      JSONValue.object([
        "length": .integer(Int64(extending.length)), "most": .integer(Int64(extending.most)),
        "by": .texts(extending.grantedBy), "cite": .array(extending.citations.map(\.json)),
      ])
    }
    return .object([
      "id": .string(id), "term": .string(term.id), "title": term.title.json,
      "unit": .string(term.unit.rawValue), "length": .integer(Int64(term.length)),
      "promised": promised.map { .integer(Int64($0)) } ?? .null,
      "certainty": .string(term.certainty.rawValue), "extension": extending ?? .null,
      "cite": .array(term.citations.map(\.json)),
    ])
  }
}

extension PauseReason {
  fileprivate var json: JSONValue {
    .object([
      "id": .string(id), "title": title.json, "clocks": .texts(clocks), "by": .texts(by),
      "cite": .array(citations.map(\.json)),
    ])
  }
}

extension Transition {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "title": title.json, "from": .texts(origin.states), "to": .texts(to),
      "documents": .texts(documents),
      "facts": .texts(facts.map(\.text) + conditions.map(\.fact.text)),
      "starts": .texts(starts), "stops": .texts(stops),
      "effects": .array(
        effects.map {
          .object([
            "kind": .string($0.kind.rawValue), "of": .string($0.of),
            "establishes": .optional($0.establishes?.text),
          ])
        }),
    ]
    switch trigger {
    case .person(let roles): members["by"] = .texts(roles)
    case .automatic: members["automatic"] = .boolean(true)
    case .due(let clock): members["onDue"] = .string(clock)
    }
    if !notBy.isEmpty { members["notBy"] = .texts(notBy) }
    return .object(members)
  }
}
