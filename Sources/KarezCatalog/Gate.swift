public import KarezCore
public import KarezGeometry
public import KarezStore

/// 质检: examines a draft before it is recorded.
///
/// Rows are read in pages and windows, so memory does not grow with their geometry. Rings are
/// judged in the coordinates the source wrote (`DraftRow.source`) where they are at hand: a
/// conversion moves vertices by nanometres, which is enough to make rings that touch cross.
///
/// - Accuracy: overlaps are those of more than 0.01 m² of statutory area; held by
///   `RealFarmsTests` on 2,008 real farms.
public struct Gate: Sendable {
  /// How far an examination is.
  public struct Progress: Hashable, Sendable {
    public enum Phase: String, CaseIterable, Hashable, Sendable {
      case features
      case overlaps
    }

    public let phase: Phase
    public let done: Int
    public let total: Int?
  }

  /// More than this is an overlap.
  static let overlapM2 = 0.01

  let schema: DatasetSchema
  let codes: [String: Set<String>]
  let extent: BoundingBox?
  let crs: CoordinateReferenceSystem?
  let findingsPerRule: Int

  /// Whether the source's own coordinates are a plane to judge rings and overlaps in.
  var judgesAsWritten: Bool { crs.map { !$0.isGeographic } ?? false }

  /// A gate for one dataset.
  ///
  /// `codes` are the code tables by name; `extent` is the region in degrees, if there is one;
  /// `crs` is that of the rows' `source` coordinates. Of each rule at most `findingsPerRule`
  /// findings are kept; they are counted all the same.
  public init(
    schema: DatasetSchema, codes: [String: Set<String>] = [:], extent: BoundingBox? = nil,
    crs: CoordinateReferenceSystem? = nil, findingsPerRule: Int = 10_000
  ) {
    self.schema = schema
    self.codes = codes
    self.extent = extent
    self.crs = crs
    self.findingsPerRule = findingsPerRule
  }

  /// Examines every row of a draft.
  ///
  /// `earlier` is what was found while the rows were mapped; the report begins with it.
  public func examine(
    _ draft: DraftID, in store: any OneMapStore, earlier: GateReport = GateReport(),
    progress: @Sendable (Progress) -> Void = { _ in }
  ) async throws(StoreError) -> GateReport {
    let places = PlaceConverter(from: crs)
    var examination = FeatureExamination(gate: self, places: places, earlier: earlier)
    var last: Int64 = 0
    while true {
      let rows = try await store.rows(of: draft, after: last, limit: 1_000)
      for row in rows {
        examination.examine(row)
        last = row.row
      }
      if rows.count < 1_000 { break }
      progress(Progress(phase: .features, done: examination.report.examined, total: nil))
    }
    guard schema.isCoverage, schema.geometry == .polygon else { return examination.report }
    let search = OverlapSearch(gate: self, places: places, layout: examination.layout)
    return try await search.search(
      draft, in: store, adding: examination.report, progress: progress)
  }
}

/// Converts places of findings to degrees; a place that cannot be converted is left out.
final class PlaceConverter {
  private let converter: CoordinateConverter?

  init(from crs: CoordinateReferenceSystem?) {
    converter = crs.flatMap { try? CoordinateConverter(from: $0) }
  }

  func degrees(of position: Position) -> Position? { try? converter?.degrees(of: position) }

  func statutoryArea(of multi: MultiPolygon) -> Area? {
    (try? converter?.degrees(of: multi))?.statutoryArea()
  }
}
