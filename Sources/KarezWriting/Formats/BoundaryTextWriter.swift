import KarezCore
import KarezGeometry

/// Writes a layer of polygons as 报批坐标 TXT, in UTF-8 or GBK.
///
/// The zone is the layer's, or that of the middle of what is written. The format knows a parcel's
/// number, name, use, map sheet, class and area; of other attributes it has none.
final class BoundaryTextWriter: FeatureWriter {
  private let path: String
  private let layer: OutputLayer
  private let options: WritingOptions
  private let places: [Place: Int]
  private let converter: CoordinateConverter
  private var parcels: [BoundaryDocument.Parcel] = []
  private var parted = 0
  private var bytes = 0

  /// What a parcel is described by.
  private enum Place: String, CaseIterable {
    case name
    case use
    case mapSheet = "map_sheet"
    case landClass = "land_class"
    case declaredArea = "declared_area_m2"
  }

  /// Whole texts are held, as they are where they are read.
  private static let mostBytes = 64 << 20

  init(path: String, layer: OutputLayer, options: WritingOptions) throws(WritingError) {
    guard layer.geometry == .polygon else { throw .layer(.geometryUnsupported(layer.geometry)) }
    self.path = path
    self.layer = layer
    self.options = options
    let found = Place.allCases.compactMap { place in
      layer.fields.firstIndex { $0.name == place.rawValue }.map { (place, $0) }
    }
    places = Dictionary(found, uniquingKeysWith: { first, _ in first })
    do throws(GeometryError) {
      converter = try CoordinateConverter(from: layer.crs)
    } catch {
      throw .layer(.crsUnsupported(layer.crs))
    }
  }

  func append(_ features: [OutputFeature]) throws(WritingError) {
    for feature in features {
      let place = OutputPlace(row: parcels.count + 1, feature: feature.id)
      guard let geometry = feature.geometry else { throw .shape(.missing, at: place) }
      guard case .polygons(let multi) = geometry else {
        throw .shape(.kind(layer.geometry), at: place)
      }
      let degrees: MultiPolygon
      do throws(GeometryError) {
        degrees = try converter.degrees(of: multi)
      } catch {
        throw .shape(.coordinates(error), at: place)
      }
      var parcel = BoundaryDocument.Parcel(
        id: try plain(feature.id, layer.identifier, at: place), geometry: degrees)
      parcel.name = try text(.name, of: feature, at: place)
      parcel.use = try text(.use, of: feature, at: place)
      parcel.mapSheet = try text(.mapSheet, of: feature, at: place)
      parcel.landClass = try text(.landClass, of: feature, at: place)
      parcel.declaredArea = try area(of: feature, at: place)
      if multi.polygons.count > 1 { parted += 1 }
      parcels.append(parcel)
      // A line of a vertex has some forty bytes.
      bytes += 40 * multi.vertexCount + 200
      guard bytes <= Self.mostBytes else {
        throw .layer(.tooManyBytes(limit: Int64(Self.mostBytes)))
      }
    }
  }

  func finish() throws(WritingError) {
    let written = try document()
    let encoding = options.encoding == .gbk ? TextEncoding.gb18030 : .utf8
    let file = try OutputText(path: path)
    do throws(GeometryError) {
      file.bytes = try encoding.encode(written)
    } catch {
      throw .layer(.nameUnusable(name: options.producer))
    }
    try file.finish()
  }

  var notes: [OutputNote] {
    let known = Set(places.values.map { layer.fields[$0].name } + [layer.identifier])
    let others = layer.fields.map(\.name).filter { !known.contains($0) }
    return (others.isEmpty ? [] : [.fieldsLeftOut(others)])
      + (parted == 0 ? [] : [.partsParted(features: parted)])
  }

  private func document() throws(WritingError) -> String {
    let grid = try grid()
    guard
      let writer = CoordinateTextWriter(
        zone: grid.zone, width: grid.width, producer: options.producer,
        date: LegalDate(String(options.writtenAt.prefix(10))))
    else { throw .layer(.crsUnsupported(layer.crs)) }
    do throws(GeometryError) {
      return try writer.text(parcels)
    } catch {
      let row = error.place.feature ?? 1
      throw .shape(
        .coordinates(error), at: OutputPlace(row: row, feature: parcels[row - 1].id))
    }
  }

  private func grid() throws(WritingError) -> GaussKruger {
    if let grid = layer.crs.grid { return grid }
    var box: BoundingBox?
    for parcel in parcels {
      guard let next = parcel.geometry.boundingBox else { continue }
      box = box?.union(next) ?? next
    }
    let middle = box.map { ($0.minX + $0.maxX) / 2 } ?? 75
    guard let grid = GaussKruger(containing: middle, isPrefixed: true) else {
      throw .layer(.crsUnsupported(layer.crs))
    }
    return grid
  }

  // MARK: Attributes

  private func text(
    _ place: Place, of feature: OutputFeature, at row: OutputPlace
  ) throws(WritingError) -> String {
    guard let index = places[place] else { return "" }
    let field = layer.fields[index].name
    switch feature.values[index] {
    case .null: return ""
    case .text(let text): return try plain(text, field, at: row)
    case .integer(let number): return String(number)
    case .decimal(let number): return number.description
    case .boolean(let flag): return flag ? "是" : "否"
    case .date(let day): return day.description
    }
  }

  /// A text without what parts fields and lines; nothing is replaced in silence.
  private func plain(
    _ text: String, _ field: String, at place: OutputPlace
  ) throws(WritingError) -> String {
    let parting = text.unicodeScalars.first { scalar in
      scalar == "," || scalar == "@" || scalar == "\u{85}" || scalar == "\u{2028}"
        || scalar == "\u{2029}" || scalar.value < 0x20
    }
    if let parting { throw .value(.character(scalar: parting.value), field: field, at: place) }
    if options.encoding == .gbk, (try? TextEncoding.gb18030.encode(text)) == nil {
      throw .value(.notInEncoding(name: "GB18030"), field: field, at: place)
    }
    return text
  }

  private func area(
    of feature: OutputFeature, at place: OutputPlace
  ) throws(WritingError) -> Area? {
    guard let index = places[.declaredArea] else { return nil }
    switch feature.values[index] {
    case .decimal(let number):
      guard number.isFinite, number >= 0 else {
        throw .value(.notFinite, field: layer.fields[index].name, at: place)
      }
      return .squareMetres(number)
    case .integer(let number): return .squareMetres(Double(number))
    default: return nil
    }
  }
}
