public import KarezCore
import KarezCrypto
import KarezGeometry
import KarezRules

extension ComplianceAnswer {
  /// The answer as every other view of it begins.
  ///
  /// - Shape: `docs/schemas/answer.schema.json`; sorted keys, exact decimals as strings.
  public var json: JSONValue {
    var members = Self.digestedMembers(of: self)
    members["id"] = .string(id)
    members["answeredAt"] = .string(answeredAt)
    members["digest"] = .string(digest)
    if let publication {
      members["publication"] = .object([
        "number": .integer(Int64(publication.number)), "sm3": .string(publication.sm3),
      ])
    }
    members["findings"] = .array(findings.map { $0.json(withPiece: true) })
    return .object(members)
  }

  /// SM3 of the canonical JSON without id, time, publication, digest and the findings' pieces.
  ///
  /// Who agreed to the packs changes nothing of what they say, and the packs are covered.
  ///
  /// - Source: RFC 8785 for the canonical form.
  static func digest(of answer: ComplianceAnswer) -> String {
    "sm3:" + SM3.digest(JSONValue.object(digestedMembers(of: answer)).canonicalText).description
  }

  private static func digestedMembers(of answer: ComplianceAnswer) -> [String: JSONValue] {
    var members = members(of: answer)
    if !answer.documents.isEmpty {
      members["documents"] = .array(answer.documents.map(JSONValue.string))
    }
    if !answer.proposed.isEmpty {
      members["proposed"] = .object(answer.proposed.mapValues(JSONValue.string))
    }
    return members
  }

  private static func members(of answer: ComplianceAnswer) -> [String: JSONValue] {
    [
      "asOf": .object([
        "validOn": .string(answer.asOf.validOn.description),
        "recorded": .integer(Int64(answer.asOf.recorded.value)),
      ]),
      "purpose": .optional(answer.purpose),
      "boundary": answer.boundary.json,
      "verdict": .string(answer.verdict.rawValue),
      "layers": .array(answer.layers.map(\.json)),
      "landUse": .array(answer.landUse.map(\.json)),
      "findings": .array(answer.findings.map { $0.json(withPiece: false) }),
      "packs": .array(
        answer.packs.map { pack in
          .object([
            "id": .string(pack.id), "version": .string(pack.version), "sm3": .string(pack.sm3),
          ])
        }),
    ]
  }
}

extension LocalizedText {
  /// `{"zh", "en"}`, and `"ug"` where it exists.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["zh": .string(zh), "en": .string(en)]
    if let ug { members["ug"] = .string(ug) }
    return .object(members)
  }
}

extension AnsweredBoundary {
  var json: JSONValue {
    .object([
      "statutoryAreaM2": .string(statutoryArea.text),
      "parcels": .integer(Int64(parcels)),
      "crs": .string(crs),
      "crsReason": .string(crsReason.zh),
      "crsReasons": crsReason.json,
      "warnings": .array(warnings.map(\.json)),
      "geometry": geometry.geoJSON,
    ])
  }
}

extension BoundaryWarning {
  public var json: JSONValue { .object(["code": .string(code), "message": message.json]) }
}

extension CheckedLayer {
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "dataset": .string(dataset.text),
      "title": title.json,
      "status": .string(status.rawValue),
      "currentTo": .optional(currentTo?.description),
      "occupiedM2": .string(occupied.text),
      "sharePercent": .string(sharePercent),
      "features": .integer(Int64(features)),
    ]
    if !near.isEmpty { members["near"] = .array(near.map(\.json)) }
    return .object(members.merging(noise.members) { own, _ in own })
  }
}

extension NearFeatures {
  fileprivate var json: JSONValue {
    .object([
      "fact": .string(fact), "title": title.json, "features": .integer(Int64(features)),
      "withinM": .string(DecimalText.fixed(withinMetres, decimals: 3)),
    ])
  }
}

extension Noise {
  /// Nothing where there is none.
  fileprivate var members: [String: JSONValue] {
    guard features > 0 else { return [:] }
    return [
      "noiseM2": .string(Area.squareMetres(areaM2).text),
      "noiseFeatures": .integer(Int64(features)),
    ]
  }
}

extension LandUseLine {
  var json: JSONValue {
    .object([
      "code": .string(code), "name": .string(name.zh), "title": name.json,
      "areaM2": .string(area.text),
    ])
  }
}

extension AnsweredFinding {
  func json(withPiece: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "rule": .string(finding.rule),
      "outcome": .string(finding.outcome),
      "severity": .string(finding.severity.rawValue),
      "message": finding.message.json,
      "citation": finding.citation.json,
      "areaM2": .optional(area?.text),
      "missingDocuments": .array(finding.missingDocuments.map(JSONValue.string)),
      "approver": .optional(finding.approver),
      "certainty": .string(finding.certainty.rawValue),
      "trace": .array(finding.trace.map(\.json)),
    ]
    members.merge(noise.members) { own, _ in own }
    if withPiece { members["geometry"] = geometry?.geoJSON ?? .null }
    return .object(members)
  }
}

extension Citation {
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "law": .string(law), "title": title.json, "article": .string(article),
    ]
    if let quote { members["quote"] = .string(quote) }
    if let summary { members["summary"] = summary.json }
    return .object(members)
  }
}

extension TraceStep {
  var json: JSONValue {
    .object(["fact": .string(fact), "title": title.json, "value": .string(value)])
  }
}
