import KarezGeometry
import KarezPacks

extension Region {
  /// Where the region lies, in degrees of EPSG:4490.
  var box: BoundingBox? {
    guard extent.count == 4 else { return nil }
    return BoundingBox(minX: extent[0], minY: extent[1], maxX: extent[2], maxY: extent[3])
  }
}
