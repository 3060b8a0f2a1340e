import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

/// One compliance check: boundary and law in, answer out.
///
/// Writes nothing.
struct Check {
  let request: CheckRequest
  let packs: PackLibrary
  let store: any OneMapStore
  let scope: Scope

  func answer(id: String, at answeredAt: String) async throws(Problem) -> ComplianceAnswer {
    let asOf = try await asOf()
    let outline = try BoundaryOutline(request.boundary)
    let survey = try await surveyed(outline.geometry, asOf)
    let declarations = packs.ruleBook.factsNeeded(on: request.validOn)
    var placeWarnings = try await AdministrativeExtent(survey: survey).warnings()
    let fit = DatumFit(store: store, asOf: asOf, scope: scope)
    if let doubt = try await fit.warning(about: outline.geometry) { placeWarnings.append(doubt) }
    let measurer = measurer(survey)
    let (facts, noise) = try await measure(declarations, measurer)
    let layers = try await layers(
      packs.ruleBook.facts, near: Self.nearFeatures(declarations, facts), measurer)
    let findings = packs.ruleBook.findings(given: facts, on: request.validOn)
    let pieces = try await pieces(of: findings, among: declarations, measurer)
    let verdict = Verdict(findings: findings, layers: layers, purpose: request.purpose)
    var answer = ComplianceAnswer(
      id: id, asOf: asOf, answeredAt: answeredAt, purpose: request.purpose,
      documents: Set(request.documents).sorted(), proposed: request.proposed,
      boundary: AnsweredBoundary(
        statutoryArea: .squareMetres((survey.prepared.area.squareMetres * 100).rounded() / 100),
        parcels: request.boundary.parcelCount, crs: request.boundary.crs,
        crsReason: request.boundary.crsReason,
        warnings: Self.once(
          request.boundary.warnings + request.boundary.parcels.flatMap(\.warnings)
            + outline.warnings + placeWarnings),
        geometry: outline.geometry),
      verdict: verdict, layers: layers,
      landUse: try await LandUseTable(survey: survey, packs: packs).lines(),
      findings: findings.map { Self.answered($0, facts, noise, pieces) }, packs: packs.packs,
      digest: "")
    answer.digest = ComplianceAnswer.digest(of: answer)
    return answer
  }

  /// A boundary with all it may have to be held against, opened and not yet measured.
  func surveyed(
    _ boundary: MultiPolygon, _ asOf: AsOf
  ) async throws(Problem) -> BoundarySurvey {
    let survey: BoundarySurvey
    do throws(GeometryError) {
      survey = try BoundarySurvey(
        boundary: boundary, asOf: asOf, store: store, scope: scope,
        reaches: Self.reaches(of: packs.ruleBook.facts))
    } catch {
      throw .geometry(error, of: "boundary")
    }
    try await survey.open(
      Array(Self.datasets(of: packs.ruleBook.facts).union([.counties])).sorted())
    return survey
  }

  func measurer(_ survey: BoundarySurvey) -> FactMeasurer {
    FactMeasurer(survey: survey, request: request, sliverTolerance: packs.sliverTolerance?.area)
  }

  /// Each warning once, in the order given.
  private static func once(_ warnings: [BoundaryWarning]) -> [BoundaryWarning] {
    var seen: Set<BoundaryWarning> = []
    return warnings.filter { seen.insert($0).inserted }
  }

  /// The state asked for; a commit that is not there yet is wrong usage.
  func asOf() async throws(Problem) -> AsOf {
    let last: CommitNumber
    do throws(StoreError) {
      last = try await store.lastCommit()
    } catch {
      throw .store(error)
    }
    let recorded = request.recorded ?? last
    guard recorded <= last else {
      throw Wording(
        "commit-unknown", "没有提交 \(recorded)，最后一次是 \(last)",
        "there is no commit \(recorded); the last is \(last)",
        do: "用 karez commits 查看", "see karez commits"
      ).problem(.usage, at: "recorded")
    }
    return AsOf(validOn: request.validOn, recorded: recorded)
  }

  func measure(
    _ declarations: [FactDeclaration], _ measurer: FactMeasurer
  ) async throws(Problem) -> (Facts, [FactID: Noise]) {
    var facts = Facts()
    var noise: [FactID: Noise] = [:]
    for declaration in declarations {
      guard let measured = try await measurer.measure(declaration) else { continue }
      facts.values[declaration.id] = measured.value
      noise[declaration.id] = measured.noise
    }
    return (facts, noise)
  }

  /// The pieces that findings show; of all else only the areas are taken.
  private func pieces(
    of findings: [Finding], among declarations: [FactDeclaration], _ measurer: FactMeasurer
  ) async throws(Problem) -> [FactID: MultiPolygon] {
    let shown = Set(findings.compactMap { $0.areaFact.map { FactID($0) } })
    var pieces: [FactID: MultiPolygon] = [:]
    for declaration in declarations where shown.contains(declaration.id) {
      pieces[declaration.id] = try await measurer.piece(of: declaration)
    }
    return pieces
  }

  /// The datasets a check looks at, whatever the boundary.
  static func datasets(of declarations: [FactDeclaration]) -> Set<DatasetID> {
    var wanted: Set<DatasetID> = [.landPatches]
    for case .map(let measure) in declarations.map(\.source) {
      wanted.formUnion([measure.dataset] + measure.inside + measure.outside)
    }
    return wanted
  }

  /// What the facts ask of the rows of a dataset.
  private static func attributes(
    of dataset: DatasetID, askedBy declarations: [FactDeclaration]
  ) -> Set<String> {
    declarations.reduce(into: []) { names, declaration in
      guard case .map(let measure) = declaration.source, measure.dataset == dataset else { return }
      names.formUnion(measure.attributes)
    }
  }

  /// How far around the boundary the farthest-looking fact looks at each dataset, in metres.
  static func reaches(of declarations: [FactDeclaration]) -> [DatasetID: Double] {
    var reaches: [DatasetID: Double] = [:]
    for case .map(let measure) in declarations.map(\.source) {
      guard let within = measure.within else { continue }
      reaches[measure.dataset] = max(reaches[measure.dataset] ?? 0, within.value)
    }
    return reaches
  }

  /// What the facts that count around the boundary have found of each dataset.
  private static func nearFeatures(
    _ declarations: [FactDeclaration], _ facts: Facts
  ) -> [DatasetID: [NearFeatures]] {
    var found: [DatasetID: [NearFeatures]] = [:]
    for declaration in declarations {
      guard case .map(let measure) = declaration.source, measure.measure == .count,
        let within = measure.within, case .quantity(let count)? = facts[declaration.id]
      else { continue }
      found[measure.dataset, default: []].append(
        NearFeatures(
          fact: declaration.id.text, title: declaration.title, withinMetres: within.value,
          features: Int(count.value)))
    }
    return found
  }

  /// Every dataset the facts rest on, looked at or not, in the order of their names.
  private func layers(
    _ declarations: [FactDeclaration], near: [DatasetID: [NearFeatures]],
    _ measurer: FactMeasurer
  ) async throws(Problem) -> [CheckedLayer] {
    var layers: [CheckedLayer] = []
    for dataset in Self.datasets(of: declarations).sorted() {
      let schema = packs.schemas.first { $0.id == dataset }
      let name = LocalizedText(zh: dataset.text, en: dataset.text)
      let title = schema?.title ?? name
      let asked = Self.attributes(of: dataset, askedBy: declarations)
      guard let layer = try await measurer.survey.layer(dataset), layer.tells(asked) else {
        layers.append(.unavailable(dataset, title: title))
        continue
      }
      layers.append(
        try await checked(layer, title: title, near: near[dataset] ?? [], measurer))
    }
    return layers
  }

  private func checked(
    _ layer: SurveyedLayer, title: LocalizedText, near: [NearFeatures],
    _ measurer: FactMeasurer
  ) async throws(Problem) -> CheckedLayer {
    let survey = measurer.survey
    guard let whole = try await survey.ground(Ground.Key(inside: [], outside: [])) else {
      return .unavailable(layer.schema.id, title: title)
    }
    let occupied = try survey.occupied(by: layer.all, of: layer, on: whole)
    let share = occupied.squareMetres / survey.prepared.area.squareMetres * 100
    let schema = packs.schema(layer.schema.id) ?? layer.schema
    let isStale = packs.isStale(schema, currentTo: layer.currentTo, on: request.validOn)
    return CheckedLayer(
      dataset: layer.schema.id, title: title, status: isStale ? .stale : .checked,
      currentTo: layer.currentTo, occupied: occupied,
      sharePercent: DecimalText.fixed(share, decimals: 2),
      features: layer.features.count,
      noise: layer.noise(layer.all, below: measurer.sliverTolerance), near: near)
  }

  private static func answered(
    _ finding: Finding, _ facts: Facts, _ noise: [FactID: Noise],
    _ pieces: [FactID: MultiPolygon]
  ) -> AnsweredFinding {
    let id = finding.areaFact.map { FactID($0) }
    var area: Area?
    if let id, case .quantity(let quantity)? = facts[id], quantity.dimension == .area {
      area = .squareMetres(quantity.value)
    }
    return AnsweredFinding(
      finding: finding, area: area, noise: id.flatMap { noise[$0] } ?? Noise(),
      geometry: id.flatMap { pieces[$0] })
  }
}

extension DatasetID {
  /// 图斑: the coverage land use is read from.
  static let landPatches = known("land-patches")
  /// 县级行政区: the outlines a boundary must lie in.
  static let counties = known("counties")
  /// 宗地: outlines boundaries are often drawn along.
  static let parcels = known("parcels")

  private static func known(_ text: String) -> DatasetID {
    guard let id = DatasetID(text) else { preconditionFailure("not a dataset id: \(text)") }
    return id
  }
}

extension CheckedLayer {
  static func unavailable(_ dataset: DatasetID, title: LocalizedText) -> CheckedLayer {
    CheckedLayer(
      dataset: dataset, title: title, status: .unavailable, currentTo: nil, occupied: .zero,
      sharePercent: "0.00", features: 0)
  }
}
