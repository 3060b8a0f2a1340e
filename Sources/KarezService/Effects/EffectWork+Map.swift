import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import KarezWorkflow

extension EffectWork {
  // MARK: 合规审查

  /// The check anybody may make of the same boundary on the day of the step; what it proposes, an
  /// officer decides.
  func check(_ form: CheckForm, _ values: CaseValues) async throws(Problem) -> EffectOutcome {
    let answer: ComplianceAnswer
    if let kept = try? await map.keptAnswer(id: stableID, in: .all) {
      answer = kept
    } else {
      let request = CheckRequest(
        boundary: ReadBoundary(of: try boundary()), purpose: form.purpose.flatMap(values.text),
        validOn: run.on)
      answer = try await map.check(request, as: stableID, by: actor, in: .all)
    }
    var result: [String: JSONValue] = [
      "answer": .string(answer.id), "digest": .string(answer.digest),
      "verdict": .string(answer.verdict.rawValue),
      "boundary": .optional(known.state.boundary?.sm3),
    ]
    if let fact = form.proposes, answer.verdict != .needsDetermination {
      result["proposes"] = .object([fact.text: .boolean(answer.verdict == .conforms)])
    }
    return .done(result)
  }

  /// Land use as the last check of the case's present boundary measured it; nil where none did.
  func measuredLand() async throws(Problem) -> [LandUseLine]? {
    guard let check = known.state.run(of: .complianceCheck) else { return nil }
    if check.standing == .waiting {
      throw Wording(
        "effect-waits", "须先完成合规审查", "the compliance check has to be done first",
        do: "完成后用 karez case retry 重试", "karez case retry once it is"
      ).problem(.unavailable, at: number)
    }
    guard let id = check.result?["answer"]?.string else { return nil }
    let answer = try await map.keptAnswer(id: id, in: .all)
    guard check.result?["boundary"]?.string == known.state.boundary?.sm3 else { return nil }
    return answer.landUse
  }

  // MARK: 数据变更

  func change(_ form: ChangeForm, _ values: CaseValues) async throws(Problem) -> EffectOutcome {
    let schema = try await map.schema(of: form.dataset.text, in: .all)
    var attributes: [String: AttributeValue] = [:]
    for filling in form.values {
      guard let text = values.text(filling.value), !text.isEmpty else { continue }
      let isIdentifier = filling.attribute == schema.identifier
      attributes[filling.attribute] =
        isIdentifier
        ? identifier(text, schema) : try OneMap.value(text, of: filling.attribute, in: schema)
    }
    guard case .text(let id)? = attributes[schema.identifier].map(Self.asText) else {
      throw valueMissing(schema.identifier)
    }
    if let commit = try await recorded(id, in: form.dataset) {
      return Self.changed(form, id, commit)
    }
    let feature = Feature(
      id: id, geometry: .polygons(try boundary().geometry), attributes: attributes)
    let title = values.definition.title
    let order = PutOrder(
      dataset: form.dataset.text, feature: feature, from: run.on, isNew: true,
      why: EditReason(reason: "\(title.zh) \(number)", caseNumber: number))
    var edit = try await map.putting(order, in: .all)
    edit.fixedKey = key
    let receipt = try await edit.commit(to: map, by: actor, in: .all)
    let commit: CommitNumber?
    if let made = receipt.commit {
      commit = made
    } else {
      commit = try await recorded(id, in: form.dataset)
    }
    guard let commit else { throw valueMissing("commit") }
    return Self.changed(form, id, commit)
  }

  private static func changed(
    _ form: ChangeForm, _ id: String, _ commit: CommitNumber
  ) -> EffectOutcome {
    .done([
      "dataset": .string(form.dataset.text), "id": .string(id),
      "commit": .integer(Int64(commit.value)),
    ])
  }

  /// The commit by which this case recorded the feature, by a run that was cut off.
  private func recorded(
    _ id: String, in dataset: DatasetID
  ) async throws(Problem) -> CommitNumber? {
    let last = try await map.today().recorded
    let query = FeatureQuery(
      dataset: dataset, asOf: AsOf(validOn: run.on, recorded: last), id: id)
    let number = number
    return try await map.asked { store throws(StoreError) in
      let page = try await store.features(query, after: nil, limit: 1, in: .all)
      guard let commit = page.versions.first?.recordedFrom,
        let next = CommitNumber(commit.value + 1)
      else { return nil }
      let made = try await store.commits(
        CommitQuery(of: dataset, before: next, limit: 1), in: .all)
      return made.contains { $0.commit == commit && $0.caseNumber == number } ? commit : nil
    }
  }

  private func identifier(_ text: String, _ schema: DatasetSchema) -> AttributeValue? {
    let type = schema.attributes.first { $0.name == schema.identifier }?.type
    return type == .integer ? Int64(text).map(AttributeValue.integer) : .text(text)
  }

  private static func asText(_ value: AttributeValue) -> AttributeValue {
    if case .integer(let number) = value { .text(String(number)) } else { value }
  }
}
