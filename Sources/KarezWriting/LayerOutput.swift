public import KarezReading

/// Makes writers of layers.
public struct LayerOutput: Sendable {
  private let worker: LibraryWriter

  /// `worker` writes the formats of others.
  public init(worker: LibraryWriter = .besideProgram()) { self.worker = worker }

  /// Begins a file in a format.
  ///
  /// - Errors: where the layer does not fit the format, or the file cannot be made.
  public func writer(
    _ format: OutputFormat, to path: String, layer: OutputLayer,
    options: WritingOptions = WritingOptions()
  ) throws(WritingError) -> any FeatureWriter {
    switch format {
    case .geopackage: try GeoPackageOutput(path: path, layer: layer, options: options)
    case .geojson: try GeoJSONWriter(path: path, layer: layer)
    case .csv: try TableFeatureWriter.csv(path: path, layer: layer)
    case .parquet: try TableFeatureWriter.parquet(path: path, layer: layer)
    case .vct: try VCTFeatureWriter(path: path, layer: layer)
    case .boundaryText: try BoundaryTextWriter(path: path, layer: layer, options: options)
    case .shapefile, .fileGDB, .gml, .kml, .dxf, .xlsx:
      try LibraryOutput(path: path, format, layer: layer, options: options, worker: worker)
    }
  }
}
