import KarezCore
import KarezGeometry
import KarezReading

/// A boundary as text: 报批坐标 TXT, WKT, or a table of vertices.
///
/// Doubts about one parcel are warnings of the layer with the parcel's row.
struct TextSource: Source {
  private let document: BoundaryDocument
  private let format: SourceFormat
  private let request: Request

  /// Whole documents are held while they are read, so they may not be endless.
  private static let mostBytes: Int64 = 64 << 20

  init(_ bytes: any ByteSource, _ request: Request) throws(ReadingError) {
    let text = try bytes.readToEnd(limit: Self.mostBytes)
    guard let format = BoundaryDocument.format(of: text).flatMap(Self.format) else {
      throw .unknownFormat(magic: FileContent.hexadecimal(text.prefix(8)))
    }
    do {
      var options = BoundaryDocument.Options()
      options.crs = try request.declared?.system()
      options.extent = request.extent
      document = try BoundaryDocument(reading: text, options: options)
    } catch {
      throw .text(format, error)
    }
    self.format = format
    self.request = request
  }

  private static func format(_ format: BoundaryDocument.Format) -> SourceFormat? {
    switch format {
    case .coordinateText: .boundaryText
    case .vertexTable: .vertexTable
    case .wkt: .wkt
    case .geoJSON: nil
    }
  }

  func layers() -> [SourceLayer] { [layer] }

  func read(layer name: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    let layer = layer
    guard name == nil || name == layer.name else {
      throw .noSuchLayer(name: name ?? "", layers: [layer.name])
    }
    batch.begin(layer)
    for (index, parcel) in document.parcels.enumerated() {
      let row = Int64(index + 1)
      try batch.admit(row: row, vertices: Int64(parcel.geometry.vertexCount))
      var feature = SourceFeature(row: row, fid: parcel.id.isEmpty ? String(row) : parcel.id)
      feature.geometry = .polygons(parcel.geometry)
      if parcel.geometry.vertexCount == 0 {
        feature.geometry = nil
        feature.fault = .empty
      }
      for (name, text) in Self.texts(of: parcel) {
        if let scalar = text.forbiddenScalar {
          feature.fault = feature.fault ?? .textForbidden(field: name, scalar: scalar)
        }
        let isShown = !text.isEmpty && text.forbiddenScalar == nil
        feature.attributes[name] = isShown ? .text(text) : .null
      }
      feature.attributes["declared_area_m2"] =
        parcel.declaredArea.map { .decimal($0.squareMetres) } ?? .null
      try batch.add(feature)
    }
  }

  private static func texts(of parcel: BoundaryDocument.Parcel) -> [(String, String)] {
    [
      ("id", parcel.id), ("name", parcel.name), ("use", parcel.use),
      ("map_sheet", parcel.mapSheet), ("land_class", parcel.landClass),
    ]
  }

  private var layer: SourceLayer {
    let names = ["id", "name", "use", "map_sheet", "land_class"]
    var layer = SourceLayer(
      name: request.stem, format: format, crs: SourceCRS(document.crs),
      fields: names.map { SourceField(name: $0, type: .text) }
        + [SourceField(name: "declared_area_m2", type: .decimal)],
      encoding: SourceEncoding(name: document.encoding.rawValue, reason: .bytes),
      featureCount: Int64(document.parcels.count))
    layer.crsReason = CRSReason(document.evidence, isDeclared: request.declared != nil)
    if case .stated(let text) = document.evidence { layer.crsName = String(text.prefix(200)) }
    layer.warnings = document.doubts.map { ReadWarning(code: $0.code, facts: $0.facts) }
    for (index, parcel) in document.parcels.enumerated() {
      for doubt in parcel.doubts {
        var facts = doubt.facts
        facts["row"] = String(index + 1)
        facts["parcel"] = parcel.id
        layer.warnings.append(ReadWarning(code: doubt.code, facts: facts))
      }
    }
    return layer
  }
}

extension CRSReason {
  init(_ evidence: CRSEvidence, isDeclared: Bool) {
    switch evidence {
    case .stated: self = isDeclared ? .declared : .statedDefinition
    case .zonePrefix: self = .zonePrefix
    case .zonePrefixAndHeading: self = .zonePrefixAndHeading
    case .heading: self = .heading
    case .expectedExtent: self = .expectedExtent
    case .sizeOfDegrees: self = .sizeOfDegrees
    }
  }
}
