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
  let search = LayerSearch()
  private let box: BoundingBox
  private let recorded: RecordedRows
  /// How far around the boundary a dataset is looked at, in metres; not at all if it is absent.
  let reaches: [DatasetID: Double]
  /// What the store holds of datasets not yet looked at.
  private var opened: [DatasetID: MapLayer] = [:]
  /// Layers already looked at; nil for a dataset that has nothing to look at.
  private var layers: [DatasetID: SurveyedLayer?] = [:]
  private var grounds: [Ground.Key: Ground] = [:]
  /// Points and lines in the window of their dataset.
  private var versions: [DatasetID: [FeatureVersion]] = [:]
  /// Layers already looked at around the boundary.
  var nearbyLayers: [DatasetID: NearbyLayer?] = [:]
  let around: SurveyedSurroundings

  init(
    boundary: MultiPolygon, asOf: AsOf, store: any OneMapStore, scope: Scope,
    reaches: [DatasetID: Double] = [:]
  ) throws(GeometryError) {
    prepared = try PreparedBoundary(boundary)
    guard let box = prepared.boundingBox else { throw .noGeometry }
    shape = PlaneShape(boundary, in: .statutory)
    self.box = box
    around = SurveyedSurroundings(of: prepared)
    self.asOf = asOf
    self.reaches = reaches
    recorded = RecordedRows(store: store, asOf: asOf, scope: scope)
  }

  /// Where a dataset is looked at: the boundary's box, or as much around it as facts ask for.
  func window(of dataset: DatasetID) -> BoundingBox {
    guard let reach = reaches[dataset] else { return box }
    return box.widened(byMetres: reach)
  }

  /// Asks the store for several datasets at once; what `layer` looks at later.
  func open(_ datasets: [DatasetID]) async throws(Problem) {
    let byReach = Dictionary(grouping: datasets) { reaches[$0] ?? 0 }
    do throws(StoreError) {
      for (_, alike) in byReach.sorted(by: { $0.key < $1.key }) {
        let found = try await recorded.store.layers(
          of: alike, asOf: asOf, near: window(of: alike[0]), in: recorded.scope)
        opened.merge(found) { _, new in new }
      }
    } catch {
      throw .store(error)
    }
  }

  /// What the boundary meets of a dataset, or nil if it was never recorded or is out of scope.
  func layer(_ dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    if let known = layers[dataset] { return known }
    try Self.stopIfCancelled()
    if opened[dataset] == nil { try await open([dataset]) }
    let layer = try await look(at: dataset)
    try Self.stopIfCancelled()
    layers[dataset] = .some(layer)
    opened[dataset] = nil
    return layer
  }

  private func look(at dataset: DatasetID) async throws(Problem) -> SurveyedLayer? {
    // Nothing was ever recorded for this day: an empty place and an unknown one are not the same.
    guard let found = opened[dataset], found.commit != .none, let currentTo = found.currentTo,
      currentTo <= asOf.validOn
    else { return nil }
    if found.schema.geometry != .polygon {
      return surveyed(found, try await thinFeatures(of: dataset))
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

  /// Ends the work where nobody waits for the answer any more.
  static func stopIfCancelled() throws(Problem) {
    guard Task.isCancelled else { return }
    throw Wording(
      "check-stopped", "审查已中止，没有结论", "the check was stopped; there is no answer",
      do: "缩小范围后重试", "try again with a smaller boundary"
    ).problem(.unavailable, at: "boundary")
  }

  private func surveyed(_ map: MapLayer, _ features: [SurveyedFeature]) -> SurveyedLayer {
    SurveyedLayer(
      map, features, in: prepared, .init(kernel: kernel, recorded: recorded))
  }

  private func polygons(of map: MapLayer) throws(LayerError) -> [SurveyedFeature] {
    var found: [SurveyedFeature] = []
    for (number, part) in map.parts.enumerated() {
      // Nothing more is measured once nobody waits; `stopIfCancelled` then says so.
      let isWanted = { (polygon: Int) in !Task.isCancelled && part.shows(polygon) }
      try search.overlaps(of: shape, in: part.layer, where: isWanted) {
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

  /// Points that lie in the boundary and lines that meet it.
  private func thinFeatures(of dataset: DatasetID) async throws(Problem) -> [SurveyedFeature] {
    var found: [SurveyedFeature] = []
    for version in try await thinVersions(of: dataset) {
      let geometry = version.feature.geometry
      do throws(GeometryError) {
        switch geometry {
        case .points(let positions):
          guard positions.contains(where: prepared.covers) else { continue }
        case .lines(let lines):
          guard try prepared.meets(lines: lines) else { continue }
        case .polygons, nil: continue
        }
      } catch {
        throw .geometry(error, of: "\(dataset) \(version.feature.id)")
      }
      found.append(SurveyedFeature(row: version.row, geometry: geometry))
    }
    return found
  }

  /// Points and lines as far around the boundary as facts ask for.
  func thinVersions(of dataset: DatasetID) async throws(Problem) -> [FeatureVersion] {
    if let known = versions[dataset] { return known }
    let found = try await recorded.versions(
      FeatureQuery(dataset: dataset, asOf: asOf, window: window(of: dataset)))
    versions[dataset] = found
    return found
  }

  // MARK: Occupation

  /// The part of the boundary that lies in all of some datasets and in none of others.
  func ground(_ key: Ground.Key) async throws(Problem) -> Ground? {
    if let known = grounds[key] { return known }
    try Self.stopIfCancelled()
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
    for (count, index) in some.enumerated() where !united.contains(index) {
      if count.isMultiple(of: 256) { try Self.stopIfCancelled() }
      area += try ground.area(of: index, in: layer, kernel)
    }
    if !united.isEmpty { area += try ground.area(of: layer.region(united.sorted())) }
    return .squareMetres(area)
  }
}
