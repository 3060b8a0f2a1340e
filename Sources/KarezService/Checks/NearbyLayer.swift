import KarezCore
import KarezGeometry

/// A dataset as it lies around the boundary, no farther than any fact looks.
///
/// Not Sendable: how far features are is taken when it is first asked for, and kept.
final class NearbyLayer {
  /// Features whose boxes come near, in the order of their rows.
  let layer: SurveyedLayer
  private let reach: Double
  private let around: SurveyedSurroundings
  private var neighbours: [Int: Neighbour?] = [:]
  private var lands: [Land: PlaneRegion] = [:]

  /// Some features, and how far around them.
  private struct Land: Hashable {
    let features: [Int]
    let metres: Double
  }

  init(_ layer: SurveyedLayer, reach: Double, around: SurveyedSurroundings) {
    self.layer = layer
    self.reach = reach
    self.around = around
  }

  /// Those of some features that are no farther from the boundary than so many metres.
  func features(_ some: [Int], within metres: Double) throws(Problem) -> [Int] {
    var found: [Int] = []
    for index in some {
      guard let neighbour = try neighbour(index) else { continue }
      if neighbour.distanceMetres <= metres { found.append(index) }
    }
    return found
  }

  /// The land of the boundary no farther than so many metres from some of the features; nil where
  /// none is so near.
  func land(within metres: Double, of some: [Int]) throws(Problem) -> PlaneRegion? {
    let near = try features(some, within: metres)
    guard !near.isEmpty else { return nil }
    let key = Land(features: near, metres: metres)
    if let known = lands[key] { return known }
    let found = near.compactMap { neighbours[$0] ?? nil }
    do throws(GeometryError) {
      let land = try around.made().land(within: metres, of: found)
      lands[key] = land
      return land
    } catch {
      throw .geometry(error, of: layer.schema.id.text)
    }
  }

  private func neighbour(_ index: Int) throws(Problem) -> Neighbour? {
    if let known = neighbours[index] { return known }
    let geometry = try layer.wholeGeometry(index)
    do throws(GeometryError) {
      let neighbour = try around.made().neighbour(geometry, reaching: reach)
      neighbours[index] = .some(neighbour)
      return neighbour
    } catch {
      throw .geometry(error, of: layer.schema.id.text)
    }
  }
}
