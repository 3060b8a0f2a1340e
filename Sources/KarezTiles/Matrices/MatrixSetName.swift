/// 矩阵集名: a tile matrix set as WMTS names it, and how its levels are numbered there.
///
/// - Shape: the sets of the standard, levels from 0; besides, as programs for the national map
///   service ask: `w`, whose levels are Web Mercator's, and `c`, in EPSG:4490, whose level 1 is the
///   first of the others.
public struct MatrixSetName: Hashable, Sendable {
  public let text: String
  public let set: TileMatrixSet
  /// What its levels' names are more than the set's own.
  public let shift: Int

  public static let all: [MatrixSetName] =
    TileMatrixSet.allCases.map { MatrixSetName(text: $0.id, set: $0, shift: 0) } + [
      MatrixSetName(text: "c", set: .cgcs2000Quad, shift: 1),
      MatrixSetName(text: "w", set: .webMercatorQuad, shift: 0),
    ]

  /// The address of a tile by the names a program gives; nil where there is no such tile.
  public static func address(
    set: String, matrix: String, row: String, column: String
  ) -> TileAddress? {
    guard let name = all.first(where: { $0.text == set }) else { return nil }
    guard name.shift > 0 else {
      return TileAddress(set: name.set.id, matrix: matrix, row: row, column: column)
    }
    // Only plain numbers are levels.
    guard let level = Int(matrix), String(level) == matrix, level >= name.shift else { return nil }
    return TileAddress(
      set: name.set.id, matrix: String(level - name.shift), row: row, column: column)
  }
}
