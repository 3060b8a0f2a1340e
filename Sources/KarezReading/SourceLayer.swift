public import KarezCore

/// What kind of file the bytes are, whatever the file is called.
public enum SourceFormat: String, CaseIterable, Hashable, Sendable {
  case shapefile
  case geopackage
  case geojson
  case fileGDB = "filegdb"
  case kml
  case dxf
  case flatGeobuf = "flatgeobuf"
  /// 报批坐标: the text of boundary points a project is submitted with.
  case boundaryText = "boundary-txt"
  case wkt
  /// A table of vertices.
  case vertexTable = "vertex-csv"
  /// 地理空间数据交换格式, as the land surveys use it.
  case vct
  case gml
  /// A table with a column of WKT.
  case csv
  /// Written, not read.
  case xlsx
}

/// A coordinate reference system as far as the file states it.
public enum SourceCRS: Hashable, Sendable {
  case epsg(Int)
  /// 高斯-克吕格 zone of CGCS2000; `width` is 3 or 6, `prefixed` means eastings begin with the zone.
  case gaussKruger(zone: Int, width: Int, prefixed: Bool)
  case unknown
}

/// Why the CRS is what it is.
public enum CRSReason: String, CaseIterable, Hashable, Sendable {
  /// The file (or its .prj) says so by an authority's code.
  case statedCode = "stated-code"
  /// The file describes it, and the description matches.
  case statedDefinition = "stated-definition"
  /// The format prescribes it when the file says nothing.
  case formatDefault = "format-default"
  /// The caller declared it.
  case declared
  /// The first two of the easting's eight digits.
  case zonePrefix = "zone-prefix"
  /// The same, and the heading's zone number agrees.
  case zonePrefixAndHeading = "zone-prefix-and-heading"
  /// The heading's zone number alone.
  case heading
  /// The only zone that leads into the expected extent.
  case expectedExtent = "expected-extent"
  /// Numbers of the size of longitudes and latitudes.
  case sizeOfDegrees = "size-of-degrees"
  /// The file says nothing.
  case unstated
  /// The file describes something that matches no system known here.
  case unrecognised
}

/// How the encoding of text was found.
public enum EncodingReason: String, CaseIterable, Hashable, Sendable {
  /// The format has only one.
  case format
  /// The .cpg file says so.
  case sidecar
  /// The language byte of the .dbf says so.
  case languageByte = "language-byte"
  /// The bytes are valid in it, and unlikely in another.
  case bytes
  /// There is nothing but ASCII.
  case ascii
}

/// The encoding a layer's text was read in.
public struct SourceEncoding: Hashable, Sendable {
  /// IANA name: `UTF-8`, `GB18030`, `windows-1252`.
  public let name: String
  public let reason: EncodingReason

  public init(name: String, reason: EncodingReason) {
    self.name = name
    self.reason = reason
  }
}

/// Something to be said about a file that was read all the same.
public struct ReadWarning: Hashable, Sendable {
  /// Stable, kebab-case.
  public let code: String
  public let facts: [String: String]

  public init(code: String, facts: [String: String] = [:]) {
    self.code = code
    self.facts = facts
  }
}

/// One attribute of a layer as the file has it.
public struct SourceField: Hashable, Sendable {
  public let name: String
  public let type: AttributeType

  public init(name: String, type: AttributeType) {
    self.name = name
    self.type = type
  }
}

/// One layer (图层) of a file, before its features.
public struct SourceLayer: Hashable, Sendable {
  public var name: String
  /// What people call it, where the file says; empty where it does not.
  public var title: String
  public var format: SourceFormat
  public var geometry: GeometryKind
  public var crs: SourceCRS
  public var crsReason: CRSReason
  /// The name the file gives its CRS; empty where it gives none.
  public var crsName: String
  public var fields: [SourceField]
  public var encoding: SourceEncoding
  public var featureCount: Int64?
  public var warnings: [ReadWarning]

  public init(
    name: String, format: SourceFormat, geometry: GeometryKind = .polygon,
    crs: SourceCRS = .unknown, crsReason: CRSReason = .unstated, crsName: String = "",
    fields: [SourceField] = [],
    encoding: SourceEncoding = SourceEncoding(name: "UTF-8", reason: .format),
    featureCount: Int64? = nil, warnings: [ReadWarning] = [], title: String = ""
  ) {
    self.name = name
    self.title = title
    self.format = format
    self.geometry = geometry
    self.crs = crs
    self.crsReason = crsReason
    self.crsName = crsName
    self.fields = fields
    self.encoding = encoding
    self.featureCount = featureCount
    self.warnings = warnings
  }
}
