import KarezCore
import KarezGeometry
import KarezStore

/// One feature of a dataset that meets the boundary, with its piece.
struct SurveyedFeature {
  let version: FeatureVersion
  /// Empty for a point, which has no area.
  let piece: Piece

  var polygons: MultiPolygon? {
    guard case .polygons(let polygons)? = version.feature.geometry else { return nil }
    return polygons
  }

  func text(of attribute: String) -> String? {
    switch version.feature.attributes[attribute] {
    case .text(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): String(flag)
    case .decimal(let number): "\(number)"
    case .date(let day): day.description
    case .null, nil: nil
    }
  }
}

/// How much of the boundary some features take up, and where.
struct Occupation {
  let area: Area
  let geometry: MultiPolygon
}

/// A dataset as the boundary meets it.
struct SurveyedLayer {
  let schema: DatasetSchema
  let currentTo: LegalDate?
  let features: [SurveyedFeature]
}

/// Looks at every dataset a question needs, once, in the statutory plane.
///
/// Not Sendable: it belongs to the task that asks.
final class BoundarySurvey {
  let prepared: PreparedBoundary
  let asOf: AsOf
  private let window: BoundingBox
  private let store: any OneMapStore
  private let scope: Scope
  /// Layers already looked at; nil for a dataset that has nothing to look at.
  private var layers: [DatasetID: SurveyedLayer?] = [:]

  init(
    boundary: MultiPolygon, asOf: AsOf, store: any OneMapStore, scope: Scope
  ) throws(GeometryError) {
    prepared = try PreparedBoundary(boundary)
    guard let window = prepared.boundingBox else { throw .noGeometry }
    self.window = window
    self.asOf = asOf
    self.store = store
    self.scope = scope
  }

  /// What the boundary meets of a dataset, or nil if it was never recorded or is out of scope.
  func layer(_ dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    if let known = layers[dataset] { return known }
    let layer = try await look(at: dataset)
    layers[dataset] = .some(layer)
    return layer
  }

  private func look(at dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    let summary: DatasetSummary
    do throws(StoreError) {
      summary = try await store.summary(of: dataset, asOf: asOf, in: scope)
    } catch {
      if case .noSuchDataset = error { return nil }
      throw .store(error)
    }
    // Nothing was ever recorded for this day: an empty place and an unknown one are not the same.
    guard summary.commit != .none, let currentTo = summary.currentTo, currentTo <= asOf.validOn
    else { return nil }
    return SurveyedLayer(
      schema: summary.schema, currentTo: summary.currentTo,
      features: try await features(of: dataset))
  }

  private func features(of dataset: DatasetID) async throws(Problem) -> [SurveyedFeature] {
    let query = FeatureQuery(dataset: dataset, asOf: asOf, window: window)
    var found: [SurveyedFeature] = []
    var cursor: FeatureCursor?
    repeat {
      let page: FeaturePage
      do throws(StoreError) {
        page = try await store.features(query, after: cursor, limit: 500, in: scope)
      } catch {
        throw .store(error)
      }
      for version in page.versions {
        if let feature = try surveyed(version, in: dataset) { found.append(feature) }
      }
      cursor = page.next
    } while cursor != nil
    return found
  }

  private func surveyed(
    _ version: FeatureVersion, in dataset: DatasetID
  ) throws(Problem) -> SurveyedFeature? {
    switch version.feature.geometry {
    case .polygons(let polygons):
      do throws(GeometryError) {
        let piece = try prepared.piece(in: polygons, isRepairing: true)
        return piece.isEmpty ? nil : SurveyedFeature(version: version, piece: piece)
      } catch {
        throw .geometry(error, of: "\(dataset.text): \(version.feature.id)")
      }
    case .points(let positions):
      guard positions.contains(where: prepared.covers) else { return nil }
      return SurveyedFeature(version: version, piece: .none)
    case .lines, nil: return nil
    }
  }

  /// The land the features cover within the boundary, counted once where they overlap.
  func region(of features: [SurveyedFeature]) throws(GeometryError) -> PlaneRegion {
    try prepared.region(coveredBy: features.compactMap(\.polygons), isRepairing: true)
  }

  /// Area and shape of what the features occupy; the sum of pieces where they cannot overlap.
  func occupied(
    by features: [SurveyedFeature], of schema: DatasetSchema
  ) throws(GeometryError) -> Occupation {
    let area = features.reduce(0) { $0 + $1.piece.areaM2 }
    // Overlaps that the gate let pass would make more of the boundary than there is.
    let isPossible = area <= prepared.area.squareMetres + 0.005
    if features.count < 2 || (schema.isCoverage && isPossible) {
      return Occupation(
        area: .squareMetres(area),
        geometry: MultiPolygon(features.flatMap { $0.piece.geometry.polygons }))
    }
    let region = try region(of: features)
    return Occupation(area: region.area, geometry: region.multiPolygon())
  }
}
