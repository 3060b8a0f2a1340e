public import KarezCore
public import KarezGeometry

/// Why a part of a feature could not be taken; counts begin at 1.
public enum SourceFault: Hashable, Sendable {
  case ringNotClosed(part: Int, ring: Int)
  case ringTooShort(part: Int, ring: Int, vertices: Int)
  case notFinite(part: Int, ring: Int, vertex: Int)
  /// An open line where an area was meant (DXF).
  case lineNotClosed(vertices: Int)
  /// A curve, a surface, a collection: the name of the type.
  case unsupportedType(String)
  /// A feature without geometry in a layer of geometries.
  case empty
  /// The bytes of a text are not of the layer's encoding; the attribute is null.
  case textUndecodable(field: String)
  /// A control or direction-override character in a text; the attribute is null.
  case textForbidden(field: String, scalar: UInt32)
  /// The geometry is not written as its format wants.
  case malformed(what: String)
  /// An object of a VCT file is not as the format wants it.
  case vct(VCTObjectFault)
}

/// One feature of a file, in the file's own CRS.
///
/// - Shape: `fault` is the first thing wrong with it; `geometry` is nil where that concerns the
///   geometry.
public struct SourceFeature: Hashable, Sendable {
  /// 1, 2, 3 … in the order of the file.
  public var row: Int64
  /// The id the file gives it.
  public var fid: String
  public var geometry: Geometry?
  public var fault: SourceFault?
  public var attributes: NamedValues

  public init(
    row: Int64, fid: String, geometry: Geometry? = nil, fault: SourceFault? = nil,
    attributes: NamedValues = [:]
  ) {
    self.row = row
    self.fid = fid
    self.geometry = geometry
    self.fault = fault
    self.attributes = attributes
  }
}
