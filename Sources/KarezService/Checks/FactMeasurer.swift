import KarezCore
import KarezGeometry
import KarezRules

/// Turns what the boundary meets into the facts the rules ask for.
struct FactMeasurer {
  let survey: BoundarySurvey
  let request: CheckRequest
  /// Pieces smaller than this are noise, where a pack states it.
  let sliverTolerance: Area?

  /// A fact's value, and what of it is noise.
  struct Measured {
    let value: FactValue
    var noise = Noise()
  }

  /// The features a measure is about, and where on the boundary.
  private struct Subject {
    let layer: SurveyedLayer
    let features: [Int]
    let ground: Ground
  }

  /// The fact, or nil where a dataset it rests on has never been recorded, or has attributes it
  /// rests on that the reader may not read.
  func measure(_ declaration: FactDeclaration) async throws(Problem) -> Measured? {
    switch declaration.source {
    case .boundaryArea:
      let area = Quantity(survey.prepared.area.squareMetres, .squareMetre)
      return Measured(value: .quantity(area))
    case .purpose:
      return request.purpose.map { Measured(value: .text($0)) }
    case .documents:
      return Measured(value: .codes(Set(request.documents).sorted()))
    case .proposal(let unit):
      let stated = request.proposed[declaration.id.text]
      return stated.flatMap { Quantity($0 + " " + unit.rawValue) }
        .map { Measured(value: .quantity($0)) }
    case .map(let measure):
      return try await self.measure(measure)
    case .attribute:
      // Only conditions on rows have such facts; a boundary has no attributes.
      return nil
    }
  }

  private func subject(of measure: MapMeasure) async throws(Problem) -> Subject? {
    guard let layer = try await survey.layer(measure.dataset), layer.tells(measure.attributes),
      let ground = try await ground(of: measure)
    else { return nil }
    let features = try await admitted(by: measure.filters, of: layer)
    return Subject(layer: layer, features: features, ground: ground)
  }

  private func ground(of measure: MapMeasure) async throws(Problem) -> Ground? {
    try await survey.ground(Ground.Key(inside: measure.inside, outside: measure.outside))
  }

  private func admitted(
    by filters: [AttributeFilter], of layer: SurveyedLayer
  ) async throws(Problem) -> [Int] {
    var features = layer.all
    for filter in filters {
      let texts = try await layer.texts(of: filter.attribute)
      features = features.filter { filter.admits(texts[$0]) }
    }
    return features
  }

  private func measure(_ measure: MapMeasure) async throws(Problem) -> Measured? {
    if let within = measure.within {
      return try await self.measure(measure, within: within.value)
    }
    guard let subject = try await subject(of: measure) else { return nil }
    let layer = subject.layer
    let noise = layer.noise(subject.features, below: sliverTolerance)
    let touched = subject.features.filter { layer.features[$0].isTouched }
    switch measure.measure {
    case .count:
      return Measured(value: .quantity(Quantity(Double(touched.count), .one)), noise: noise)
    case .values(let attribute):
      let texts = try await layer.texts(of: attribute)
      let values = Set(touched.compactMap { texts[$0] })
      return Measured(value: .codes(values.sorted()), noise: noise)
    case .area:
      let area = try survey.occupied(by: subject.features, of: layer, on: subject.ground)
      return Measured(
        value: .quantity(Quantity(area.squareMetres, .squareMetre)), noise: noise)
    case .least, .greatest, .days:
      let stated = try await stated(measure.measure, by: touched, of: layer)
      return stated.map { Measured(value: .quantity($0), noise: noise) }
    }
  }

  /// The number some features state, or nil where none of them states one.
  private func stated(
    _ measure: MapMeasure.Measure, by features: [Int], of layer: SurveyedLayer
  ) async throws(Problem) -> Quantity? {
    guard let attribute = measure.attribute else { return nil }
    let all = try await layer.texts(of: attribute)
    let texts = features.compactMap { all[$0] }
    switch measure {
    case .area, .count, .values: return nil
    case .least(_, let unit):
      return texts.compactMap(Double.init).min().map { Quantity($0, unit) }
    case .greatest(_, let unit):
      return texts.compactMap(Double.init).max().map { Quantity($0, unit) }
    case .days:
      guard let first = texts.compactMap({ LegalDate($0) }).min() else { return nil }
      return Quantity(Double(request.validOn.daysSince1970 - first.daysSince1970), .day)
    }
  }

  // MARK: Distances

  private func measure(
    _ measure: MapMeasure, within metres: Double
  ) async throws(Problem) -> Measured? {
    guard let near = try await survey.nearby(measure.dataset),
      near.layer.tells(measure.attributes)
    else { return nil }
    let admitted = try await admitted(by: measure.filters, of: near.layer)
    switch measure.measure {
    case .count:
      let count = try near.features(admitted, within: metres).count
      return Measured(value: .quantity(Quantity(Double(count), .one)))
    case .values(let attribute):
      let features = try near.features(admitted, within: metres)
      let texts = try await near.layer.texts(of: attribute)
      return Measured(value: .codes(Set(features.compactMap { texts[$0] }).sorted()))
    case .area:
      guard let ground = try await ground(of: measure) else { return nil }
      let land = try near.land(within: metres, of: admitted)
      let area = try land.map(ground.area) ?? 0
      return Measured(value: .quantity(Quantity(area, .squareMetre)))
    case .least, .greatest, .days:
      let features = try near.features(admitted, within: metres)
      let stated = try await stated(measure.measure, by: features, of: near.layer)
      return stated.map { Measured(value: .quantity($0)) }
    }
  }

  /// The land no farther than so many metres from what a fact is about, on its ground.
  private func land(
    of measure: MapMeasure, within metres: Double
  ) async throws(Problem) -> PlaneRegion? {
    guard let near = try await survey.nearby(measure.dataset),
      near.layer.tells(measure.attributes),
      let ground = try await ground(of: measure)
    else { return nil }
    let admitted = try await admitted(by: measure.filters, of: near.layer)
    guard let land = try near.land(within: metres, of: admitted) else { return nil }
    return try ground.common(with: land)
  }

  /// The land of the boundary that a fact is about, whatever it measures of it; nil where there is
  /// none, as of points no distance is kept from.
  func region(of declaration: FactDeclaration) async throws(Problem) -> PlaneRegion? {
    guard case .map(let measure) = declaration.source else { return nil }
    var region: PlaneRegion?
    if let within = measure.within {
      region = try await land(of: measure, within: within.value)
    } else if let subject = try await subject(of: measure) {
      region = try subject.ground.common(with: subject.layer.region(subject.features))
    }
    return region.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The piece of the map a fact is about, built for display; nil where it is about none.
  func piece(of declaration: FactDeclaration) async throws(Problem) -> MultiPolygon? {
    if case .map(let measure) = declaration.source, let within = measure.within {
      let land = try await land(of: measure, within: within.value)
      return land.flatMap { $0.isEmpty ? nil : $0.multiPolygon() }
    }
    guard case .map(let measure) = declaration.source,
      let subject = try await subject(of: measure)
    else { return nil }
    let layer = subject.layer
    let geometry: MultiPolygon
    switch measure.measure {
    case .count, .values, .least, .greatest, .days:
      geometry = try layer.geometry(of: subject.features.filter { layer.features[$0].isTouched })
    case .area where subject.ground.isWhole:
      geometry = try layer.geometry(of: subject.features)
    case .area:
      let region = try layer.region(subject.features)
      geometry = try subject.ground.common(with: region).multiPolygon()
    }
    return geometry.polygons.isEmpty ? nil : geometry
  }
}

extension MapMeasure {
  /// Attributes of its dataset that the measure rests on.
  var attributes: Set<String> {
    Set(filters.map(\.attribute) + [measure.attribute].compactMap(\.self))
  }
}
