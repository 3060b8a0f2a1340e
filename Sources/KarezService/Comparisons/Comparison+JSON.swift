public import KarezCore
import KarezGeometry

extension Comparison {
  /// What `karez check --compare --json` and the API say.
  ///
  /// - Shape: lists with one member an answer, in the order asked; square metres as exact texts;
  ///   differences are to the first.
  public var json: JSONValue {
    .object([
      "answers": .array(answers.map(Self.json)),
      "commonM2": .string(common.text), "ownM2": .array(own.map { .string($0.text) }),
      "isOfOneBoundary": .boolean(isOfOneBoundary), "arePacksOther": .boolean(arePacksOther),
      "landUse": .array(landUse.map(\.json)), "layers": .array(layers.map(\.json)),
      "findings": .array(findings.map(\.json)),
    ])
  }

  private static func json(_ answer: ComplianceAnswer) -> JSONValue {
    .object([
      "id": .string(answer.id), "asOf": answer.asOf.json, "purpose": .optional(answer.purpose),
      "verdict": .string(answer.verdict.rawValue), "digest": .string(answer.digest),
      "statutoryAreaM2": .string(answer.boundary.statutoryArea.text),
      "geometry": answer.boundary.geometry.geoJSON,
    ])
  }
}

extension Comparison.AreaRow {
  /// How far each is from the first, in hundredths of a square metre; nil where one is not known.
  public var differences: [String?] {
    areas.map { area in
      guard let area, let first = areas[0] else { return nil }
      return DecimalText.fixed(
        Double(area.text).flatMap { own in Double(first.text).map { own - $0 } } ?? 0, decimals: 2)
    }
  }

  var json: JSONValue {
    .object([
      "code": .string(code), "title": title.json,
      "areasM2": .array(areas.map { .optional($0?.text) }),
      "differencesM2": .array(differences.map { .optional($0) }),
    ])
  }
}

extension Comparison.FindingRow {
  var json: JSONValue {
    .object([
      "rule": .string(rule), "severity": .string(severity.rawValue),
      "isCommon": .boolean(isCommon), "isRuleChanged": .boolean(isRuleChanged),
      "answers": .array(
        zip(findings, absences).map { finding, absence in
          if let finding { return finding.json(withPiece: false) }
          return .object(["absent": absence?.json ?? .string("not-met")])
        }),
    ])
  }
}

extension Comparison.Absence {
  var json: JSONValue {
    switch self {
    case .notYetInForce(let day): .string("in-force-from " + day.description)
    case .noLongerInForce(let day): .string("in-force-until " + day.description)
    case .notMet: .string("not-met")
    }
  }
}
