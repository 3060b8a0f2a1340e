import KarezCore
import KarezGeometry
import KarezPacks
import KarezReading

/// Brings the features of a file to EPSG:4490 as they come, in whatever CRS they are found to be.
///
/// The CRS is settled by the first features that have coordinates. Not Sendable: it belongs to
/// the task that reads.
final class SourcePlacement {
  private let declared: CoordinateReferenceSystem?
  private let region: Region?
  private let name: String
  private(set) var system: ResolvedCRS?
  private var converter: CoordinateConverter?

  /// `name` is what problems call the file; `crs` is what the user declared.
  init(crs: String?, region: Region?, name: String) throws(Problem) {
    declared = try crs.map { text throws(Problem) in try DeclaredCRS.parse(text, in: name) }
    self.region = region
    self.name = name
  }

  /// What the reader is told of the CRS.
  var stated: SourceCRS? { declared.map { SourceCRS($0) } }

  /// Settles the CRS, unless that is done or the features have no coordinates.
  func settle(by features: [SourceFeature], of layer: SourceLayer) throws {
    // A batch of unreadable geometries says nothing of the CRS.
    let content = SourceContent(layer: layer, features: features)
    guard converter == nil, !content.positions.isEmpty else { return }
    let system = try ResolvedCRS.resolve(
      content, declared: declared, region: region, name: name)
    self.system = system
    converter = try CoordinateConverter(from: system.crs)
  }

  /// The feature's geometry in EPSG:4490; nil where it has none.
  func degrees(of feature: SourceFeature) throws(GeometryError) -> Geometry? {
    guard let geometry = upright(feature.geometry), let converter else { return nil }
    return try converter.degrees(of: geometry)
  }

  /// The feature's geometry in the file's own CRS, where that is another.
  func source(of feature: SourceFeature) -> Geometry? {
    guard let system, system.crs != .cgcs2000 else { return nil }
    return upright(feature.geometry)
  }

  private func upright(_ geometry: Geometry?) -> Geometry? {
    guard system?.areAxesSwapped == true else { return geometry }
    return geometry?.withAxesSwapped
  }
}
