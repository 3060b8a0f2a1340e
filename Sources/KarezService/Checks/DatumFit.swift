import Foundation
import KarezCore
import KarezGeometry
import KarezStore

/// Whether a boundary fits the recorded outlines only after it is taken back from GCJ-02.
///
/// Coordinates read off a web map are displaced by hundreds of metres, and nothing in the numbers
/// says so. But boundaries are drawn along corners that are on record: when few of its vertices
/// stand on recorded ones, and most of them do once shifted back, the boundary is displaced.
struct DatumFit {
  /// How near a vertex must lie to a recorded one; surveys and drawings agree to less.
  private static let toleranceMetres = 1.0
  /// Fewer than these vertices prove nothing.
  private static let fewestVertices = 4

  let store: any OneMapStore
  let asOf: AsOf
  let scope: Scope

  /// A warning, or nil where nothing speaks for a displacement.
  func warning(about boundary: MultiPolygon) async throws(Problem) -> BoundaryWarning? {
    let vertices = boundary.polygons.flatMap { $0.rings.flatMap { $0.positions.dropLast() } }
    guard vertices.count >= Self.fewestVertices, vertices.count <= 20_000 else { return nil }
    let asGiven = try await matches(of: vertices)
    guard asGiven * 5 < vertices.count else { return nil }
    let shifted = vertices.map(GCJ02.restored)
    let restored = try await matches(of: shifted)
    guard restored * 5 >= vertices.count * 3 else { return nil }
    let metres = GCJ02.displacementMetres(at: shifted[0])
    return BoundaryWarningWording.warning(
      code: "datum-looks-displaced", facts: ["metres": DecimalText.fixed(metres, decimals: 0)])
  }

  private func matches(of vertices: [Position]) async throws(Problem) -> Int {
    guard let box = BoundingBox(around: vertices) else { return 0 }
    var grid = VertexGrid(toleranceMetres: Self.toleranceMetres, near: box)
    for dataset in [DatasetID.landPatches, .parcels] {
      let query = FeatureQuery(dataset: dataset, asOf: asOf, window: box)
      do throws(StoreError) {
        let page = try await store.features(query, after: nil, limit: 2_000, in: scope)
        for version in page.versions { grid.add(version.feature.geometry) }
      } catch {
        if case .noSuchDataset = error { continue }
        throw .store(error)
      }
    }
    return vertices.count { grid.isNear($0) }
  }
}

/// Recorded vertices in cells of the tolerance's size.
private struct VertexGrid {
  private struct Cell: Hashable {
    let column: Int
    let row: Int
  }

  private let columnDegrees: Double
  private let rowDegrees: Double
  private var cells: Set<Cell> = []

  init(toleranceMetres: Double, near box: BoundingBox) {
    // A degree of latitude is 111 km everywhere to within one per cent, which is enough here.
    rowDegrees = toleranceMetres / 111_000
    let latitude = (box.minY + box.maxY) / 2
    columnDegrees = rowDegrees / max(0.1, cos(latitude * .pi / 180))
  }

  private func cell(of position: Position) -> Cell? {
    let column = (position.x / columnDegrees).rounded()
    let row = (position.y / rowDegrees).rounded()
    guard abs(column) < 1e15, abs(row) < 1e15 else { return nil }
    return Cell(column: Int(column), row: Int(row))
  }

  mutating func add(_ geometry: Geometry?) {
    guard case .polygons(let polygons)? = geometry else { return }
    for ring in polygons.polygons.flatMap(\.rings) {
      for position in ring.positions {
        if let cell = cell(of: position) { cells.insert(cell) }
      }
    }
  }

  func isNear(_ position: Position) -> Bool {
    guard let cell = cell(of: position) else { return false }
    for column in cell.column - 1...cell.column + 1 {
      for row in cell.row - 1...cell.row + 1
      where cells.contains(Cell(column: column, row: row)) { return true }
    }
    return false
  }
}
