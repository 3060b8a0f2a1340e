import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

/// Looks for what would lead a checked boundary around each line that stands in its way.
///
/// Every suggestion is checked anew under the same day, commit, purpose and documents; nothing
/// about it is guessed. Writes nothing.
struct AvoidanceSearch {
  let answer: ComplianceAnswer
  let packs: PackLibrary
  let store: any OneMapStore
  let scope: Scope
  let limits: WebLimits.Checks

  /// What all lines of one search share.
  private struct Ground {
    let check: Check
    let examination: Check.Examination
    let growth: RegionGrowth
    let surroundings: Surroundings

    var boundary: PlaneRegion { examination.survey.prepared.asRegion() }
  }

  /// The land around the boundary, looked at when a trade is first wanted.
  private final class Surroundings {
    struct Found {
      let examination: Check.Examination
      /// What of it prohibits, and where; without what lies outside the counties.
      let forbidden: [PlaneRegion]
      let land: PlaneRegion
    }

    var found: Found?
  }

  func run() async throws(Problem) -> Avoidance {
    let check = check(of: answer.boundary.geometry)
    let asOf = answer.asOf
    let examination = try await check.examination(of: answer.boundary.geometry, asOf)
    guard let box = examination.survey.prepared.boundingBox else {
      throw .geometry(.noGeometry, of: "boundary")
    }
    let ground = Ground(
      check: check, examination: examination,
      growth: RegionGrowth(around: box.widened(byMetres: limits.reachMetres)),
      surroundings: Surroundings())
    let known = try await check.lines(of: examination)
    var lines = Array(known.prefix(limits.mostLines))
    let prohibiting = known.filter(\.isProhibiting)
    if prohibiting.count > 1, let all = try together(prohibiting) { lines.insert(all, at: 0) }
    var told: [JSONValue] = []
    for line in lines { told.append(try await suggestion(around: line, ground)) }
    return Avoidance(
      json: .object([
        "answer": .string(answer.id), "asOf": asOf.json, "purpose": .optional(answer.purpose),
        "boundary": answer.boundary.json, "verdict": .string(answer.verdict.rawValue),
        "clearanceM": .string(Self.metres(limits.clearanceMetres)),
        "reachM": .string(Self.metres(limits.reachMetres)),
        "sliverM2": .optional(packs.sliverTolerance?.area.text),
        "linesLeftOut": .integer(Int64(max(0, known.count - limits.mostLines))),
        "lines": .array(told),
      ]))
  }

  private func check(of geometry: MultiPolygon) -> Check {
    let own = answer.boundary
    let boundary = ReadBoundary(
      of: AnsweredBoundary(
        statutoryArea: own.statutoryArea, parcels: geometry == own.geometry ? own.parcels : 1,
        crs: own.crs, crsReason: own.crsReason, warnings: [], geometry: geometry))
    return Check(
      request: CheckRequest(
        boundary: boundary, purpose: answer.purpose, documents: answer.documents,
        proposed: answer.proposed, validOn: answer.asOf.validOn, recorded: answer.asOf.recorded),
      packs: packs, store: store, scope: scope)
  }

  private func together(_ lines: [AvoidedLine]) throws(Problem) -> AvoidedLine? {
    let ground = try onGround { () throws(GeometryError) in
      try PlaneRegion.united(lines.map(\.ground))
    }
    return ground.map {
      AvoidedLine(
        id: AvoidedLine.all, declarations: lines.flatMap(\.declarations),
        findings: lines.flatMap(\.findings), ground: $0)
    }
  }

  // MARK: One line

  private func suggestion(
    around line: AvoidedLine, _ ground: Ground
  ) async throws(Problem) -> JSONValue {
    try BoundarySurvey.stopIfCancelled()
    let cut = try onGround { () throws(GeometryError) in
      try BoundaryCut(
        ground.boundary, leaving: line.ground, clearance: limits.clearanceMetres,
        tolerance: packs.sliverTolerance?.area, ground.growth)
    }
    var members: [String: JSONValue] = [
      "id": .string(line.id), "title": line.title.json,
      "isProhibiting": .boolean(line.isProhibiting),
      "facts": .texts(line.declarations.map(\.id.text)), "datasets": .texts(line.datasets),
      "withinM": line.within.map { .string(Self.metres($0.value)) } ?? .null,
      "occupiedM2": .string(cut.occupied.text),
      "findings": .array(line.findings.map(Self.json)),
      "suggestion": .null,
    ]
    guard !cut.rest.isEmpty else { return .object(members) }
    let rest = cut.rest.multiPolygon()
    let again = try await asked(rest)
    // The two printed areas close with the old one.
    let givenUp = max(
      0, answer.boundary.statutoryArea.squareMetres - again.boundary.statutoryArea.squareMetres)
    var suggestion: [String: JSONValue] = [
      "restM2": .string(again.boundary.statutoryArea.text),
      "givenUpM2": .string(Area.squareMetres(givenUp).text),
      "stripM2": .string(cut.strip.text),
      "sliverPieces": .integer(Int64(cut.slivers.features)),
      "sliversM2": .string(Area.squareMetres(cut.slivers.areaM2).text),
      "partsM2": .texts(cut.parts.map(\.text)),
      "rest": rest.geoJSON, "givenUp": cut.givenUp.multiPolygon().geoJSON,
      "trade": .null,
    ]
    suggestion.merge(difference(again, ground.examination.findings)) { $1 }
    if let trade = try await trade(cut, line, ground) { suggestion["trade"] = trade }
    members["suggestion"] = .object(suggestion)
    return .object(members)
  }

  private func asked(_ geometry: MultiPolygon) async throws(Problem) -> ComplianceAnswer {
    // Rounded to degrees it must still bound an area; what does not is no suggestion.
    do throws(GeometryError) {
      if let fault = try geometry.validityFault() { throw .invalid(fault) }
    } catch {
      throw .geometry(error, of: "boundary")
    }
    return try await check(of: geometry).answer(id: "", at: "")
  }

  /// What the new boundary's answer says, and how its findings differ from the old one's.
  private func difference(_ again: ComplianceAnswer, _ old: [Finding]) -> [String: JSONValue] {
    let new = again.findings.map(\.finding)
    let (before, after) = (Set(old.map(\.rule)), Set(new.map(\.rule)))
    return [
      "verdict": .string(again.verdict.rawValue),
      "gone": .array(old.filter { !after.contains($0.rule) }.map(Self.json)),
      "left": .array(
        new.filter { before.contains($0.rule) && $0.severity != .informs }.map(Self.json)),
      "appeared": .array(new.filter { !before.contains($0.rule) }.map(Self.json)),
    ]
  }

  // MARK: Trade

  private func trade(
    _ cut: BoundaryCut, _ line: AvoidedLine, _ ground: Ground
  ) async throws(Problem) -> JSONValue? {
    let around = try await surroundings(ground)
    var forbidden = around.forbidden
    for fact in line.declarations {
      if let land = try await around.examination.measurer.region(of: fact) {
        forbidden.append(land)
      }
    }
    let target = answer.boundary.statutoryArea
    let outcome = try onGround { () throws(GeometryError) in
      var free = around.land
      if let shut = try PlaneRegion.united(forbidden) {
        free = try free.subtracting(ground.growth.grown(shut, by: limits.clearanceMetres))
      }
      let trade = BoundaryTrade(
        growth: ground.growth, free: free, reachMetres: limits.reachMetres)
      return try trade.outcome(letting: cut.rest, reach: target)
    }
    switch outcome {
    case .tooLittle(let found):
      return .object(["isMade": .boolean(false), "foundM2": .string(found.text)])
    case .made(let region, let metres):
      let geometry = region.multiPolygon()
      let again = try await asked(geometry)
      let gained = try onGround { () throws(GeometryError) in
        try region.subtracting(cut.rest).multiPolygon()
      }
      var members: [String: JSONValue] = [
        "isMade": .boolean(true), "distanceM": .string(Self.metres(metres)),
        "areaM2": .string(again.boundary.statutoryArea.text),
        "geometry": geometry.geoJSON, "gained": gained.geoJSON,
      ]
      members.merge(difference(again, ground.examination.findings)) { $1 }
      return .object(members)
    }
  }

  /// Looks around the boundary as far as a trade may reach: once, whatever the number of lines.
  private func surroundings(_ ground: Ground) async throws(Problem) -> Surroundings.Found {
    if let found = ground.surroundings.found { return found }
    let wide = try onGround { () throws(GeometryError) in
      try ground.growth.grown(ground.boundary, by: limits.reachMetres)
    }
    let geometry = wide.multiPolygon()
    let check = check(of: geometry)
    let examination = try await check.examination(of: geometry, answer.asOf)
    let forbidden = try await check.lines(of: examination).filter(\.isProhibiting).map(\.ground)
    var land = examination.survey.prepared.asRegion()
    if let counties = try await examination.survey.layer(.counties) {
      let region = try counties.region(counties.all)
      land = try onGround { () throws(GeometryError) in try land.intersection(region) }
    }
    let found = Surroundings.Found(
      examination: examination, forbidden: forbidden, land: land)
    ground.surroundings.found = found
    return found
  }

  // MARK: Saying it

  private func onGround<Value>(
    _ act: () throws(GeometryError) -> Value
  ) throws(Problem) -> Value {
    do throws(GeometryError) { return try act() } catch { throw .geometry(error, of: "boundary") }
  }

  private static func json(_ finding: Finding) -> JSONValue {
    .object([
      "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
      "certainty": .string(finding.certainty.rawValue), "message": finding.message.json,
      "citation": finding.citation.json,
    ])
  }

  private static func metres(_ value: Double) -> String { DecimalText.fixed(value, decimals: 3) }
}
