import KarezCore
import KarezGeometry

/// The boundary, or what is left of it inside some layers and outside others.
///
/// Set operations are made here, on the few features that define them; what other features take
/// up of the result is measured pair by pair.
final class Ground {
  struct Key: Hashable {
    let inside: [DatasetID]
    let outside: [DatasetID]
  }

  /// Nil where it is the whole boundary.
  private let part: (region: PlaneRegion, shape: PlaneShape)?

  init(
    of survey: BoundarySurvey, inside: [SurveyedLayer], outside: [SurveyedLayer]
  ) throws(Problem) {
    let outside = outside.filter { layer in layer.features.contains { $0.place != nil } }
    guard !(inside.isEmpty && outside.isEmpty) else {
      part = nil
      return
    }
    var cuts: [(region: PlaneRegion, isKept: Bool)] = []
    for layer in inside { cuts.append((try layer.region(layer.all), true)) }
    for layer in outside { cuts.append((try layer.region(layer.all), false)) }
    do throws(GeometryError) {
      var region = survey.prepared.asRegion()
      for cut in cuts {
        region =
          cut.isKept
          ? try region.intersection(cut.region) : try region.subtracting(cut.region)
      }
      part = (region, PlaneShape(region.multiPolygon(), in: .statutory))
    } catch {
      throw .geometry(error, of: "boundary")
    }
  }

  var isWhole: Bool { part == nil }

  /// What a feature takes up of it.
  func area(
    of index: Int, in layer: SurveyedLayer, _ kernel: PairKernel
  ) throws(Problem) -> Double {
    guard let part else { return layer.features[index].areaM2 }
    guard let shape = try layer.shape(index) else { return 0 }
    let overlap = kernel.overlap(part.shape, shape)
    if overlap.isSound { return overlap.area > PairKernel.residue ? overlap.area : 0 }
    return try area(of: layer.region([index]))
  }

  /// What land within the boundary has in common with it.
  func area(of region: PlaneRegion) throws(Problem) -> Double {
    try common(with: region).area.squareMetres
  }

  func common(with region: PlaneRegion) throws(Problem) -> PlaneRegion {
    guard let part else { return region }
    do throws(GeometryError) {
      return try region.intersection(part.region)
    } catch {
      throw .geometry(error, of: "boundary")
    }
  }
}
