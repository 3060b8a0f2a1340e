import KarezCore
import KarezGeometry
import KarezStore

extension BoundarySurvey {
  /// What lies around the boundary of a dataset that facts look for there, or nil if it was never
  /// recorded or is out of scope.
  func nearby(_ dataset: DatasetID) async throws(Problem) -> NearbyLayer? {
    if let known = nearbyLayers[dataset] { return known }
    let made = try await lookAround(at: dataset)
    nearbyLayers[dataset] = .some(made)
    return made
  }

  private func lookAround(at dataset: DatasetID) async throws(Problem) -> NearbyLayer? {
    guard let layer = try await layer(dataset), let reach = reaches[dataset] else { return nil }
    let near =
      layer.schema.geometry == .polygon
      ? polygons(of: layer, near: window(of: dataset))
      : try await thinVersions(of: dataset).map {
        SurveyedFeature(row: $0.row, geometry: $0.feature.geometry)
      }
    return NearbyLayer(layer.with(near.sorted { $0.row < $1.row }), reach: reach, around: around)
  }

  private func polygons(of layer: SurveyedLayer, near window: BoundingBox) -> [SurveyedFeature] {
    layer.parts.enumerated().flatMap { number, part in
      search.polygons(near: window, in: part.layer, where: part.shows).map { polygon in
        SurveyedFeature(
          row: part.layer.row(of: polygon), place: .init(part: number, polygon: polygon))
      }
    }
  }
}

/// The plane around the boundary, made when something is first looked for in it.
final class SurveyedSurroundings {
  private let boundary: PreparedBoundary
  private var known: BoundarySurroundings?

  init(of boundary: PreparedBoundary) { self.boundary = boundary }

  func made() throws(GeometryError) -> BoundarySurroundings {
    if let known { return known }
    let made = try BoundarySurroundings(of: boundary)
    known = made
    return made
  }
}
