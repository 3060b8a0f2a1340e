import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules

/// A line that findings of one check rest on: what has to be left for them to go.
struct AvoidedLine {
  /// The fact whose ground it is; several facts where all that prohibits is left at once.
  let id: String
  let declarations: [FactDeclaration]
  let findings: [Finding]
  let ground: PlaneRegion

  /// What an avoidance calls all prohibiting lines together.
  static let all = "all"

  var title: LocalizedText {
    guard declarations.count == 1, let only = declarations.first else {
      return LocalizedText(
        zh: "全部禁止性管控线", en: "All that prohibits", ug: "بارلىق مەنئى قىلىنغان سىزىق")
    }
    return only.title
  }

  /// The datasets it is drawn in.
  var datasets: [String] {
    var names: Set<String> = []
    for case .map(let measure) in declarations.map(\.source) { names.insert(measure.dataset.text) }
    return names.sorted()
  }

  var isProhibiting: Bool { findings.contains { $0.severity == .prohibits } }

  /// Whether leaving the one is leaving the other, as two facts of one dataset often are.
  func isSameGround(as other: AvoidedLine) throws(Problem) -> Bool {
    guard datasets == other.datasets, within == other.within else { return false }
    do throws(GeometryError) {
      let beyond = try ground.subtracting(other.ground).area
      let missing = try other.ground.subtracting(ground).area
      return (beyond + missing).squareMetres < 0.005
    } catch {
      throw .geometry(error, of: "boundary")
    }
  }

  /// The same line with the other's findings too.
  func joined(by other: AvoidedLine) -> AvoidedLine {
    AvoidedLine(
      id: id, declarations: declarations, findings: findings + other.findings, ground: ground)
  }

  /// The distance kept from what it is about; nil where there is none, or several.
  var within: Quantity? {
    guard declarations.count == 1, case .map(let measure)? = declarations.first?.source else {
      return nil
    }
    return measure.within
  }

  /// The fact a finding would go with: the area it shows, else the one fact of the map its rule
  /// counts.
  ///
  /// Land use covers everything; leaving all farmland is no way around a line. So of findings that
  /// only require something, those that rest on land use have none.
  static func fact(
    of finding: Finding, in book: RuleBook, on day: LegalDate
  ) -> FactDeclaration? {
    guard finding.severity != .informs,
      let rule = book.rules(inForceOn: day).first(where: { $0.id == finding.rule })
    else { return nil }
    func isLine(_ fact: FactDeclaration) -> Bool {
      guard case .map(let measure) = fact.source else { return false }
      return finding.severity == .prohibits || measure.dataset != .landPatches
    }
    let named = [rule.consequence.areaFact].compactMap(\.self)
    let ids = named.isEmpty ? rule.condition.facts : named
    let lines = ids.compactMap { id in book.facts.first { $0.id == id } }.filter(isLine)
    return lines.count == 1 ? lines[0] : nil
  }
}

extension Check {
  /// What was measured of a boundary, and what follows.
  struct Examination {
    let survey: BoundarySurvey
    let measurer: FactMeasurer
    let findings: [Finding]
  }

  func examination(
    of boundary: MultiPolygon, _ asOf: AsOf
  ) async throws(Problem) -> Examination {
    let survey = try await surveyed(boundary, asOf)
    let measurer = measurer(survey)
    let (facts, _) = try await measure(packs.ruleBook.factsNeeded(on: request.validOn), measurer)
    return Examination(
      survey: survey, measurer: measurer,
      findings: packs.ruleBook.findings(given: facts, on: request.validOn))
  }

  /// The lines that findings of an examination rest on, what prohibits first.
  func lines(of examination: Examination) async throws(Problem) -> [AvoidedLine] {
    var byFact: [FactID: (fact: FactDeclaration, findings: [Finding])] = [:]
    for finding in examination.findings {
      guard
        let fact = AvoidedLine.fact(of: finding, in: packs.ruleBook, on: request.validOn)
      else { continue }
      byFact[fact.id, default: (fact, [])].findings.append(finding)
    }
    var lines: [AvoidedLine] = []
    for (id, found) in byFact.sorted(by: { $0.key < $1.key }) {
      guard let ground = try await examination.measurer.region(of: found.fact),
        ground.area.squareMetres > 0
      else { continue }
      let line = AvoidedLine(
        id: id.text, declarations: [found.fact], findings: found.findings, ground: ground)
      var same: Int?
      for (place, known) in lines.enumerated() where same == nil {
        if try known.isSameGround(as: line) { same = place }
      }
      if let same {
        lines[same] = lines[same].joined(by: line)
      } else {
        lines.append(line)
      }
    }
    return lines.filter(\.isProhibiting) + lines.filter { !$0.isProhibiting }
  }
}
