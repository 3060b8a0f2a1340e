import KarezCore
import KarezPacks
import KarezRules
import KarezWorkflow

/// 取值: what the values of a form are in a case, as texts.
struct CaseValues {
  let map: OneMap
  let workflow: Workflow
  let state: CaseState
  let on: LegalDate
  /// What the applicant is called on papers.
  let applicant: String
  var certificate: String?
  /// What the case's check measured of land use, by class; nil where nobody asked for it.
  var land: [LandUseLine]?

  init(
    map: OneMap, workflow: Workflow, state: CaseState, on: LegalDate, applicant: String
  ) {
    self.applicant = applicant
    self.map = map
    self.workflow = workflow
    self.state = state
    self.on = on
  }

  var definition: WorkflowDefinition { workflow.definition }
  var county: String { String(state.opening.region.prefix(6)) }

  /// As data has it; nil where the case does not say.
  func text(_ value: CaseValue) -> String? {
    switch value {
    case .given(let text): text
    case .known(let known): text(known, in: .zh)
    case .fact(let id): state.facts[id].flatMap(Self.text)
    case .due(let clock): due(clock)?.description
    case .land(let group): areaText(of: group)
    }
  }

  /// Words with their places filled; what the case does not say is a dash.
  func text(_ words: CaseTexts, in language: Language = .zh) -> String {
    words[language].pieces.map { piece in
      switch piece {
      case .words(let words): words
      case .value(.known(let known)): text(known, in: language) ?? "—"
      case .value(let value): text(value) ?? "—"
      }
    }.joined()
  }

  private func text(_ known: CaseValue.Known, in language: Language) -> String? {
    let opening = state.opening
    switch known {
    case .caseNumber: return opening.number
    case .project: return opening.project
    case .applicant: return applicant
    case .region: return opening.region
    case .county: return county
    case .countyName:
      return map.region?.counties.first { $0.code == county }?.name[language] ?? county
    case .procedure: return definition.title[language]
    case .day: return on.description
    case .year: return String(on.year)
    case .area: return state.boundary?.areaM2
    case .hectares:
      return state.boundary.flatMap { Double($0.areaM2) }
        .map { DecimalText.fixed($0 / Self.squareMetresPerHectare, decimals: 4) }
    case .parcels: return state.boundary.map { String($0.parcels) }
    case .certificate: return certificate
    case .articles:
      return definition.citations.map { citation in
        language == .en
          ? "\(citation.title.en), \(citation.articleName.en)"
          : "《\(citation.title[language])》\(citation.articleName[language])"
      }.joined(separator: language == .en ? "; " : "、")
    case .verdict: return check?["verdict"]?.string.map { Self.sentence(of: $0, in: language) }
    case .answer: return check?["answer"]?.string
    }
  }

  // MARK: Land by class

  /// - Errors: where the check did not measure all of the boundary.
  func requireMeasuredLand(at number: String) throws(Problem) {
    guard let land, !land.isEmpty, !land.contains(where: { $0.code == LandUseTable.uncovered })
    else { throw Self.landNotMeasured(number) }
  }

  /// The area of the classes of a group, or of those whose codes begin so, to a hundredth of a
  /// square metre.
  private func areaText(of group: String) -> String? {
    guard let land else { return nil }
    let table = map.packs.codeTables["land-classes"]
    let isCode = group.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let meant = land.filter { line in
      isCode
        ? line.code.hasPrefix(group)
        : table?.row(line.code, on: on)?.columns["use_group"] == group
    }
    return DecimalText.fixed(meant.reduce(0) { $0 + $1.area.squareMetres }, decimals: 2)
  }

  private static func landNotMeasured(_ number: String) -> Problem {
    Wording(
      "effect-land-not-measured", "合规审查没有量得边界内全部地类面积",
      "the check did not measure the land use of the whole boundary",
      do: "补齐地类图斑后重新审查，再用 karez case retry 重试",
      "complete the land patches, check again, then karez case retry"
    ).problem(at: number)
  }

  private static let squareMetresPerHectare = 10_000.0

  private var check: JSONValue? { state.run(of: .complianceCheck)?.result }

  /// The last day of a clock that runs, or as if it began on the day.
  private func due(_ clock: String) -> LegalDate? {
    if let run = state.clocks[clock] { return try? workflow.clock.due(run, on: on).day }
    guard let declared = definition.clock(clock) else { return nil }
    let run = ClockRun(term: declared.term, promised: declared.promised, began: on)
    return try? workflow.clock.due(run, on: on).day
  }

  private static func text(of value: FactValue) -> String? {
    switch value {
    case .text(let text): text
    case .boolean(let value): String(value)
    case .codes(let codes): codes.joined(separator: "、")
    case .quantity(let quantity): DecimalText.fixed(quantity.value, decimals: 2)
    }
  }

  /// What a pack calls a value.
  func name(of value: CaseValue) -> LocalizedText {
    let name: String
    switch value {
    case .fact(let id):
      if let title = definition.facts.first(where: { $0.id == id })?.title { return title }
      name = id.text
    case .given(let text), .due(let text), .land(let text): name = text
    case .known(let known): name = known.rawValue
    }
    return LocalizedText(zh: name, en: name)
  }

  private static func sentence(of verdict: String, in language: Language) -> String {
    let words: LocalizedText? =
      switch Verdict(rawValue: verdict) {
      case .conforms:
        LocalizedText(
          zh: "符合国土空间规划和用途管制要求", en: "it conforms to plan and use control",
          ug: "پىلان ۋە ئىشلىتىش باشقۇرۇشىغا ماس كېلىدۇ")
      case .prohibited:
        LocalizedText(
          zh: "涉及法律禁止占用的区域", en: "it touches land that may not be used",
          ug: "ئىشلىتىش چەكلەنگەن يەرگە چېتىشلىق")
      case .needsDetermination:
        LocalizedText(
          zh: "有待认定的事项，已由经办人审查认定",
          en: "what had to be determined was determined by the officer",
          ug: "ئېنىقلاشقا تېگىشلىك ئىشلارنى خادىم ئېنىقلىدى")
      case nil: nil
      }
    return words?[language] ?? verdict
  }
}

extension CaseValue {
  var isOfLand: Bool { if case .land = self { true } else { false } }
}
