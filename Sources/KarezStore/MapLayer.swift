public import KarezCore
import KarezCrypto
public import KarezGeometry

/// 状态图层: the polygons of a dataset as one state shows them to one reader, laid out for the kernel.
///
/// Polygons stand in one or more parts, and a part may hold more than the state shows; only what
/// `shows` admits is there. Rows of all parts are different from one another.
public struct MapLayer: Sendable {
  /// As the reader may know it.
  public let schema: DatasetSchema
  /// The last commit that changed the dataset, up to the one asked for; `.none` before the first.
  public let commit: CommitNumber
  /// The day from which its newest state is valid; nil when it never had one.
  public let currentTo: LegalDate?
  /// None for a dataset that is not of polygons.
  public let parts: [Part]
  /// Whether a layer file that was made earlier is among the parts.
  public let isSnapshot: Bool

  /// One layer, and what of it belongs to the state.
  public struct Part: Sendable {
    public let layer: Layer
    /// Rows that the state does not have.
    let hidden: Set<Int64>
    let days: CodeFilter?
    let region: RegionFilter
    /// Columns the reader may see, by attribute.
    let columns: [String: Int]
    /// The column that says where a polygon belongs; nil where its id does, or nothing that the
    /// reader may know.
    public let regionColumn: Int?

    /// Whether a polygon belongs to the state and to what the reader may see.
    ///
    /// What a damaged file says of a polygon counts as no.
    public func shows(_ polygon: Int) -> Bool {
      guard hidden.isEmpty || !hidden.contains(layer.row(of: polygon)),
        days?.admits(polygon, in: layer) ?? true
      else { return false }
      return region.admits(polygon, in: layer)
    }

    /// Whether an attribute's values are kept with the layer; others are asked for by row.
    public func holds(_ attribute: String) -> Bool { columns[attribute] != nil }

    /// The text of an attribute that the layer holds, or nil where the feature does not state it.
    public func text(
      of attribute: String, _ polygon: Int
    ) throws(LayerError) -> String? {
      guard let column = columns[attribute] else { return nil }
      let text = try layer.text(of: polygon, column: column)
      return text == LayerRows.unstated ? nil : text
    }
  }
}

extension MapLayer {
  /// All of a layer by itself, as a state that nobody recorded; its columns are attributes.
  public init(alone layer: Layer, as schema: DatasetSchema) {
    let columns = layer.columns.enumerated().map { ($0.element.name, $0.offset) }
    self.init(
      schema: schema, commit: .none, currentTo: nil,
      parts: [
        Part(
          layer: layer, hidden: [], days: nil, region: .everywhere,
          columns: Dictionary(columns) { first, _ in first }, regionColumn: nil)
      ], isSnapshot: false)
  }

  /// The box around the parts, which may hold more than the state shows; nil where there are none.
  public var extent: BoundingBox? {
    let boxes = parts.compactMap(\.layer.extent)
    return boxes.first.map { boxes.dropFirst().reduce($0) { $0.union($1) } }
  }

  /// SM3 over the spans of validity that the day asked for lies in.
  ///
  /// Days that have the same one show the same polygons of a commit. Nil where there are no parts
  /// to tell by.
  public var daysDigest: String? {
    guard !parts.isEmpty else { return nil }
    var spans: Set<String> = []
    for part in parts {
      guard let column = part.layer.column(named: LayerRows.days) else { return nil }
      for (code, span) in part.layer.columns[column].values.enumerated()
      where part.days?.isAdmitted[code] ?? true { spans.insert(span) }
    }
    return SM3.digest(Array(spans.sorted().joined(separator: "\n").utf8)).description
  }

  /// The same polygons, of a state that is valid from another day.
  func current(to day: LegalDate?) -> MapLayer {
    MapLayer(schema: schema, commit: commit, currentTo: day, parts: parts, isSnapshot: isSnapshot)
  }
}

/// Values of a column, admitted or not.
struct CodeFilter: Sendable {
  let column: Int
  let isAdmitted: [Bool]

  init(column: Int, of layer: Layer, _ isAdmitted: (String) -> Bool) {
    self.column = column
    self.isAdmitted = layer.columns[column].values.map(isAdmitted)
  }

  func admits(_ polygon: Int, in layer: Layer) -> Bool {
    guard let code = try? layer.code(of: polygon, column: column) else { return false }
    return isAdmitted[code]
  }
}

/// Which regions' polygons a reader may see.
enum RegionFilter: Sendable {
  case everywhere
  case nowhere
  case codes(CodeFilter)
  /// The feature's id begins with its region.
  case identifiers(prefixes: [[UInt8]])

  func admits(_ polygon: Int, in layer: Layer) -> Bool {
    switch self {
    case .everywhere: return true
    case .nowhere: return false
    case .codes(let filter): return filter.admits(polygon, in: layer)
    case .identifiers(let prefixes):
      guard let id = try? layer.idBytes(of: polygon) else { return false }
      return prefixes.contains { id.starts(with: $0) }
    }
  }
}
