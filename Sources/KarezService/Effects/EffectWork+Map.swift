import KarezAccounts
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
    if let kept = try? await map.answer(id: stableID, in: .all) {
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
    ]
    if let fact = form.proposes, answer.verdict != .needsDetermination {
      result["proposes"] = .object([fact.text: .boolean(answer.verdict == .conforms)])
    }
    return .done(result)
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

  // MARK: 指标记账

  func post(_ moves: [PostedMove], _ values: CaseValues) async throws(Problem) -> EffectOutcome {
    let ledgers = try map.ledgers()
    var posted: [Move] = []
    for move in moves { posted.append(try self.move(move, values, ledgers.chart)) }
    let order = LedgerOrder(
      key: key, .post(posted), on: run.on, reason: values.definition.title.zh,
      caseNumber: number)
    let receipts = try await ledgers.post([order], by: actor, in: .all)
    guard let transaction = receipts.first?.transaction else { throw valueMissing("posting") }
    return .done(["transaction": .string(String(transaction.number))])
  }

  private func move(
    _ move: PostedMove, _ values: CaseValues, _ chart: ChartOfAccounts
  ) throws(Problem) -> Move {
    let from = try account(move.from)
    let to = try account(move.to)
    guard let text = values.text(move.amount) else { throw valueMissing("amount") }
    let units = try LedgerOrderReader(chart).units(text, of: from, at: number)
    var pairings: [Pairing] = []
    if let pairing = move.pairing {
      guard let lot = values.text(pairing.lot).flatMap({ LotName($0) }),
        let part = AccountPart(pairing.part)
      else { throw valueMissing("lot") }
      pairings = [
        Pairing(occupied: try version(of: pairing.change), part: part, lot: lot, units: units)
      ]
    }
    return Move(
      rule: move.rule, from: from, to: to, units: units,
      made: try move.made.map { change throws(Problem) in try version(of: change) },
      pairings: pairings)
  }

  private func account(_ account: PostedMove.Account) throws(Problem) -> AccountName {
    let county = String(known.state.opening.region.prefix(6))
    guard let part = AccountPart(account.part),
      let name = AccountName(
        kind: account.kind, region: county, year: run.on.year, part: part)
    else { throw valueMissing(account.kind) }
    return name
  }

  /// The feature version that a change of this case recorded.
  private func version(of change: String) throws(Problem) -> VersionReference {
    let made = known.state.run(of: .datasetChange, change)
    if let result = made?.result, let dataset = result["dataset"]?.string,
      let id = result["id"]?.string, let commit = result["commit"]?.integer
    {
      return VersionReference(dataset: dataset, id: id, commit: Int(clamping: commit))
    }
    let isComing = made?.standing == .waiting
    throw Wording(
      "effect-waits", "须先完成数据变更 \(change)", "the change \(change) has to be made first",
      do: "完成后用 karez case retry 重试", "karez case retry once it is"
    ).problem(isComing ? .unavailable : .refused, at: number)
  }
}
