/// 叠加分析: areas of every polygon of one layer in another, grouped by an attribute of the other.
///
/// Left polygons are taken a stretch at a time, on as many threads as asked; results come out in
/// the order of the left layer, whatever thread was done first, so the same layers give the same
/// rows. Memory holds a few stretches. The layers are immutable, so an edit during the job
/// changes nothing of it.
public struct OverlayBatch: Sendable {
  /// The plane areas are measured in.
  public enum Plane: Hashable, Sendable {
    /// Statutory square metres.
    case statutory
    /// Planar square metres of a Gauss-Krüger grid.
    case planar(GaussKruger)
  }

  /// Left polygons to a stretch.
  static let stretchLength = 1_024

  let left: [LayerSelection]
  let right: [LayerSelection]
  let groups: GroupIndex
  let plane: Plane
  private let threads: Int

  /// A job over two sets of layers; every right one has the column.
  public init(
    left: [LayerSelection], right: [LayerSelection], by column: String,
    plane: Plane = .statutory, threads: Int
  ) {
    precondition(
      right.allSatisfy { $0.layer.column(named: column) != nil }, "every layer has \(column)")
    self.left = left
    self.right = right
    self.plane = plane
    self.threads = max(1, threads)
    groups = GroupIndex(of: column, in: right)
  }

  /// The values of the attribute, which rows name by number.
  public var groupNames: [String] { groups.names }

  /// What one left polygon has of one group.
  public struct Row: Sendable {
    /// Its number in its layer.
    public let polygon: Int32
    public let group: Int32
    public let areaM2: Double
  }

  /// The rows of a stretch of left polygons, and how they came about.
  public struct Stretch: Sendable {
    /// Which of the left layers.
    public let part: Int
    public fileprivate(set) var rows: [Row] = []
    /// Polygons looked at.
    public fileprivate(set) var polygons = 0
    /// Pairs that overlap.
    public fileprivate(set) var pairs = 0
    /// Pairs the kernel would not vouch for, overlaid by GEOS.
    public fileprivate(set) var repaired = 0
  }

  /// Runs the job; `receive` is called for every stretch, in order.
  ///
  /// - Errors: `LayerError`, and whatever `receive` throws; cancellation between stretches.
  public func run(receive: (Stretch) async throws -> Void) async throws {
    for layer in (left + right).map(\.layer) { layer.readsThrough() }
    let stretches = left.enumerated().flatMap { part, selection in
      stride(from: 0, to: selection.layer.count, by: Self.stretchLength).map { (part, $0) }
    }
    try await withThrowingTaskGroup(of: (Int, Stretch).self) { tasks in
      var started = 0
      var running = 0
      var waiting: [Int: Stretch] = [:]
      for delivered in stretches.indices {
        while waiting[delivered] == nil {
          // As many at a time as there are threads, and ahead of the reader by a few and no more.
          while running < threads, started < min(stretches.count, delivered + 4 * threads) {
            let (number, (part, first)) = (started, stretches[started])
            tasks.addTask { (number, try measure(part, from: first)) }
            started += 1
            running += 1
          }
          guard let (number, stretch) = try await tasks.next() else { break }
          running -= 1
          waiting[number] = stretch
        }
        if let stretch = waiting.removeValue(forKey: delivered) { try await receive(stretch) }
      }
    }
  }

  private func measure(_ part: Int, from first: Int) throws -> Stretch {
    try Task.checkCancellation()
    var stretch = Stretch(part: part)
    let selection = left[part]
    guard right.allSatisfy(\.layer.isWhole), selection.layer.isWhole else {
      throw selection.layer.damaged("length")
    }
    let worker = OverlayWorker(self)
    let end = min(first + Self.stretchLength, selection.layer.count)
    for number in first..<end where selection.admits?(number) ?? true {
      stretch.polygons += 1
      let (pairs, repaired) = try worker.measure(number, of: selection.layer)
      stretch.pairs += pairs
      stretch.repaired += repaired
      worker.take { group, area in
        stretch.rows.append(
          Row(polygon: Int32(number), group: Int32(group), areaM2: area))
      }
    }
    return stretch
  }
}
