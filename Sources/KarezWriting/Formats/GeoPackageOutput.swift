import KarezCore
import KarezGeometry
import KarezStore

/// Writes a layer as a GeoPackage of its own.
final class GeoPackageOutput: FeatureWriter {
  private let layer: String
  private let writer: GeoPackageWriter

  init(path: String, layer: OutputLayer, options: WritingOptions) throws(WritingError) {
    self.layer = layer.name
    guard GeoPackageLayer.isUsable(name: layer.name) else {
      throw .layer(.nameUnusable(name: layer.name))
    }
    if let bad = layer.fields.first(where: { $0.name.isEmpty || $0.name.utf8.contains(0) }) {
      throw .layer(.nameUnusable(name: bad.name))
    }
    let described = GeoPackageLayer(
      name: layer.name, title: layer.title.zh, geometry: layer.geometry,
      fields: layer.fields.map { GeoPackageLayer.Field(name: $0.name, type: $0.type) },
      crs: layer.crs)
    if let (first, second) = described.collision {
      throw .layer(.namesCollide(first: first, second: second, name: second))
    }
    do throws(StoreError) {
      writer = try GeoPackageWriter(path: path, writtenAt: options.writtenAt)
      try writer.addLayer(described)
    } catch {
      throw .geopackage(error)
    }
  }

  func append(_ features: [OutputFeature]) throws(WritingError) {
    do throws(StoreError) {
      try writer.append(
        features.map { GeoPackageRow(values: $0.values, geometry: $0.geometry) }, to: layer)
    } catch {
      throw .geopackage(error)
    }
  }

  func finish() throws(WritingError) {
    do throws(StoreError) {
      try writer.finish()
    } catch {
      throw .geopackage(error)
    }
  }
}
