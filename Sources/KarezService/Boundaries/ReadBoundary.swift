public import KarezCore
public import KarezGeometry

/// A project boundary after reading: every vertex in EPSG:4490, none added, none dropped.
public struct ReadBoundary: Hashable, Sendable {
  public struct Parcel: Hashable, Sendable {
    public let id: String
    public let name: String
    public let geometry: MultiPolygon
    public let statutoryArea: Area
    /// 平面面积 in the file's own projected CRS; nil for degrees.
    public let planarArea: Area?
    public let warnings: [BoundaryWarning]

    public init(
      id: String, name: String, geometry: MultiPolygon, statutoryArea: Area, planarArea: Area?,
      warnings: [BoundaryWarning]
    ) {
      self.id = id
      self.name = name
      self.geometry = geometry
      self.statutoryArea = statutoryArea
      self.planarArea = planarArea
      self.warnings = warnings
    }
  }

  public let parcels: [Parcel]
  /// How many parcels the boundary was given as.
  public let parcelCount: Int
  public let crs: String
  public let crsReason: LocalizedText
  public let warnings: [BoundaryWarning]

  public init(
    parcels: [Parcel], crs: String, crsReason: LocalizedText, warnings: [BoundaryWarning],
    parcelCount: Int? = nil
  ) {
    self.parcelCount = parcelCount ?? parcels.count
    self.parcels = parcels
    self.crs = crs
    self.crsReason = crsReason
    self.warnings = warnings
  }
}

extension ReadBoundary {
  /// The boundary of an earlier answer, to be asked about again on another day or for another
  /// purpose: what it was read from, and what was doubtful, stays with it.
  public init(of answer: ComplianceAnswer) { self.init(of: answer.boundary) }

  init(of boundary: AnsweredBoundary) {
    self.init(
      parcels: [
        Parcel(
          id: "1", name: "", geometry: boundary.geometry, statutoryArea: boundary.statutoryArea,
          planarArea: nil, warnings: [])
      ], crs: boundary.crs, crsReason: boundary.crsReason, warnings: boundary.warnings,
      parcelCount: boundary.parcels)
  }
}
