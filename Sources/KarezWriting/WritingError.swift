public import KarezCore
public import KarezGeometry
public import KarezReading
public import KarezStore
public import KarezTables

/// Why a layer was not written; carries facts, no sentences and no path of the server.
public enum WritingError: Error, Hashable, Sendable {
  /// A value the format cannot hold.
  case value(ValueFault, field: String, at: OutputPlace)
  /// A geometry the format cannot hold.
  case shape(ShapeFault, at: OutputPlace)
  /// The layer as such does not fit the format.
  case layer(LayerFault)
  /// The file could not be made.
  case file(TableError)
  case geopackage(StoreError)
  /// The sandboxed worker that writes formats of others.
  case worker(ReadingError)
  case cancelled
}

/// Which feature is meant: its row counts from 1.
public struct OutputPlace: Hashable, Sendable {
  public let row: Int
  public let feature: String

  public init(row: Int, feature: String) {
    self.row = row
    self.feature = feature
  }
}

/// What is wrong with a value for a format.
public enum ValueFault: Hashable, Sendable {
  case tooLong(bytes: Int, limit: Int)
  /// A character the format has no way to write.
  case character(scalar: UInt32)
  /// A character the chosen encoding lacks.
  case notInEncoding(name: String)
  case tooManyDigits(value: String, limit: Int)
  case notFinite
  /// A day before the first the format can tell.
  case dayTooEarly(first: LegalDate)
}

/// What is wrong with a geometry for a format.
public enum ShapeFault: Hashable, Sendable {
  case missing
  case kind(GeometryKind)
  case coordinates(GeometryError)
}

/// What is wrong with a layer for a format.
public enum LayerFault: Hashable, Sendable {
  case geometryUnsupported(GeometryKind)
  /// The format prescribes another system.
  case crsUnsupported(CoordinateReferenceSystem)
  /// Two attributes would have the same name in the file.
  case namesCollide(first: String, second: String, name: String)
  case nameUnusable(name: String)
  case tooManyFields(count: Int, limit: Int)
  case tooManyFeatures(limit: Int)
  case tooManyBytes(limit: Int64)
}
