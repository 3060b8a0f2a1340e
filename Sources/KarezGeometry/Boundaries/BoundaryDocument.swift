public import KarezCore

/// A boundary file that has been read: its parcels, and what its coordinates are and why.
public struct BoundaryDocument: Hashable, Sendable {
  public enum Format: String, CaseIterable, Hashable, Sendable {
    /// 报批坐标 TXT.
    case coordinateText = "txt"
    case vertexTable = "csv"
    case wkt
    case geoJSON = "geojson"
  }

  /// One parcel of the file, as the file describes it.
  public struct Parcel: Hashable, Sendable {
    public var id: String
    public var name: String
    public var use: String
    public var mapSheet: String
    public var landClass: String
    public var declaredArea: Area?
    /// In the document's system, east before north.
    public var geometry: MultiPolygon
    /// The line it begins at.
    public var line: Int?
    public var doubts: [BoundaryDoubt]

    public init(
      id: String, name: String = "", geometry: MultiPolygon, line: Int? = nil,
      doubts: [BoundaryDoubt] = []
    ) {
      self.id = id
      self.name = name
      self.use = ""
      self.mapSheet = ""
      self.landClass = ""
      self.geometry = geometry
      self.line = line
      self.doubts = doubts
    }
  }

  public let format: Format
  public let encoding: TextEncoding
  public let crs: CoordinateReferenceSystem
  public let evidence: CRSEvidence
  public let parcels: [Parcel]
  /// Doubts about the whole file; each parcel has its own besides.
  public let doubts: [BoundaryDoubt]
  /// Keys and values of a heading, such as 数据产生单位.
  public let heading: [String: String]
}

extension BoundaryDocument {
  /// What a reader was told besides the bytes.
  public struct Options: Hashable, Sendable {
    /// A system the user states; it is held against the numbers.
    public var crs: CoordinateReferenceSystem?
    /// Where the boundary should lie, in degrees of EPSG:4490.
    public var extent: BoundingBox?

    public init(crs: CoordinateReferenceSystem? = nil, extent: BoundingBox? = nil) {
      self.crs = crs
      self.extent = extent
    }
  }

  /// The format the bytes are in, judged by what they say and not by the file's name; nil for
  /// anything but text of the four kinds.
  public static func format(of bytes: [UInt8]) -> Format? {
    guard let text = try? TextEncoding.decode(Array(bytes.prefix(65_536))).text else {
      // A character may be cut at the end of the prefix; a byte or three less, and it is whole.
      let shorter = (1...3).lazy.compactMap {
        try? TextEncoding.decode(Array(bytes.prefix(65_536 - $0))).text
      }
      guard bytes.count > 65_536, let text = shorter.first else { return nil }
      return format(of: text)
    }
    return format(of: text)
  }

  static func format(of text: String) -> Format? {
    let start = text.unicodeScalars.drop { $0.properties.isWhitespace }
    guard let first = start.first else { return nil }
    if first == "{" { return .geoJSON }
    let word = String(String.UnicodeScalarView(start.prefix { $0.properties.isAlphabetic }))
      .uppercased()
    let isNamed = ["POINT", "LINESTRING", "POLYGON", "MULTI", "SRID", "GEOMETRY", "CURVE"]
      .contains { word.hasPrefix($0) }
    // A table may have a column called point; a geometry's name is followed by a bracket.
    if isNamed, start.prefix(200).contains("(") || word.hasSuffix("EMPTY") { return .wkt }
    if text.contains("[地块坐标]") || text.contains("[属性描述]") || text.contains("@") {
      return .coordinateText
    }
    return start.contains { ("0"..."9").contains($0) } ? .vertexTable : nil
  }

  /// Reads a boundary in whichever of the four text formats the bytes are.
  ///
  /// - Errors: with the line (or byte), parcel, ring and vertex; `noGeometry` for a file that has
  ///   none, `unknownCRS` when nothing says what its numbers are.
  public init(reading bytes: [UInt8], options: Options = Options()) throws(GeometryError) {
    let (text, encoding) = try TextEncoding.decode(bytes)
    switch Self.format(of: text) {
    case .coordinateText:
      var reader = CoordinateTextReader()
      self = try reader.document(text, encoding: encoding, options: options)
    case .vertexTable:
      var reader = VertexTableReader()
      self = try reader.document(text, encoding: encoding, options: options)
    case .wkt: try self.init(wkt: text, encoding: encoding, options: options)
    case .geoJSON: try self.init(geoJSON: text, encoding: encoding, options: options)
    case nil: throw .noGeometry
    }
  }

  /// Puts a document together from parcels whose positions stand in the file's column order.
  init(
    _ format: Format, encoding: TextEncoding, parcels: [Parcel],
    hints: CoordinateJudgement.Hints, doubts: [BoundaryDoubt] = [], heading: [String: String] = [:]
  ) throws(GeometryError) {
    var box: BoundingBox?
    for parcel in parcels {
      guard let next = parcel.geometry.boundingBox else { continue }
      box = box?.union(next) ?? next
    }
    guard let box else { throw .noGeometry }
    let judgement = try CoordinateJudgement(columns: box, hints: hints)
    let oriented = parcels.map { parcel in
      guard judgement.firstIsNorth else { return parcel }
      var turned = parcel
      turned.geometry = parcel.geometry.mapped { Position(x: $0.y, y: $0.x) }
      return turned
    }
    self.format = format
    self.encoding = encoding
    self.crs = judgement.crs
    self.evidence = judgement.evidence
    self.parcels = try Self.compared(oriented, in: judgement.crs)
    self.doubts = doubts + judgement.doubts + Self.repeatedIDs(of: parcels)
    self.heading = heading
  }

  private static func repeatedIDs(of parcels: [Parcel]) -> [BoundaryDoubt] {
    var seen: Set<String> = []
    var repeated: [String] = []
    for parcel in parcels where !parcel.id.isEmpty && !seen.insert(parcel.id).inserted {
      if !repeated.contains(parcel.id) { repeated.append(parcel.id) }
    }
    return repeated.map(BoundaryDoubt.parcelIDRepeated)
  }

  /// The parcels, with a doubt where a declared area is neither the planar nor the statutory.
  private static func compared(
    _ parcels: [Parcel], in crs: CoordinateReferenceSystem
  ) throws(GeometryError) -> [Parcel] {
    guard parcels.contains(where: { $0.declaredArea != nil }) else { return parcels }
    let converter = try CoordinateConverter(from: crs)
    var compared: [Parcel] = []
    for (index, parcel) in parcels.enumerated() {
      var parcel = parcel
      if let declared = parcel.declaredArea {
        let statutory: Area
        do throws(GeometryError) {
          statutory = try converter.degrees(of: parcel.geometry).statutoryArea()
        } catch {
          throw error.located(at: InputPlace(line: parcel.line, feature: index + 1))
        }
        let planar = crs.isGeographic ? statutory : parcel.geometry.planarArea()
        // Four decimals of a hectare are a square metre; the last may be rounded either way.
        let isNear = [planar, statutory].contains {
          abs($0.squareMetres - declared.squareMetres) <= 1
        }
        if !isNear {
          parcel.doubts.append(
            .declaredAreaDiffers(declared: declared, planar: planar, statutory: statutory))
        }
      }
      compared.append(parcel)
    }
    return compared
  }
}
