import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezStore

/// Derives an edition: datasets and attributes left out, coordinates made coarser, all of it counted.
///
/// The same state under the same rules gives the same bytes.
struct EditionMaking {
  let map: OneMap
  let rule: EditionRule
  let order: ExchangeOrder
  let scope: Scope
  let folder: URL
  let meter: MeterRule
  private(set) var delivery: GroundDelivery
  private var removed: [String: Int64] = [
    "datasets": 0, "attributes": 0, "features": 0, "vertices": 0,
  ]
  /// Which they were.
  ///
  /// The manifest has the counts alone: to whom it goes, a name tells that there is such a thing.
  private(set) var leftOut = EditionLeftOut()

  init(
    map: OneMap, rule: EditionRule, order: ExchangeOrder, scope: Scope, folder: URL,
    meter: MeterRule, delivery: GroundDelivery
  ) {
    self.map = map
    self.rule = rule
    self.order = order
    self.scope = scope
    self.folder = folder
    self.meter = meter
    self.delivery = delivery
  }

  mutating func parts() async throws(Problem) -> ([URL], [ExchangeManifest.Part]) {
    var files: [URL] = []
    var parts: [ExchangeManifest.Part] = []
    let all = try await map.labelledSchemas()
    leftOut.datasets = all.filter { rule.part($0) == nil }.map(\.id.text).sorted()
    removed["datasets"] = Int64(leftOut.datasets.count)
    for name in order.datasets {
      let schema = try await map.schema(of: name, in: scope)
      guard let part = rule.part(schema), let target = all.first(where: { $0.id == part.into })
      else {
        throw .exchangeEdition(rule.id, at: name)
      }
      let file = folder.appending(path: schema.id.text + ".geojson")
      let (count, names) = try await write(schema, part, target, to: file)
      // A state of nothing says nothing, and is refused by whoever gets it.
      guard count > 0 else { continue }
      let size = (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
      files.append(file)
      parts.append(
        ExchangeManifest.Part(
          dataset: target.id, form: .state, validOn: order.validOn ?? Clock.today,
          features: count, bytes: Int64(size), sm3: try FileFingerprint.sm3(ofFileAt: file.path),
          classification: target.classification(of: names)))
    }
    return (files, parts)
  }

  func derivation(under rules: ExchangeRules) -> ExchangeManifest.Derivation {
    ExchangeManifest.Derivation(
      edition: rule.id, version: rules.version, sm3: rules.sm3, mapApproval: order.mapApproval,
      figures: rule.figures.map { figure in
        ExchangeManifest.Figure(
          name: figure.name, value: DecimalText.fixed(figure.metres, decimals: 1) + " m",
          certainty: rule.certainty, source: rule.source)
      }, removed: removed)
  }

  // MARK: One dataset

  private mutating func write(
    _ schema: DatasetSchema, _ part: EditionRule.Part, _ target: DatasetSchema, to file: URL
  ) async throws(Problem) -> (features: Int64, names: Set<String>) {
    let kept = schema.attributes.map(\.name).filter { name in
      guard let attribute = target.attributes.first(where: { $0.name == name }) else {
        return false
      }
      return part.keeps?.contains(name) ?? (attribute.classification <= rule.zone.ceiling)
    }
    removed["attributes", default: 0] += Int64(schema.attributes.count - kept.count)
    leftOut.attributes[schema.id.text] = schema.attributes.map(\.name).filter {
      !kept.contains($0)
    }
    let asOf = AsOf(validOn: order.validOn ?? Clock.today, recorded: order.recorded ?? .none)
    let shapes = try await shapes(schema, asOf)
    let lines = try StateLines(to: file, said: said(target))
    var names: Set<String> = []
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(
          FeatureQuery(dataset: schema.id, asOf: asOf), after: after, limit: 2_000, in: scope)
      }
      for version in page.versions {
        guard let geometry = try coarser(version, shapes) else {
          removed["features", default: 0] += 1
          leftOut.add(version.feature.id, of: schema.id)
          continue
        }
        let attributes = version.feature.attributes.filter { kept.contains($0.key) }
        names.formUnion(attributes.filter { $0.value != .null }.keys)
        if rule.gridMetres == nil, meter.counts(schema.id) { try delivery.take(geometry.shape) }
        try lines.add(geometry.shape, attributes)
      }
      cursor = page.next
    } while cursor != nil
    return (try lines.finish(), names)
  }

  /// What every file of the edition says of itself, besides its features.
  private func said(_ target: DatasetSchema) -> JSONValue {
    .object([
      "edition": .string(rule.id), "dataset": .string(target.id.text),
      "mapApproval": .optional(order.mapApproval),
      "figures": .array(
        rule.figures.map { figure in
          .object([
            "name": .string(figure.name), "metres": .number(figure.metres),
            "certainty": .string(rule.certainty.rawValue),
          ])
        }),
    ])
  }

  // MARK: Coordinates

  /// The geometry that goes out, which may be none because the feature has none.
  private struct Coarse {
    let shape: Geometry?
  }

  /// Nil where nothing of the feature is left.
  private mutating func coarser(
    _ version: FeatureVersion, _ shapes: [Int64: MultiPolygon]
  ) throws(Problem) -> Coarse? {
    guard let geometry = version.feature.geometry, let step = rule.gridMetres else {
      return Coarse(shape: version.feature.geometry)
    }
    let shape: Geometry?
    if case .polygons = geometry {
      shape = shapes[version.row].flatMap { $0.polygons.isEmpty ? nil : .polygons($0) }
    } else {
      shape = geometry.onGrid(stepMetres: step)
    }
    guard let shape else { return nil }
    removed["vertices", default: 0] += Int64(geometry.vertexCount - shape.vertexCount)
    return Coarse(shape: shape)
  }

  /// The polygons of a state on the grid, by their rows; neighbours of a coverage still fit.
  private func shapes(
    _ schema: DatasetSchema, _ asOf: AsOf
  ) async throws(Problem) -> [Int64: MultiPolygon] {
    guard let step = rule.gridMetres, schema.geometry == .polygon,
      let layer = try await map.layer(of: schema.id, asOf: asOf, columns: [], in: scope)
    else { return [:] }
    do {
      let folder = folder.path
      let whole = try Layer.merging(
        layer.parts.map { part in LayerSelection(part.layer) { part.shows($0) } },
        spoolingIn: folder)
      var shapes: [Int64: MultiPolygon] = [:]
      guard schema.isCoverage else {
        for number in 0..<whole.count {
          let writer = LayerWriter(spoolingIn: folder)
          try writer.append(row: whole.row(of: number), try whole.geometry(of: number))
          let alone = try GridCoverage(of: try writer.finish(), stepMetres: step)
          shapes[whole.row(of: number)] = alone.polygons[0]
        }
        return shapes
      }
      var simplified: CoverageSimplification?
      if let tolerance = rule.simplifyMetres, whole.count > 0 {
        simplified = try await CoverageSimplification(of: whole, tolerance: .metres(tolerance))
      }
      let grid = try GridCoverage(of: whole, simplified, stepMetres: step)
      for number in 0..<whole.count { shapes[whole.row(of: number)] = grid.polygons[number] }
      return shapes
    } catch CoverageError.notACoverage(let faults) {
      throw .coverageFaulty(faults, at: schema.id.text)
    } catch let error as LayerError {
      throw .layer(error, of: schema.id.text)
    } catch {
      throw Problem.from(error, file: schema.id.text)
    }
  }
}

/// What an edition has not got that the map has, by name; for the log of whoever made it.
struct EditionLeftOut: Sendable {
  /// More features of a dataset than these are counted.
  private static let mostNamed = 1_000

  var datasets: [String] = []
  var attributes: [String: [String]] = [:]
  private var features: [String: (ids: [String], count: Int64)] = [:]

  mutating func add(_ feature: String, of dataset: DatasetID) {
    var known = features[dataset.text] ?? ([], 0)
    known.count += 1
    if known.ids.count < Self.mostNamed { known.ids.append(feature) }
    features[dataset.text] = known
  }

  var json: JSONValue {
    .object([
      "datasets": .texts(datasets),
      "attributes": .object(attributes.filter { !$0.value.isEmpty }.mapValues(JSONValue.texts)),
      "features": .object(
        features.mapValues { left in
          .object(["count": .integer(left.count), "ids": .texts(left.ids)])
        }),
    ])
  }
}

extension Geometry {
  var vertexCount: Int {
    switch self {
    case .points(let places): places.count
    case .lines(let lines): lines.reduce(0) { $0 + $1.count }
    case .polygons(let polygons): polygons.vertexCount
    }
  }
}
