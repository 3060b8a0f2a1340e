import KarezCore
import KarezGeometry
import KarezStore

/// One feature of a dataset that meets the boundary, by what of it lies there.
struct SurveyedFeature {
  /// Where its polygon lies in the layers it was found in.
  struct Place {
    let part: Int
    let polygon: Int
  }

  /// The store's number of the version.
  let row: Int64
  /// Statutory square metres of the piece; nothing for points and lines.
  let areaM2: Double
  /// Nil for points and lines.
  let place: Place?
  /// Whether the area could be taken without building the piece.
  let isSound: Bool
  /// Points and lines; polygons lie in their place.
  let geometry: Geometry?

  init(
    row: Int64, areaM2: Double = 0, place: Place? = nil, isSound: Bool = true,
    geometry: Geometry? = nil
  ) {
    self.row = row
    self.areaM2 = areaM2
    self.place = place
    self.isSound = isSound
    self.geometry = geometry
  }

  /// What prints as 0.00 m² is no occupation, for counts as for areas; points and lines have none.
  var isTouched: Bool { place == nil || areaM2 >= 0.005 }
}

/// A dataset as the boundary meets it: features in the order of their rows.
///
/// Not Sendable: shapes and pieces are made when they are first asked for, and kept.
final class SurveyedLayer {
  let schema: DatasetSchema
  let currentTo: LegalDate?
  let features: [SurveyedFeature]
  let parts: [MapLayer.Part]
  private let map: MapLayer
  private let prepared: PreparedBoundary
  private let means: Means
  private var values: [String: [String?]] = [:]
  private var shapes: [Int: PlaneShape] = [:]
  private var pieces: [Int: Piece] = [:]
  private var pairs: [OverlapPair]?

  /// What a layer needs to look further.
  struct Means {
    let kernel: PairKernel
    let recorded: RecordedRows
  }

  init(
    _ layer: MapLayer, _ features: [SurveyedFeature], in prepared: PreparedBoundary, _ means: Means
  ) {
    map = layer
    schema = layer.schema
    currentTo = layer.currentTo
    parts = layer.parts
    self.features = features
    self.prepared = prepared
    self.means = means
  }

  var all: [Int] { Array(features.indices) }

  /// Whether the reader may know these attributes: what is hidden is not the same as not stated.
  func tells(_ attributes: Set<String>) -> Bool {
    schema.isOpen || attributes.isSubset(of: schema.attributes.map(\.name))
  }

  /// The same dataset, of other features.
  func with(_ features: [SurveyedFeature]) -> SurveyedLayer {
    SurveyedLayer(map, features, in: prepared, means)
  }

  /// What of some features is smaller than a tolerance; points have no size.
  func noise(_ some: [Int], below tolerance: Area?) -> Noise {
    var noise = Noise()
    guard let tolerance else { return noise }
    for feature in some.map({ features[$0] })
    where feature.isTouched && feature.place != nil && feature.areaM2 < tolerance.squareMetres {
      noise.areaM2 += feature.areaM2
      noise.features += 1
    }
    return noise
  }

  /// Texts of an attribute, feature by feature; nil where one does not state it.
  func texts(of attribute: String) async throws(Problem) -> [String?] {
    if let known = values[attribute] { return known }
    let isHeld = features.allSatisfy { feature in
      feature.place.map { parts[$0.part].holds(attribute) } ?? false
    }
    let texts: [String?]
    if isHeld {
      texts = try reading { () throws(LayerError) in
        var texts: [String?] = []
        for case let place? in self.features.map(\.place) {
          texts.append(try self.parts[place.part].text(of: attribute, place.polygon))
        }
        return texts
      }
    } else {
      let recorded = try await means.recorded.attributes(
        attribute, ofRows: features.map(\.row), schema.id)
      texts = features.map { recorded[$0.row] }
    }
    values[attribute] = texts
    return texts
  }

  // MARK: Shapes

  func shape(_ index: Int) throws(Problem) -> PlaneShape? {
    if let known = shapes[index] { return known }
    guard let place = features[index].place else { return nil }
    let shape = try reading { () throws(LayerError) in
      try self.parts[place.part].layer.shape(of: place.polygon)
    }
    shapes[index] = shape
    return shape
  }

  /// A feature's own geometry, whatever of it lies in the boundary.
  func wholeGeometry(_ index: Int) throws(Problem) -> Geometry {
    let feature = features[index]
    guard let place = feature.place else { return feature.geometry ?? .points([]) }
    return try reading { () throws(LayerError) in
      .polygons(try self.parts[place.part].layer.geometry(of: place.polygon))
    }
  }

  private func geometry(_ index: Int) throws(Problem) -> MultiPolygon {
    guard case .polygons(let multi) = try wholeGeometry(index) else { return MultiPolygon([]) }
    return multi
  }

  /// Pairs of features that lie on one another; coverages have none, unless they were let pass.
  private func overlappingPairs() throws(Problem) -> [OverlapPair] {
    if let pairs { return pairs }
    var shapes: [PlaneShape] = []
    var indices: [Int] = []
    if features.count > 1 {
      for index in features.indices {
        guard let shape = try shape(index) else { continue }
        shapes.append(shape)
        indices.append(index)
      }
    }
    let found = means.kernel.overlaps(among: shapes).map { pair in
      OverlapPair(
        first: indices[pair.first], second: indices[pair.second], area: pair.area,
        isSound: pair.isSound)
    }
    pairs = found
    return found
  }

  /// Those of some features that have to be united before they are measured.
  func overlapping(_ some: [Int]) throws(Problem) -> Set<Int> {
    let pairs = try overlappingPairs()
    guard !pairs.isEmpty else { return [] }
    let wanted = Set(some)
    let theirs = pairs.filter { wanted.contains($0.first) && wanted.contains($0.second) }
    // Vertices rounded to the coordinates' grid leave less than any figure could show.
    let excess = theirs.reduce(0) { $0 + $1.area }
    guard excess > 1e-3 || theirs.contains(where: { !$0.isSound }) else { return [] }
    return Set(theirs.flatMap { [$0.first, $0.second] })
  }

  // MARK: Geometry

  /// What of a feature lies in the boundary, built for display or for overlays that repair.
  func piece(_ index: Int) throws(Problem) -> Piece {
    if let known = pieces[index] { return known }
    let geometry = try geometry(index)
    do throws(GeometryError) {
      let piece = try prepared.piece(in: geometry, isRepairing: true)
      pieces[index] = piece
      return piece
    } catch {
      throw .geometry(error, of: schema.id.text)
    }
  }

  /// The land that some features cover within the boundary, counted once where they overlap.
  func region(_ some: [Int]) throws(Problem) -> PlaneRegion {
    var members: [MultiPolygon] = []
    for index in some where features[index].place != nil { members.append(try geometry(index)) }
    do throws(GeometryError) {
      return try prepared.region(coveredBy: members, isRepairing: true)
    } catch {
      throw .geometry(error, of: schema.id.text)
    }
  }

  /// The pieces of some features side by side, or united where they overlap; for display.
  func geometry(of some: [Int]) throws(Problem) -> MultiPolygon {
    let united = try overlapping(some)
    if !united.isEmpty { return try region(some).multiPolygon() }
    var polygons: [Polygon] = []
    for index in some { polygons += try piece(index).geometry.polygons }
    return MultiPolygon(polygons)
  }

  private func reading<Result>(
    _ body: () throws(LayerError) -> Result
  ) throws(Problem) -> Result {
    do throws(LayerError) { return try body() } catch {
      throw .store(.corrupt(what: schema.id.text))
    }
  }
}
