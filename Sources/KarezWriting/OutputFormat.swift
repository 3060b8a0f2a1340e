/// The formats a layer can be written in.
public enum OutputFormat: String, CaseIterable, Hashable, Sendable {
  case geopackage = "gpkg"
  case geojson
  case csv
  case parquet
  case vct
  /// A ZIP archive of the files a Shapefile consists of.
  case shapefile = "shp"
  /// A ZIP archive of the folder a FileGDB is.
  case fileGDB = "fgdb"
  case gml
  case kml
  case dxf
  /// 报批坐标 TXT.
  case boundaryText = "txt"
  /// 表格: the attributes without their geometry.
  case xlsx
}

/// How a layer is written where the format leaves it open.
public struct WritingOptions: Hashable, Sendable {
  /// The encoding of text in formats that have a choice.
  public enum Encoding: String, CaseIterable, Hashable, Sendable {
    case utf8 = "utf-8"
    case gbk
  }

  public var encoding: Encoding
  /// When the state was recorded (RFC 3339), for formats that keep a time; never the clock's, so
  /// that the same state gives the same bytes.
  public var writtenAt: String
  /// Who answers for the data, for formats that say so.
  public var producer: String

  public init(
    encoding: Encoding = .utf8, writtenAt: String = "1970-01-01T00:00:00.000Z",
    producer: String = ""
  ) {
    self.encoding = encoding
    self.writtenAt = writtenAt
    self.producer = producer
  }
}
