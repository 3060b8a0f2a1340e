import KarezCore
import KarezReading

/// A VCT file by our own parser: once for what it holds, and once for the layer that is read.
struct VCTSource: Source {
  private let file: VCTFile
  private let request: Request

  init(_ bytes: any ByteSource, _ request: Request) throws(ReadingError) {
    file = try VCTFile(bytes)
    self.request = request
  }

  func layers() -> [SourceLayer] { file.layers.map(describe) }

  func read(layer name: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    let layer = try chosen(name)
    batch.begin(describe(layer))
    var collected = batch
    try file.walk(layer, most: request.verticesInFeature) { feature throws(ReadingError) in
      let count = feature.geometry?.vertexTotal ?? 0
      try collected.admit(row: feature.row, vertices: Int64(count))
      try collected.add(feature)
    }
    batch = collected
  }

  /// The layer named, or the only one, or the only one of polygons that has features.
  private func chosen(_ name: String?) throws(ReadingError) -> VCTFile.Layer {
    let layers = file.layers
    if let name {
      if let layer = layers.first(where: { $0.name == name }) { return layer }
      throw .noSuchLayer(name: name, layers: layers.map(\.shown))
    }
    guard !layers.isEmpty else { throw .noLayer }
    if layers.count == 1 { return layers[0] }
    let areas = layers.filter { $0.geometry == .polygon }
    if areas.count == 1 { return areas[0] }
    let filled = areas.filter { $0.featureCount > 0 }
    guard filled.count == 1 else { throw .layerNotChosen(layers: layers.map(\.shown)) }
    return filled[0]
  }

  private func describe(_ found: VCTFile.Layer) -> SourceLayer {
    var layer = SourceLayer(
      name: found.name, format: .vct, geometry: found.geometry, crs: file.crs,
      crsReason: file.crsReason, crsName: file.crsName, fields: found.fields,
      encoding: file.encoding, featureCount: found.featureCount, warnings: found.warnings,
      title: found.title)
    if let declared = request.declared {
      if file.crsReason == .statedDefinition, !file.crs.isSame(as: declared) {
        layer.warnings.append(.declaredOtherwise(stated: file.crsName, declared: declared))
      }
      layer.crs = declared
      layer.crsReason = .declared
    }
    return layer
  }
}

extension VCTFile.Layer {
  /// The name as it is asked for, with the title people know it by.
  var shown: String { title.isEmpty ? name : "\(name)（\(title)）" }
}
