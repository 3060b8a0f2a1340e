public import KarezCore
import KarezGeometry
public import KarezStore
public import KarezTiles

extension OneMap {
  /// Pixels around the one asked about within which a point or a line is meant.
  private static let reach = 5.0

  /// The query for what a picture shows at one of its pixels: polygons that cover its middle, points
  /// and lines near it.
  ///
  /// - Errors: `Problem` of kind usage where the pixel lies nowhere on Earth.
  public func query(
    at pixel: (x: Int, y: Int), of frame: PictureFrame, _ schema: DatasetSchema, asOf: AsOf
  ) throws(Problem) -> FeatureQuery {
    let (x, y) = (Double(pixel.x) + 0.5, Double(pixel.y) + 0.5)
    var query = FeatureQuery(dataset: schema.id, asOf: asOf)
    do throws(GeometryError) {
      guard schema.geometry != .polygon else {
        query.filter = .spatial(.intersects, .points([try frame.position(ofPixel: x, y)]))
        return query
      }
      let one = try frame.position(ofPixel: x - Self.reach, y + Self.reach)
      let other = try frame.position(ofPixel: x + Self.reach, y - Self.reach)
      let box = BoundingBox(
        minX: min(one.x, other.x), minY: min(one.y, other.y), maxX: max(one.x, other.x),
        maxY: max(one.y, other.y))
      query.filter = .spatial(.intersects, .polygons(try box.polygon()))
    } catch {
      throw .geometry(error, of: "bbox")
    }
    return query
  }
}
