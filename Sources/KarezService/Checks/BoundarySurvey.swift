import KarezCore
import KarezGeometry
import KarezStore

/// Looks at every dataset a question needs, once, in the statutory plane.
///
/// Not Sendable: it belongs to the task that asks.
final class BoundarySurvey {
  let prepared: PreparedBoundary
  let shape: PlaneShape
  let asOf: AsOf
  let kernel = PairKernel()
  private let search = LayerSearch()
  private let window: BoundingBox
  private let recorded: RecordedRows
  /// What the store holds of datasets not yet looked at.
  private var opened: [DatasetID: MapLayer] = [:]
  /// Layers already looked at; nil for a dataset that has nothing to look at.
  private var layers: [DatasetID: SurveyedLayer?] = [:]
  private var grounds: [Ground.Key: Ground] = [:]

  init(
    boundary: MultiPolygon, asOf: AsOf, store: any OneMapStore, scope: Scope
  ) throws(GeometryError) {
    prepared = try PreparedBoundary(boundary)
    guard let window = prepared.boundingBox else { throw .noGeometry }
    shape = PlaneShape(boundary, in: .statutory)
    self.window = window
    self.asOf = asOf
    recorded = RecordedRows(store: store, asOf: asOf, scope: scope)
  }

  /// Asks the store for several datasets at once; what `layer` looks at later.
  func open(_ datasets: [DatasetID]) async throws(Problem) {
    do throws(StoreError) {
      let found = try await recorded.store.layers(
        of: datasets, asOf: asOf, near: window, in: recorded.scope)
      opened.merge(found) { _, new in new }
    } catch {
      throw .store(error)
    }
  }

  /// What the boundary meets of a dataset, or nil if it was never recorded or is out of scope.
  func layer(_ dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    if let known = layers[dataset] { return known }
    if opened[dataset] == nil { try await open([dataset]) }
    let layer = try await look(at: dataset)
    layers[dataset] = .some(layer)
    opened[dataset] = nil
    return layer
  }

  private func look(at dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    // Nothing was ever recorded for this day: an empty place and an unknown one are not the same.
    guard let found = opened[dataset], found.commit != .none, let currentTo = found.currentTo,
      currentTo <= asOf.validOn
    else { return nil }
    if found.schema.geometry == .point {
      return surveyed(found, try await points(of: dataset))
    }
    do throws(LayerError) {
      return surveyed(found, try polygons(of: found))
    } catch {
      // A damaged file is never believed: the rows themselves serve.
      await recorded.store.forgetSnapshots(of: dataset)
      try await open([dataset])
    }
    guard let again = opened[dataset] else { return nil }
    do throws(LayerError) {
      return surveyed(again, try polygons(of: again))
    } catch {
      throw .store(.corrupt(what: dataset.text))
    }
  }

  private func surveyed(_ map: MapLayer, _ features: [SurveyedFeature]) -> SurveyedLayer {
    SurveyedLayer(
      map, features, in: prepared, .init(kernel: kernel, recorded: recorded))
  }

  private func polygons(of map: MapLayer) throws(LayerError) -> [SurveyedFeature] {
    var found: [SurveyedFeature] = []
    for (number, part) in map.parts.enumerated() {
      try search.overlaps(of: shape, in: part.layer, where: part.shows) {
        overlap throws(LayerError) in
        let place = SurveyedFeature.Place(part: number, polygon: overlap.polygon)
        let area = overlap.isSound ? overlap.areaM2 : try repaired(overlap.polygon, in: part.layer)
        guard area > PairKernel.residue else { return }
        found.append(
          SurveyedFeature(
            row: part.layer.row(of: overlap.polygon), areaM2: area, place: place,
            isSound: overlap.isSound))
      }
    }
    // In a fixed order: sums of the same numbers in another differ in their last bits.
    return found.sorted { $0.row < $1.row }
  }

  /// The area of a piece that the kernel cannot answer for.
  private func repaired(_ polygon: Int, in layer: Layer) throws(LayerError) -> Double {
    let geometry = try layer.geometry(of: polygon)
    do throws(GeometryError) {
      return try prepared.piece(in: geometry, isRepairing: true).areaM2
    } catch {
      throw .geometry(row: layer.row(of: polygon), error)
    }
  }

  private func points(of dataset: DatasetID) async throws(Problem) -> [SurveyedFeature] {
    let query = FeatureQuery(dataset: dataset, asOf: asOf, window: window)
    var found: [SurveyedFeature] = []
    for version in try await recorded.versions(query) {
      guard case .points(let positions)? = version.feature.geometry,
        positions.contains(where: prepared.covers)
      else { continue }
      found.append(SurveyedFeature(row: version.row, areaM2: 0, place: nil, isSound: true))
    }
    return found
  }

  // MARK: Occupation

  /// The part of the boundary that lies in all of some datasets and in none of others.
  func ground(_ key: Ground.Key) async throws(Problem) -> Ground? {
    if let known = grounds[key] { return known }
    var inside: [SurveyedLayer] = []
    var outside: [SurveyedLayer] = []
    for dataset in key.inside {
      guard let layer = try await layer(dataset) else { return nil }
      inside.append(layer)
    }
    for dataset in key.outside {
      guard let layer = try await layer(dataset) else { return nil }
      outside.append(layer)
    }
    let ground = try Ground(of: self, inside: inside, outside: outside)
    grounds[key] = ground
    return ground
  }

  /// What some features of a layer take up, counted once where they overlap.
  func occupied(
    by some: [Int], of layer: SurveyedLayer, on ground: Ground
  ) throws(Problem) -> Area {
    let united = try layer.overlapping(some)
    var area = 0.0
    for index in some where !united.contains(index) {
      area += try ground.area(of: index, in: layer, kernel)
    }
    if !united.isEmpty { area += try ground.area(of: layer.region(united.sorted())) }
    return .squareMetres(area)
  }
}
