import KarezCore
import KarezRules

/// Which checks a dataset is examined by: those its schema gives, then those of its profiles.
struct CheckPlan {
  private let gate: Gate

  init(_ gate: Gate) { self.gate = gate }

  func checks() -> [any GateCheck] { ofSchema() + gate.profiles.flatMap(\.checks).map(ofProfile) }

  private func ofSchema() -> [any GateCheck] {
    let schema = gate.schema
    var checks: [any GateCheck] = [
      UniqueCheck(schema), RequiredCheck(schema), CodeCheck(schema, gate.setting),
      FormatCheck(schema), LimitsCheck(schema),
    ]
    checks += references().map(ofProfile)
    guard schema.geometry != .none else { return checks }
    checks.append(GeometryFormCheck(gate))
    if !schema.isCoverage || schema.geometry != .polygon { checks.append(DuplicateCheck()) }
    guard schema.geometry == .polygon else { return checks }
    checks.append(ValidityCheck(gate))
    if schema.isCoverage {
      checks.append(gate.setting.isWhole ? CoverageCheck(gate) : NeighbourCheck(gate))
    }
    return checks
  }

  /// What the schema says of other datasets, but for what a profile asks in its own words.
  private func references() -> [ProfileCheck] {
    let asked = gate.profiles.flatMap(\.checks).compactMap { check -> String? in
      guard case .reference(let test) = check.test else { return nil }
      return test.attribute
    }
    return gate.schema.attributes.compactMap { attribute in
      guard let reference = attribute.references, !asked.contains(attribute.name) else {
        return nil
      }
      return ProfileCheck(
        id: GateRule.referenceMissing.rawValue, title: attribute.title,
        severity: GateRule.referenceMissing.severity, source: "", certainty: .certain,
        test: .reference(
          ReferenceTest(
            attribute: attribute.name, dataset: reference.dataset, digits: reference.digits)))
    }
  }

  private func ofProfile(_ check: ProfileCheck) -> any GateCheck {
    let frame = ProfileCheckFrame(check, gate)
    switch check.test {
    case .holds(let condition, let message):
      return ConditionCheck(frame, condition, message)
    case .present(let attributes):
      return PresenceCheck(frame, attributes, isWanted: true)
    case .absent(let attributes):
      return PresenceCheck(frame, attributes, isWanted: false)
    case .dates(let from, let until, let attributes):
      return DateCheck(frame, from: from, until: until, attributes: attributes)
    case .areaAgreement(let attribute, let allowance):
      return AreaAgreementCheck(frame, attribute, allowance)
    case .minimumArea(let limits):
      return MinimumAreaCheck(frame, limits)
    case .minimumWidth(let limits):
      return MinimumWidthCheck(frame, limits)
    case .reference(let test):
      return ReferenceCheck(frame, test, isWhole: gate.setting.isWhole)
    case .within(let test):
      return ContainmentCheck(frame, test, toleranceM2: gate.toleranceM2)
    case .mapSheet(let attribute):
      return MapSheetCheck(frame, attribute, toleranceM2: gate.toleranceM2)
    case .closure(let test):
      return ClosureCheck(frame, test, isWhole: gate.setting.isWhole)
    case .movement(let metres):
      return MovementCheck(frame, metres)
    case .retirement:
      return RetirementCheck(frame)
    }
  }
}
