import KarezCore
import KarezGeometry
import KarezRules

/// Turns what the boundary meets into the facts the rules ask for.
struct FactMeasurer {
  let survey: BoundarySurvey
  let request: CheckRequest

  /// A fact's value, and the piece of the map it is about.
  struct Measured {
    let value: FactValue
    let piece: MultiPolygon?
  }

  /// The fact, or nil where a dataset it rests on has never been recorded.
  func measure(_ declaration: FactDeclaration) async throws(Problem) -> Measured? {
    switch declaration.source {
    case .boundaryArea:
      let area = Quantity(survey.prepared.area.squareMetres, .squareMetre)
      return Measured(value: .quantity(area), piece: nil)
    case .purpose:
      return request.purpose.map { Measured(value: .text($0), piece: nil) }
    case .documents:
      return Measured(value: .codes(Set(request.documents).sorted()), piece: nil)
    case .map(let measure):
      return try await self.measure(measure)
    }
  }

  private func measure(_ measure: MapMeasure) async throws(Problem) -> Measured? {
    guard let layer = try await survey.layer(measure.dataset) else { return nil }
    let features = layer.features.filter { feature in
      measure.filters.allSatisfy { $0.admits(feature.text(of: $0.attribute)) }
    }
    var inside: [SurveyedLayer] = []
    var outside: [SurveyedLayer] = []
    for dataset in measure.inside {
      guard let other = try await survey.layer(dataset) else { return nil }
      inside.append(other)
    }
    for dataset in measure.outside {
      guard let other = try await survey.layer(dataset) else { return nil }
      outside.append(other)
    }
    switch measure.measure {
    case .count:
      let touched = features.filter(Self.isTouched)
      let count = Quantity(Double(touched.count), .one)
      return Measured(value: .quantity(count), piece: Self.joined(touched))
    case .values(let attribute):
      let touched = features.filter(Self.isTouched)
      let values = Set(touched.compactMap { $0.text(of: attribute) })
      return Measured(value: .codes(values.sorted()), piece: Self.joined(touched))
    case .area:
      do throws(GeometryError) {
        let piece = try area(of: features, layer.schema, inside: inside, outside: outside)
        let area = Quantity(piece.area.squareMetres, .squareMetre)
        return Measured(value: .quantity(area), piece: piece.geometry)
      } catch {
        throw .geometry(error, of: measure.dataset.text)
      }
    }
  }

  private func area(
    of features: [SurveyedFeature], _ schema: DatasetSchema, inside: [SurveyedLayer],
    outside: [SurveyedLayer]
  ) throws(GeometryError) -> Occupation {
    guard !(inside.isEmpty && outside.isEmpty), !features.isEmpty else {
      return try survey.occupied(by: features, of: schema)
    }
    var region = try survey.region(of: features)
    for layer in inside {
      region = try region.intersection(try survey.region(of: layer.features))
    }
    for layer in outside where !layer.features.isEmpty {
      region = try region.subtracting(try survey.region(of: layer.features))
    }
    return Occupation(area: region.area, geometry: region.multiPolygon())
  }

  /// What prints as 0.00 m² is no occupation, for counts as for areas; a point has no area.
  private static func isTouched(_ feature: SurveyedFeature) -> Bool {
    feature.polygons == nil || feature.piece.areaM2 >= 0.005
  }

  private static func joined(_ features: [SurveyedFeature]) -> MultiPolygon? {
    let polygons = features.flatMap { $0.piece.geometry.polygons }
    return polygons.isEmpty ? nil : MultiPolygon(polygons)
  }
}
