public import KarezCore

/// A doubt about a boundary's coordinates, or a fact its reader should know; never an error.
///
/// Carries facts; sentences are made of them where the answer is written.
public enum BoundaryDoubt: Hashable, Sendable {
  /// 坐标轴颠倒: the columns stood in the other order than the format or their names say.
  case axesSwapped
  /// Eastings lack the zone's number that the format asks for.
  case zonePrefixMissing(zone: Int)
  /// The stated system has no zone prefix but the eastings carry one, the same zone's.
  case zonePrefixUnstated(zone: Int)
  /// No zone is stated; the only one that leads into the expected extent was taken.
  case zoneInferred(zone: Int)
  /// 带号 is not a zone of the grid and was not used.
  case zoneNotUsable(String)
  /// 坐标系 is missing or not one we know; CGCS2000 was taken.
  case datumNotStated(String)
  /// Degrees of unstated origin: were they GCJ-02, they would lie so far off here.
  case datumDoubtful(displacementMetres: Double)
  /// WGS 84 was taken as CGCS2000; the two agree to decimetres.
  case datumTakenAsEqual(crs: String)
  case outsideExpectedExtent(Position)
  case declaredAreaDiffers(declared: Area, planar: Area, statutory: Area)
  /// Rings whose first point was not repeated at the end; they were closed.
  case closingPointAbsent(rings: Int)
  case fieldCountUnusual(Int)
  case fullWidthPunctuation
  case parcelIDRepeated(String)

  /// Stable, kebab-case; programs may rely on it.
  public var code: String {
    switch self {
    case .axesSwapped: "axes-swapped"
    case .zonePrefixMissing: "zone-prefix-missing"
    case .zonePrefixUnstated: "zone-prefix-unstated"
    case .zoneInferred: "zone-inferred"
    case .zoneNotUsable: "zone-not-usable"
    case .datumNotStated: "datum-not-stated"
    case .datumDoubtful: "datum-doubtful"
    case .datumTakenAsEqual: "datum-taken-as-equal"
    case .outsideExpectedExtent: "outside-expected-extent"
    case .declaredAreaDiffers: "declared-area-differs"
    case .closingPointAbsent: "closing-point-absent"
    case .fieldCountUnusual: "field-count-unusual"
    case .fullWidthPunctuation: "full-width-punctuation"
    case .parcelIDRepeated: "parcel-id-repeated"
    }
  }

  /// The facts by name, as text, for transport and for the sentences.
  public var facts: [String: String] {
    switch self {
    case .axesSwapped, .fullWidthPunctuation: [:]
    case .zonePrefixMissing(let zone), .zonePrefixUnstated(let zone), .zoneInferred(let zone):
      ["zone": String(zone)]
    case .zoneNotUsable(let text), .datumNotStated(let text): ["text": text]
    case .datumDoubtful(let metres): ["metres": DecimalText.fixed(metres, decimals: 0)]
    case .datumTakenAsEqual(let crs): ["crs": crs]
    case .outsideExpectedExtent(let place):
      [
        "longitude": DecimalText.fixed(place.x, decimals: 6),
        "latitude": DecimalText.fixed(place.y, decimals: 6),
      ]
    case .declaredAreaDiffers(let declared, let planar, let statutory):
      ["declaredM2": declared.text, "planarM2": planar.text, "statutoryM2": statutory.text]
    case .closingPointAbsent(let rings): ["rings": String(rings)]
    case .fieldCountUnusual(let count): ["count": String(count)]
    case .parcelIDRepeated(let id): ["id": id]
    }
  }
}

/// Why a coordinate reference system was taken for the right one.
public enum CRSEvidence: Hashable, Sendable {
  /// The file or the caller named it.
  case stated(String)
  /// The first two of the easting's eight digits.
  case zonePrefix(Int)
  /// The same, and 带号 of the heading agrees.
  case zonePrefixAndHeading(Int)
  /// 带号 of the heading alone.
  case heading(Int)
  /// The only zone whose land lies in the expected extent.
  case expectedExtent(Int)
  /// Numbers of the size of longitudes and latitudes.
  case sizeOfDegrees

  /// Stable, kebab-case.
  public var code: String {
    switch self {
    case .stated: "stated"
    case .zonePrefix: "zone-prefix"
    case .zonePrefixAndHeading: "zone-prefix-and-heading"
    case .heading: "heading"
    case .expectedExtent: "expected-extent"
    case .sizeOfDegrees: "size-of-degrees"
    }
  }

  public var facts: [String: String] {
    switch self {
    case .stated(let text): ["text": text]
    case .zonePrefix(let zone), .zonePrefixAndHeading(let zone), .heading(let zone),
      .expectedExtent(let zone):
      ["zone": String(zone)]
    case .sizeOfDegrees: [:]
    }
  }
}
