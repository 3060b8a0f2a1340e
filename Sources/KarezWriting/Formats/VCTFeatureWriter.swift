import KarezCore
import KarezGeometry
import KarezReading

/// Writes a layer as a VCT 3.0 file, polygons from shared lines, in the encoding such files are
/// read in: GB18030.
///
/// Line breaks in texts become spaces, because a row is a line, and coordinates are rounded to a
/// ten-thousandth of a millimetre. The table and its fields have the exchange standard's names where the schema knows them.
final class VCTFeatureWriter: FeatureWriter {
  private let layer: OutputLayer
  private let text: OutputText
  private var writer: VCTWriter

  init(path: String, layer: OutputLayer) throws(WritingError) {
    self.layer = layer
    text = try OutputText(path: path)
    do throws(VCTOutputError) {
      writer = try VCTWriter(crs: layer.crs)
    } catch {
      throw .layer(.crsUnsupported(layer.crs))
    }
    let known = Self.tables[layer.name]
    writer.begin(
      VCTOutputLayer(
        code: known?.code ?? "9900000000", title: layer.title.zh.replacing(",", with: "，"),
        table: known?.table ?? String(layer.name.uppercased().map { $0 == "-" ? "_" : $0 }),
        geometry: layer.geometry,
        fields: layer.fields.map { .init(name: Self.name(of: $0), type: $0.type) }))
  }

  private static func name(of field: OutputField) -> String {
    field.source ?? field.name.uppercased()
  }

  /// 要素代码 and table of the land survey's database.
  ///
  /// - Source: TD/T 1057-2020, as files in use have them. Others get a code no standard has.
  private static let tables = ["land-patches": (table: "DLTB", code: "2001010100")]

  func append(_ features: [OutputFeature]) throws(WritingError) {
    for feature in features {
      do throws(VCTOutputError) {
        try writer.add(feature.geometry, values: feature.values)
      } catch {
        throw Self.reason(error, of: feature, in: layer)
      }
    }
  }

  func finish() throws(WritingError) {
    do {
      try writer.write { bytes in
        text.bytes += bytes
        try text.settle()
      }
    } catch let error as WritingError {
      throw error
    } catch {
      throw .layer(.nameUnusable(name: "Separator"))
    }
    try text.finish()
  }

  private static func reason(
    _ error: VCTOutputError, of feature: OutputFeature, in layer: OutputLayer
  ) -> WritingError {
    func place(_ row: Int) -> OutputPlace { OutputPlace(row: row, feature: feature.id) }
    func own(_ name: String) -> String {
      layer.fields.first { Self.name(of: $0) == name }?.name ?? name
    }
    switch error {
    case .geometryMissing(let row): return .shape(.missing, at: place(row))
    case .geometryKind(let row), .valueCount(let row):
      return .shape(.kind(layer.geometry), at: place(row))
    case .coordinateOutOfRange(let row):
      return .shape(.coordinates(.positionOutOfRange(index: 0)), at: place(row))
    case .notFinite(let row, let field):
      return .value(.notFinite, field: own(field), at: place(row))
    case .notInEncoding(let row, let field):
      return .value(.notInEncoding(name: "GB18030"), field: own(field), at: place(row))
    case .systemUnsupported(let crs): return .layer(.crsUnsupported(crs))
    case .noSeparator: return .layer(.nameUnusable(name: "Separator"))
    }
  }
}
