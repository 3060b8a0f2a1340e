public import KarezCore
import KarezCrypto

extension ExchangeManifest {
  public var json: JSONValue {
    .object([
      "format": .string(Self.format), "sender": sender.json, "recipient": recipient.json,
      "sequence": .integer(sequence), "previous": .string(previous),
      "created": .string(created.description), "expires": .string(expires.description),
      "classification": .string(classification.rawValue), "order": order,
      "parts": .array(parts.map(\.json)), "derivation": derivation?.json ?? .null,
      "approvals": .array(approvals.map(\.json)), "content": content.json,
    ])
  }
}

extension ExchangeManifest.Party {
  fileprivate var json: JSONValue {
    .object(["key": .string(key), "zone": .string(zone.rawValue)])
  }
}

extension ExchangeManifest.Part {
  var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "form": .string(form.rawValue),
      "validOn": .optional(validOn?.description), "features": .integer(features),
      "bytes": .integer(bytes), "sm3": .string(sm3),
      "classification": .string(classification.rawValue),
    ])
  }
}

extension ExchangeManifest.Derivation {
  var json: JSONValue {
    .object([
      "edition": .string(edition), "version": .string(version), "sm3": .string(sm3),
      "mapApproval": .optional(mapApproval), "figures": .array(figures.map(\.json)),
      "removed": .object(removed.mapValues(JSONValue.integer)),
    ])
  }
}

extension ExchangeManifest.Figure {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name), "value": .string(value), "certainty": .string(certainty.rawValue),
      "source": .object(["zh": .string(source.zh), "en": .string(source.en)]),
    ])
  }
}

extension ExchangeManifest.Approval {
  fileprivate var json: JSONValue {
    .object([
      "act": .string(act), "proposal": .string(proposal), "proposer": .string(proposer),
      "proposedAt": .string(proposedAt.description), "approver": .string(approver),
      "approvedAt": .string(approvedAt.description), "order": .string(order),
    ])
  }
}

extension ExchangeManifest.Content {
  fileprivate var json: JSONValue {
    .object([
      "cipher": .string(Self.cipher), "bytes": .integer(bytes), "sm3": .string(sm3),
      "code": .string(code), "counter": .string(counter),
      "key": .object([
        "algorithm": .string(PublicKey.envelopeAlgorithm), "value": .string(envelope),
      ]),
    ])
  }
}
