import KarezCore

/// 流程图布局: where each state of a procedure stands when it is drawn, in layers from the left.
///
/// - Shape: the same definition gives the same layout: layers by the longest way from the
///   beginning, steps back left out; in a layer by the mean place of those before.
/// - Units: points of a screen, from the upper left corner.
public struct WorkflowLayout: Hashable, Sendable {
  public struct Box: Hashable, Sendable {
    public let id: String
    public let x: Int
    public let y: Int
    public let width: Int
    public let height: Int

    public var middle: (x: Int, y: Int) { (x + width / 2, y + height / 2) }
  }

  /// One arrow of a transition, from a state to another.
  public struct Arrow: Hashable, Sendable {
    public let transition: String
    public let from: String
    public let to: String
    /// Goes back to an earlier layer, or stays in its own.
    public let isBack: Bool
  }

  static let boxWidth = 132
  static let boxHeight = 44
  static let gapX = 76
  static let gapY = 28
  static let margin = 24

  /// In the order of the definition.
  public let boxes: [Box]
  public let arrows: [Arrow]
  public let width: Int
  public let height: Int

  public init(_ definition: WorkflowDefinition) {
    let ids = definition.states.map(\.id)
    var arrows: [(transition: String, from: String, to: String)] = []
    for transition in definition.transitions {
      // What ends a case from anywhere would cross out everything else; it is drawn once.
      let origins =
        transition.clears ? Array(transition.origin.states.prefix(1)) : transition.origin.states
      for from in origins {
        for to in transition.to { arrows.append((transition.id, from, to)) }
      }
    }
    let layers = Self.layers(ids, arrows.map { ($0.from, $0.to) })
    let columns = Self.ordered(ids, layers, arrows.map { ($0.from, $0.to) })
    let tallest = columns.map(\.count).max() ?? 0
    var places: [String: Box] = [:]
    for (column, names) in columns.enumerated() {
      let top = (tallest - names.count) * (Self.boxHeight + Self.gapY) / 2
      for (row, id) in names.enumerated() {
        places[id] = Box(
          id: id, x: Self.margin + column * (Self.boxWidth + Self.gapX),
          y: Self.margin + top + row * (Self.boxHeight + Self.gapY), width: Self.boxWidth,
          height: Self.boxHeight)
      }
    }
    boxes = ids.compactMap { places[$0] }
    self.arrows = arrows.map { arrow in
      Arrow(
        transition: arrow.transition, from: arrow.from, to: arrow.to,
        isBack: (layers[arrow.from] ?? 0) >= (layers[arrow.to] ?? 0))
    }
    width = 2 * Self.margin + columns.count * (Self.boxWidth + Self.gapX) - Self.gapX
    // Room below for the steps that go back.
    height = 2 * Self.margin + tallest * (Self.boxHeight + Self.gapY) + 2 * Self.gapY
  }

  public func box(_ id: String) -> Box? { boxes.first { $0.id == id } }

  // MARK: Layers

  /// The longest way from the first state to each, along steps that do not go back.
  private static func layers(_ ids: [String], _ steps: [(String, String)]) -> [String: Int] {
    var forward: [(String, String)] = []
    var state: [String: Int] = [:]
    // Depth first without recursion: what leads to a state still open goes back.
    for start in ids where state[start] == nil {
      var stack: [(id: String, next: Int)] = [(start, 0)]
      state[start] = 1
      while let (id, next) = stack.last {
        let targets = steps.filter { $0.0 == id }.map(\.1)
        guard next < targets.count else {
          state[id] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let target = targets[next]
        if state[target] == 1 { continue }
        forward.append((id, target))
        if state[target] == nil {
          state[target] = 1
          stack.append((target, 0))
        }
      }
    }
    var layers: [String: Int] = Dictionary(ids.map { ($0, 0) }) { first, _ in first }
    for _ in ids {
      for (from, to) in forward {
        layers[to] = max(layers[to] ?? 0, (layers[from] ?? 0) + 1)
      }
    }
    return layers
  }

  private static func ordered(
    _ ids: [String], _ layers: [String: Int], _ steps: [(String, String)]
  ) -> [[String]] {
    let last = layers.values.max() ?? 0
    var columns = (0...last).map { layer in ids.filter { layers[$0] == layer } }
    for column in columns.indices.dropFirst() {
      let before = columns[column - 1]
      let means = columns[column].map { id -> Double in
        let places = steps.filter { $0.1 == id }.compactMap { before.firstIndex(of: $0.0) }
        guard !places.isEmpty else { return Double(before.count) }
        return Double(places.reduce(0, +)) / Double(places.count)
      }
      let order = columns[column].indices.sorted { (means[$0], $0) < (means[$1], $1) }
      columns[column] = order.map { columns[column][$0] }
    }
    return columns
  }
}
