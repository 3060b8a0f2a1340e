import KarezCore
import KarezGeometry
import KarezReading

/// What one of the formats of others can hold.
package struct LibraryRules {
  let format: SourceFormat
  /// The name of the encoding text is measured and written in.
  let encoding: String
  var mostFields = 2_000
  /// Longest text: bytes of the encoding, or 16-bit units in a spreadsheet.
  var mostText: Int?
  var mostDigits: Int?
  /// Widest number with its sign and point, where numbers are written out in columns.
  var mostColumns: Int?
  var mostFeatures: Int64?
  /// Largest file of a set.
  var mostBytes: Int64?
  /// Text must be of characters XML has.
  var isXML = false
  var holdsFields = true
  var holdsGeometry = true
  /// Whether a layer may be without geometry.
  var isTable = false
  var firstDay: LegalDate?

  package init?(_ format: OutputFormat, encoding: WritingOptions.Encoding) {
    let name = encoding == .gbk ? "GBK" : "UTF-8"
    self.encoding = format == .shapefile ? name : "UTF-8"
    switch format {
    case .shapefile:
      self.format = .shapefile
      (mostFields, mostText, mostDigits, mostColumns) = (255, 254, 18, 32)
      mostBytes = Int64(Int32.max)
    case .fileGDB:
      self.format = .fileGDB
      (mostDigits, isTable) = (15, true)
    case .gml:
      self.format = .gml
      (isXML, isTable) = (true, true)
    case .kml:
      self.format = .kml
      isXML = true
    case .dxf:
      self.format = .dxf
      holdsFields = false
    case .xlsx:
      self.format = .xlsx
      (isXML, isTable, holdsGeometry) = (true, true, false)
      (mostText, mostDigits, mostFeatures) = (32_767, 15, 1_048_575)
      // The spreadsheets' calendar has a 29th of February 1900.
      firstDay = LegalDate(year: 1_900, month: 3, day: 1)
    case .geopackage, .geojson, .csv, .parquet, .vct, .boundaryText: return nil
    }
  }

  /// The layer as it can be written.
  ///
  /// - Errors: `layer` where the format has no such layers.
  func check(_ layer: OutputLayer) throws(WritingError) {
    if layer.geometry == .none, !isTable { throw .layer(.geometryUnsupported(.none)) }
    if holdsFields, layer.fields.count > mostFields {
      throw .layer(.tooManyFields(count: layer.fields.count, limit: mostFields))
    }
    if format == .kml, layer.crs != .cgcs2000, layer.crs.epsg != 4_326 {
      throw .layer(.crsUnsupported(layer.crs))
    }
  }

  /// The system the file states.
  func crs(of layer: OutputLayer) -> SourceCRS {
    format == .kml ? .epsg(4_326) : SourceCRS(layer.crs)
  }
}
