public import KarezCore
import KarezGeometry
import KarezStore

/// `karez flow`: what became of each class of land between two days.
///
/// A polygon recorded alike on both days stays what it is; only what changed is overlaid. Land
/// of the one state that the other does not cover is a row or a column of its own.
public struct FlowJob: Sendable {
  public struct Order: Sendable {
    public let dataset: String
    public let from: LegalDate
    public let until: LegalDate
    public let attribute: String
    public let threads: Int

    public init(
      dataset: String, from: LegalDate, until: LegalDate, attribute: String, threads: Int
    ) {
      self.dataset = dataset
      self.from = from
      self.until = until
      self.attribute = attribute
      self.threads = threads
    }
  }

  let source: LayerSource

  public init(source: LayerSource) { self.source = source }

  public func run(
    _ order: Order, progress: @escaping @Sendable (Int, Int?) -> Void
  ) async throws(Problem) -> FlowMatrix {
    let earlier = try await state(order, on: order.from)
    let later = try await state(order, on: order.until)
    var matrix = FlowMatrix(
      dataset: order.dataset, from: order.from, until: order.until, attribute: order.attribute)
    do {
      let stayed = try Self.rows(of: earlier).intersection(try Self.rows(of: later))
      var classes = try Self.classes(earlier, order.attribute, stayed, into: &matrix)
      let batch = OverlayBatch(
        left: Self.selections(earlier, without: stayed),
        right: Self.selections(later, without: stayed), by: order.attribute,
        threads: order.threads)
      var done = 0
      try await batch.run { stretch in
        for row in stretch.rows {
          let name = Self.name(batch.groupNames[Int(row.group)])
          let from = try Self.text(
            order.attribute, Int(row.polygon), earlier.parts[stretch.part])
          matrix.addChange(row.areaM2, from: from, to: name)
          classes[from, default: 0] -= row.areaM2
        }
        done += stretch.polygons
        progress(done, nil)
      }
      for (name, rest) in classes { matrix.add(rest, from: name, to: FlowMatrix.uncovered) }
      try Self.addNewLand(later, order.attribute, stayed, to: &matrix)
    } catch let error as LayerError {
      throw .layer(error, of: order.dataset)
    } catch {
      throw Problem.from(error, file: order.dataset)
    }
    return matrix
  }

  private func state(_ order: Order, on day: LegalDate) async throws(Problem) -> MapLayer {
    try await source.recorded(
      LayerArgument(order.dataset, validOn: day), columns: [order.attribute])
  }

  private static func rows(of state: MapLayer) throws(LayerError) -> Set<Int64> {
    var rows: Set<Int64> = []
    for part in state.parts {
      for number in 0..<part.layer.count where part.shows(number) {
        rows.insert(part.layer.row(of: number))
      }
    }
    return rows
  }

  private static func selections(
    _ state: MapLayer, without rows: Set<Int64>
  ) -> [LayerSelection] {
    state.parts.map { part in
      LayerSelection(part.layer) { number in
        part.shows(number) && !rows.contains(part.layer.row(of: number))
      }
    }
  }

  /// Puts what stayed on the diagonal, and answers the area of what did not, by class.
  private static func classes(
    _ state: MapLayer, _ attribute: String, _ stayed: Set<Int64>, into matrix: inout FlowMatrix
  ) throws(LayerError) -> [String: Double] {
    var classes: [String: Double] = [:]
    for part in state.parts {
      for number in 0..<part.layer.count where part.shows(number) {
        let name = try text(attribute, number, part)
        let area = part.layer.areaM2(of: number)
        if stayed.contains(part.layer.row(of: number)) {
          matrix.add(area, from: name, to: name)
          matrix.unchanged += 1
        } else {
          classes[name, default: 0] += area
          matrix.changed += 1
        }
      }
    }
    return classes
  }

  /// What the later state has of new polygons, less what came from the earlier state.
  private static func addNewLand(
    _ state: MapLayer, _ attribute: String, _ stayed: Set<Int64>, to matrix: inout FlowMatrix
  ) throws(LayerError) {
    var classes: [String: Double] = [:]
    for part in state.parts {
      for number in 0..<part.layer.count
      where part.shows(number) && !stayed.contains(part.layer.row(of: number)) {
        classes[try text(attribute, number, part), default: 0] += part.layer.areaM2(of: number)
        matrix.changed += 1
      }
    }
    for (name, area) in classes {
      matrix.add(area - matrix.changedInto(name), from: FlowMatrix.uncovered, to: name)
    }
  }

  private static func text(
    _ attribute: String, _ number: Int, _ part: MapLayer.Part
  ) throws(LayerError) -> String {
    try part.text(of: attribute, number) ?? ""
  }

  /// A group's name as people see it; what is not stated is empty.
  private static func name(_ group: String) -> String { group == "\u{0}" ? "" : group }
}
