import CGDAL
import KarezCore
import KarezReading

/// A dataset opened by GDAL, read layer by layer and copied out feature by feature.
struct LibrarySource: Source {
  private let dataset: Dataset
  private let format: SourceFormat
  private let request: Request
  private let encoding: SourceEncoding
  private let warnings: [ReadWarning]

  init(
    _ dataset: Dataset, _ format: SourceFormat, _ request: Request,
    encoding: SourceEncoding = SourceEncoding(name: "UTF-8", reason: .format),
    warnings: [ReadWarning] = []
  ) {
    self.dataset = dataset
    self.format = format
    self.request = request
    self.encoding = encoding
    self.warnings = warnings
  }

  func layers() throws(ReadingError) -> [SourceLayer] {
    let layers = dataset.layers
    guard !layers.isEmpty else { throw .noLayer }
    var described: [SourceLayer] = []
    for layer in layers { described.append(try describe(layer).layer) }
    return described
  }

  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    let chosen = try choose(layer)
    let (described, columns) = try describe(chosen)
    batch.begin(described)
    let shape = ShapeReader(closesLines: format == .dxf, limit: batch.verticesInFeature)
    OGR_L_ResetReading(chosen)
    var row: Int64 = 0
    var values = EncodedValues()
    _ = Library.takeComplaint()
    while let feature = OGR_L_GetNextFeature(chosen) {
      defer { OGR_F_Destroy(feature) }
      row += 1
      if let message = Library.takeComplaint() { throw .readFailed(row: row, message: message) }
      var read = SourceFeature(row: row, fid: String(OGR_F_GetFID(feature)))
      if let geometry = OGR_F_GetGeometryRef(feature) {
        try batch.admit(row: row, vertices: ShapeReader.vertices(of: geometry))
        (read.geometry, read.fault) = shape.read(geometry)
      } else if described.geometry != .none {
        read.fault = .empty
      }
      values.removeAll()
      columns.read(feature, into: &values, &read.fault)
      try batch.add(read, saying: values)
    }
    if let message = Library.takeComplaint() { throw .readFailed(row: row + 1, message: message) }
  }

  // MARK: Layers

  private func choose(_ name: String?) throws(ReadingError) -> OGRLayerH {
    let layers = dataset.layers
    let names = layers.map(Self.name)
    if let name {
      guard let index = names.firstIndex(of: name) else {
        throw .noSuchLayer(name: name, layers: names)
      }
      return layers[index]
    }
    if layers.count == 1 { return layers[0] }
    let areal = layers.filter { kind(of: $0) == .polygon }
    guard !layers.isEmpty else { throw .noLayer }
    guard areal.count == 1 else { throw .layerNotChosen(layers: names) }
    return areal[0]
  }

  private static func name(_ layer: OGRLayerH) -> String {
    OGR_L_GetName(layer).map { String(cString: $0) } ?? ""
  }

  /// What the layer's geometries are; a layer that says "any" counts as areas.
  ///
  /// The folders of KML and the types of GML never say, so their first geometry does.
  private func kind(of layer: OGRLayerH) -> GeometryKind {
    let type = OGR_GT_Flatten(OGR_L_GetGeomType(layer))
    guard type == wkbUnknown, format == .kml || format == .gml else { return Self.kind(of: type) }
    defer { OGR_L_ResetReading(layer) }
    OGR_L_ResetReading(layer)
    while let feature = OGR_L_GetNextFeature(layer) {
      defer { OGR_F_Destroy(feature) }
      if let geometry = OGR_F_GetGeometryRef(feature) {
        return Self.kind(of: OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)))
      }
    }
    return .polygon
  }

  private static func kind(of type: OGRwkbGeometryType) -> GeometryKind {
    switch type {
    case wkbNone: .none
    case wkbPoint, wkbMultiPoint: .point
    case wkbLineString, wkbMultiLineString: .line
    default: .polygon
    }
  }

  private func describe(
    _ layer: OGRLayerH
  ) throws(ReadingError) -> (layer: SourceLayer, columns: Columns) {
    var warnings = self.warnings
    let columns = try Columns(
      of: layer, decoder: TextDecoder(encoding: encoding.name), warnings: &warnings)
    if OGR_GT_HasZ(OGR_L_GetGeomType(layer)) != 0 {
      warnings.append(ReadWarning(code: "z-dropped"))
    }
    let crs = CRSDescription(of: OGR_L_GetSpatialRef(layer), declared: request.declared)
    let count = OGR_L_GetFeatureCount(layer, 0)
    _ = Library.takeComplaint()
    let described = SourceLayer(
      name: format == .shapefile ? request.stem : Self.name(layer), format: format,
      geometry: kind(of: layer), crs: crs.crs, crsReason: crs.reason, crsName: crs.name,
      fields: columns.fields, encoding: encoding, featureCount: count >= 0 ? Int64(count) : nil,
      warnings: warnings + crs.warnings)
    return (described, columns)
  }
}
