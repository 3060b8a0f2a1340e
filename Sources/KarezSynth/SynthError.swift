public import KarezGeometry
public import KarezStore

/// Why the demonstration data could not be made; carries facts, no sentences.
public enum SynthError: Error, Hashable, Sendable {
  /// The outline of a county is not where set-up puts it.
  case outlineMissing(file: String)
  /// The file is not the GeoJSON of polygons.
  case outlineUnreadable(file: String)
  case outlineInvalid(file: String, GeometryError)
  /// A township names a polygon its county's outline does not have.
  case noSuchPart(township: String, part: Int)
  /// A part of a county has no township of its own.
  case partWithoutTownship(county: String, part: Int)
  case tooFewPatches(asked: Int, least: Int)
  case tooManyPatches(asked: Int, most: Int)
  /// A county cannot be cut into so many pieces.
  case cannotCut(county: String, pieces: Int)
  /// How near something lies to a planted site cannot be worked out.
  case siteUnmeasured(site: String, GeometryError)
  case cannotWrite(file: String)
  case store(StoreError)
}
