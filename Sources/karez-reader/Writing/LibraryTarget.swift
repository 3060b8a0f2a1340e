import CGDAL
import Glibc
import KarezCore
import KarezGeometry
import KarezReading

/// A file of one layer that the library is writing.
final class LibraryTarget {
  private let layer: SourceLayer
  private let form: TargetForm
  private let encoder: TextEncoder
  private var dataset: Dataset?
  private let target: OGRLayerH
  /// Fields the format has of itself, before those of the layer.
  private let ownFields: Int32
  private let shapes: ShapeWriter

  init(_ layer: SourceLayer, _ form: TargetForm, _ request: Request) throws(ReadingError) {
    self.layer = layer
    self.form = form
    guard let encoder = TextEncoder(encoding: layer.encoding.name) else {
      throw .encodingUnknown(name: layer.encoding.name)
    }
    self.encoder = encoder
    if let folder = form.folder { mkdir(folder, 0o755) }
    shapes = ShapeWriter(layer, holdsSeveral: request.holdsSeveral)
    guard let driver = GDALGetDriverByName(form.driver) else {
      throw .workerUnusable(message: "no driver \(form.driver)")
    }
    let made = StringList(form.datasetOptions)
    let settings = StringList(form.layerOptions)
    let system = try Self.system(of: layer)
    defer { if let system { OSRRelease(system) } }
    guard
      let handle = GDALCreate(driver, form.path, 0, 0, 0, GDT_Unknown, made.list)
    else { throw .writeFailed(format: layer.format, row: 0, message: Self.complaint) }
    dataset = Dataset(handle: handle)
    guard
      let target = GDALDatasetCreateLayer(
        handle, layer.name, system, shapes.layerType, settings.list)
    else { throw .writeFailed(format: layer.format, row: 0, message: Self.complaint) }
    self.target = target
    ownFields = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(target))
    if layer.format != .dxf { try createFields(request.widths) }
    try check(row: 0)
  }

  private static var complaint: String { Library.takeComplaint() ?? "" }

  private func check(row: Int64) throws(ReadingError) {
    if let message = Library.takeComplaint() {
      throw .writeFailed(format: layer.format, row: row, message: message)
    }
  }

  /// The layer's system, with east before north as our positions have it.
  private static func system(of layer: SourceLayer) throws(ReadingError) -> OGRSpatialReferenceH? {
    guard layer.format != .dxf, layer.format != .xlsx, layer.crs != .unknown else { return nil }
    guard let system = OSRNewSpatialReference(nil) else { return nil }
    OSRSetAxisMappingStrategy(system, OAMS_TRADITIONAL_GIS_ORDER)
    switch layer.crs {
    case .epsg(let code):
      guard OSRImportFromEPSG(system, Int32(clamping: code)) == OGRERR_NONE else {
        throw .writeFailed(format: layer.format, row: 0, message: complaint)
      }
    case .gaussKruger(let zone, let width, let prefixed):
      let meridian = Double(width == 3 ? 3 * zone : 6 * zone - 3)
      OSRSetProjCS(system, "CGCS2000 / \(width)-degree Gauss-Kruger zone \(zone)")
      OSRSetWellKnownGeogCS(system, "EPSG:4490")
      OSRSetTM(system, 0, meridian, 1, 500_000 + (prefixed ? Double(zone) * 1e6 : 0), 0)
    case .unknown: break
    }
    return system
  }

  // MARK: Fields

  private func createFields(_ widths: [LibraryOrder.Width]) throws(ReadingError) {
    guard widths.count == layer.fields.count else { throw .workerUnusable(message: "widths") }
    for (field, width) in zip(layer.fields, widths) {
      let name = try text(field.name, row: 0)
      guard let definition = OGR_Fld_Create(name, type(of: field.type, width)) else { continue }
      defer { OGR_Fld_Destroy(definition) }
      if layer.format == .shapefile, field.type != .date {
        OGR_Fld_SetWidth(definition, Int32(clamping: width.characters))
        OGR_Fld_SetPrecision(definition, Int32(clamping: width.decimals))
      }
      if field.type == .boolean, layer.format == .xlsx {
        OGR_Fld_SetSubType(definition, OFSTBoolean)
      }
      guard OGR_L_CreateField(target, definition, 0) == OGRERR_NONE else {
        throw .writeFailed(format: layer.format, row: 0, message: Self.complaint)
      }
    }
  }

  private func type(of type: AttributeType, _ width: LibraryOrder.Width) -> OGRFieldType {
    if form.isText { return OFTString }
    switch type {
    case .text: return OFTString
    case .integer:
      guard layer.format == .fileGDB else { return OFTInteger64 }
      // The format of the time has no integers of 64 bits; doubles hold what was let through.
      return width.characters <= 9 ? OFTInteger : OFTReal
    case .decimal: return OFTReal
    case .boolean: return OFTInteger
    case .date: return layer.format == .fileGDB ? OFTDateTime : OFTDate
    }
  }

  private func text(_ text: String, row: Int64) throws(ReadingError) -> [CChar] {
    guard let bytes = encoder.encode(text) else {
      throw .writeFailed(format: layer.format, row: row, message: layer.encoding.name)
    }
    return bytes.map { CChar(bitPattern: $0) } + [0]
  }

  // MARK: Features

  func add(_ feature: SourceFeature, row: Int64) throws(ReadingError) {
    guard let geometry = feature.geometry, layer.format != .xlsx else {
      return try write(nil, feature, row: row)
    }
    for shape in shapes.shapes(of: geometry) { try write(shape, feature, row: row) }
  }

  private func write(
    _ geometry: Geometry?, _ source: SourceFeature, row: Int64
  ) throws(ReadingError) {
    guard let definition = OGR_L_GetLayerDefn(target), let feature = OGR_F_Create(definition) else {
      throw .writeFailed(format: layer.format, row: row, message: Self.complaint)
    }
    defer { OGR_F_Destroy(feature) }
    if let geometry {
      guard let shape = shapes.library(geometry) else {
        throw .writeFailed(format: layer.format, row: row, message: Self.complaint)
      }
      OGR_F_SetGeometryDirectly(feature, shape)
    }
    if layer.format == .dxf {
      OGR_F_SetFieldString(feature, OGR_F_GetFieldIndex(feature, "Layer"), layer.name)
    } else {
      for (index, field) in layer.fields.enumerated() {
        let value = source.attributes[field.name] ?? .null
        try set(value, ownFields + Int32(index), in: feature, row: row)
      }
    }
    guard OGR_L_CreateFeature(target, feature) == OGRERR_NONE else {
      throw .writeFailed(format: layer.format, row: row, message: Self.complaint)
    }
    try check(row: row)
  }

  private func set(
    _ value: AttributeValue, _ index: Int32, in feature: OGRFeatureH, row: Int64
  ) throws(ReadingError) {
    if form.isText {
      if let shown = value.plain {
        OGR_F_SetFieldString(feature, index, try text(shown, row: row))
      }
      return
    }
    switch value {
    // What is not set is nothing in every format; a null of its own only GML would tell from it.
    case .null: break
    case .text(let value): OGR_F_SetFieldString(feature, index, try text(value, row: row))
    case .integer(let number): OGR_F_SetFieldInteger64(feature, index, number)
    case .decimal(let number): OGR_F_SetFieldDouble(feature, index, number)
    case .boolean(let flag): OGR_F_SetFieldInteger(feature, index, flag ? 1 : 0)
    case .date(let day):
      OGR_F_SetFieldDateTime(
        feature, index, Int32(day.year), Int32(day.month), Int32(day.day), 0, 0, 0, 0)
    }
  }

  /// Closes the file, and packs it where the format is of several.
  func finish(_ beat: () -> Void) throws(ReadingError) {
    dataset = nil
    try check(row: 0)
    guard let folder = form.folder else {
      guard rename(form.path, TargetForm.result) == 0 else {
        throw .writeFailed(format: layer.format, row: 0, message: "not written")
      }
      return
    }
    if layer.format == .shapefile { try TableMarks.set(for: form.path, layer.encoding.name) }
    do throws(ZipOutput.Failure) {
      try ZipOutput.pack(folder, into: TargetForm.result, beat)
    } catch {
      throw .writeFailed(format: layer.format, row: 0, message: Self.complaint)
    }
  }
}

extension AttributeValue {
  /// The value as text that reads back as the same value; nil for nothing.
  fileprivate var plain: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number): number.description
    case .boolean(let flag): flag ? "true" : "false"
    case .date(let day): day.description
    }
  }
}
