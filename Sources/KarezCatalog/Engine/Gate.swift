public import KarezCore
public import KarezGeometry
public import KarezRules
public import KarezStore

/// 质检: examines a draft before it is recorded.
///
/// Rows are read in pages, polygons are laid out in a temporary file and matched edge by edge, so
/// memory does not grow with their geometry. Rings are judged in the coordinates the source wrote
/// (`DraftRow.source`) where they are at hand: a conversion moves vertices by nanometres, which is
/// enough to make rings that touch cross.
///
/// - Accuracy: overlaps are those of more statutory area than the tolerance; held by
///   `RealFarmsTests` on 2,008 real farms.
public struct Gate: Sendable {
  /// How far an examination is.
  public struct Progress: Hashable, Sendable {
    public enum Phase: String, CaseIterable, Hashable, Sendable {
      case features
      case coverage
      case context
    }

    public let phase: Phase
    public let done: Int
    public let total: Int?
  }

  /// What a draft is compared with.
  public struct Setting: Sendable {
    /// Code tables by name, all editions.
    public var tables: [String: CodeTable]
    public var parameters: [Parameter]
    public var functions: [NativeFunction]
    /// The region in degrees, if there is one.
    public var extent: BoundingBox?
    /// That of the rows' `source` coordinates.
    public var crs: CoordinateReferenceSystem?
    /// The first day of the draft's validity.
    public var day: LegalDate
    /// Whether the draft is the whole dataset, so that its sums can be compared.
    public var isWhole = true
    public var scope: Scope
    /// The folder temporary files are spooled into; a disk rather than memory.
    public var scratch: String

    public init(
      day: LegalDate, scratch: String, tables: [String: CodeTable] = [:],
      parameters: [Parameter] = [], functions: [NativeFunction] = [],
      extent: BoundingBox? = nil, crs: CoordinateReferenceSystem? = nil, scope: Scope = .all
    ) {
      self.tables = tables
      self.parameters = parameters
      self.functions = functions
      self.extent = extent
      self.crs = crs
      self.day = day
      self.scope = scope
      self.scratch = scratch
    }
  }

  let schema: DatasetSchema
  let profiles: [RuleProfile]
  let setting: Setting
  public let rules: GateRuleBook

  /// Whether the source's own coordinates are a plane to judge rings in.
  var judgesAsWritten: Bool { setting.crs.map { !$0.isGeographic } ?? false }

  /// Faults of no more square metres than this are noise.
  var toleranceM2: Double { rules.tolerance?.area.squareMetres ?? CoverageLimits.noiseM2 }

  /// What the conditions of profiles may name.
  var vocabulary: Vocabulary {
    RowVocabulary.vocabulary(
      of: schema, tables: Array(setting.tables.values), parameters: setting.parameters,
      functions: setting.functions)
  }

  /// A gate for one dataset; of the profiles those count that are for it, or for all.
  public init(schema: DatasetSchema, profiles: [RuleProfile] = [], setting: Setting) {
    self.schema = schema
    self.profiles = profiles.filter { $0.dataset == nil || $0.dataset == schema.id }
    self.setting = setting
    rules = GateRuleBook(for: schema.id, profiles: profiles)
  }

  /// Begins to examine a draft, whose rows are given as they come.
  ///
  /// `total` is how many rows there are, for progress.
  public func begin(
    _ draft: DraftID, in store: any OneMapStore, total: Int? = nil,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws(GateError) -> Examination {
    let recorded = try await GateError.asking { () throws(StoreError) in
      try await store.lastCommit()
    }
    let map = RecordedMap(
      store: store, scope: setting.scope, dataset: schema.id, day: setting.day,
      recorded: recorded)
    return try await Examination(self, of: draft, map, total: total, progress: progress)
  }

  /// Examines every row of a draft as it lies in the store.
  ///
  /// `earlier` is what was found while the rows were mapped, a report of this gate's `rules`; the
  /// answer begins with it. `total` is how many rows there are, for progress.
  public func examine(
    _ draft: DraftID, in store: any OneMapStore, earlier: GateReport, total: Int? = nil,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws(GateError) -> GateReport {
    let examination = try await begin(draft, in: store, total: total, progress: progress)
    let unreadable = Set(
      earlier.findings.lazy.filter { $0.rule == GateRule.geometryUnreadable.rawValue }
        .compactMap(\.row))
    var last: Int64 = 0
    while true {
      let after = last
      let rows = try await GateError.asking { () throws(StoreError) in
        try await store.rows(of: draft, after: after, limit: Self.pageLength)
      }
      try await examination.take(rows, unreadable: unreadable)
      last = rows.last?.row ?? last
      if rows.count < Self.pageLength { break }
    }
    return try await examination.report(after: earlier)
  }

  private static let pageLength = 1_000
}

/// Converts places of findings to degrees; a place that cannot be converted is left out.
final class PlaceConverter {
  private let converter: CoordinateConverter?

  init(from crs: CoordinateReferenceSystem?) {
    converter = crs.flatMap { try? CoordinateConverter(from: $0) }
  }

  func degrees(of position: Position) -> Position? { try? converter?.degrees(of: position) }
}
