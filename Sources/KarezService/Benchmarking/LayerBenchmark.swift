public import KarezCore
import KarezGeometry

/// `bench layers`: what boundaries take up of layer files, by attribute, the library alone.
///
/// The part of a compliance check that looks at the map, without store, rules and answer: so that
/// it can be set beside other engines on the same polygons.
public struct LayerBenchmark: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    /// A layer file of boundaries; their ids are numbers or names.
    public var boundaries: String
    /// Layer files, each `F.layer:ATTRIBUTE`, or `F.layer` to sum by id.
    public var layers: [String]
    /// A CSV file of every sum, for comparison.
    public var output: String?

    public init(boundaries: String, layers: [String], output: String?) {
      self.boundaries = boundaries
      self.layers = layers
      self.output = output
    }
  }

  let order: Order

  public init(_ order: Order) { self.order = order }

  /// Opens the files and asks once, cold; then a round to warm up and a round with the clock.
  ///
  /// - Errors: a file that is not a layer, is damaged, or lacks the attribute.
  public func run() throws(Problem) -> CheckBenchmark.Figures {
    let start = ResourceUse.now()
    let boundaries = try Self.open(order.boundaries)
    let search = GroupedSearch(layers: try order.layers.map(Self.target))
    guard boundaries.count > 0 else {
      throw Wording(
        "bench-no-data", "没有可供测试的边界", "there is no boundary to ask about",
        do: "检查图层文件", "check the layer file"
      ).problem(at: order.boundaries)
    }
    var times: [Double] = []
    var text = "ask,layer,key,area\n"
    var found = (rows: 0, areaM2: 0.0)
    do throws(LayerError) {
      _ = try search.sums(of: boundaries, 0)
      let first = ResourceUse.now().wallSeconds - start.wallSeconds
      for number in 0..<boundaries.count { _ = try search.sums(of: boundaries, number) }
      let before = ResourceUse.now()
      for number in 0..<boundaries.count {
        let started = ResourceUse.now().wallSeconds
        let sums = try search.sums(of: boundaries, number)
        times.append(ResourceUse.now().wallSeconds - started)
        found.rows += sums.count
        found.areaM2 += sums.reduce(0) { $0 + $1.areaM2 }
        guard order.output != nil else { continue }
        let ask = try boundaries.id(of: number)
        for sum in sums { text += "\(ask),\(sum.layer),\(sum.key),\(sum.areaM2)\n" }
      }
      let after = ResourceUse.now()
      if let output = order.output { try write(text, to: output) }
      return Self.figures(times, first: first, before: before, after: after, found: found)
    } catch {
      throw .layer(error, of: order.boundaries)
    }
  }

  private static func figures(
    _ times: [Double], first: Double, before: ResourceUse, after: ResourceUse,
    found: (rows: Int, areaM2: Double)
  ) -> CheckBenchmark.Figures {
    let ordered = times.sorted()
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    // Nearest rank: the smallest time that this share of the times does not exceed.
    func milliseconds(_ share: Double) -> JSONValue {
      let rank = Int((Double(ordered.count) * share).rounded(.up))
      return rounded(ordered[max(0, rank - 1)] * 1000)
    }
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string("layers"),
        "wallS": rounded(after.wallSeconds - before.wallSeconds),
        "cpuS": rounded(after.cpuSeconds - before.cpuSeconds),
        "peakMB": rounded(after.peakMegabytes),
        "result": .object([
          "count": .integer(Int64(times.count)),
          "firstMs": rounded(first * 1000),
          "p50Ms": milliseconds(0.5), "p99Ms": milliseconds(0.99), "maxMs": milliseconds(1),
          "rows": .integer(Int64(found.rows)),
          "areaM2": .string(DecimalText.fixed(found.areaM2, decimals: 2)),
        ]),
      ]))
  }

  private static func open(_ path: String) throws(Problem) -> Layer {
    do throws(LayerError) {
      return try Layer(at: path)
    } catch {
      throw .layer(error, of: path)
    }
  }

  /// `F.layer:ATTRIBUTE`; the attribute must be one of the layer's.
  private static func target(_ text: String) throws(Problem) -> GroupedSearch.Target {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let path = parts.first ?? text
    let layer = try open(path)
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = file.hasSuffix(".layer") ? String(file.dropLast(6)) : file
    guard parts.count > 1 else { return GroupedSearch.Target(layer, name: name, column: nil) }
    guard let column = layer.column(named: parts[1]) else {
      throw Wording(
        "attribute-unknown", "没有字段 \(parts[1])", "there is no attribute \(parts[1])",
        do: "可选：\(layer.columns.map(\.name).joined(separator: ", "))",
        "choose from \(layer.columns.map(\.name).joined(separator: ", "))"
      ).problem(.usage, at: path)
    }
    return GroupedSearch.Target(layer, name: name, column: column)
  }
}

extension LayerBenchmark {
  private func write(_ text: String, to path: String) throws(LayerError) {
    do throws(Problem) {
      try OutputFile.write(text, to: path)
    } catch {
      throw .unwritable(path: path, errno: 0)
    }
  }
}

/// Sums what shapes take up of several layers, by attribute or by polygon.
private final class GroupedSearch {
  struct Target {
    let layer: Layer
    let name: String
    let column: Int?
    /// By code of the attribute; nothing between two searches.
    var sums: [Double]

    init(_ layer: Layer, name: String, column: Int?) {
      self.layer = layer
      self.name = name
      self.column = column
      sums = Array(repeating: 0, count: column.map { layer.columns[$0].values.count } ?? 0)
    }
  }

  struct Sum {
    let layer: String
    let key: String
    let areaM2: Double
  }

  private var layers: [Target]
  private let search = LayerSearch()
  private let repairing = RepairingOverlap()

  init(layers: [Target]) { self.layers = layers }

  func sums(of boundaries: Layer, _ number: Int) throws(LayerError) -> [Sum] {
    let shape = try boundaries.shape(of: number)
    var found: [Sum] = []
    for index in layers.indices {
      try add(shape, index, to: &found) { polygon, layer throws(LayerError) in
        try repaired(boundaries, number, layer, polygon)
      }
    }
    return found
  }

  private func add(
    _ shape: PlaneShape, _ index: Int, to found: inout [Sum],
    repairing: (Int, Layer) throws(LayerError) -> Double
  ) throws(LayerError) {
    let target = layers[index]
    let layer = target.layer
    guard let column = target.column else {
      try search.overlaps(of: shape, in: layer) { overlap throws(LayerError) in
        let area = overlap.isSound ? overlap.areaM2 : try repairing(overlap.polygon, layer)
        guard area > PairKernel.residue else { return }
        found.append(
          Sum(layer: target.name, key: try layer.id(of: overlap.polygon), areaM2: area))
      }
      return
    }
    var touched: [Int] = []
    try search.overlaps(of: shape, in: layer) { overlap throws(LayerError) in
      let area = overlap.isSound ? overlap.areaM2 : try repairing(overlap.polygon, layer)
      guard area > PairKernel.residue else { return }
      let code = try layer.code(of: overlap.polygon, column: column)
      if layers[index].sums[code] == 0 { touched.append(code) }
      layers[index].sums[code] += area
    }
    for code in touched {
      let key = layer.columns[column].values[code]
      found.append(Sum(layer: target.name, key: key, areaM2: layers[index].sums[code]))
      layers[index].sums[code] = 0
    }
  }

  private func repaired(
    _ boundaries: Layer, _ number: Int, _ layer: Layer, _ polygon: Int
  ) throws(LayerError) -> Double {
    let (own, theirs) = (try boundaries.geometry(of: number), try layer.geometry(of: polygon))
    do throws(GeometryError) {
      return try repairing.area(own, theirs)
    } catch {
      throw .geometry(row: layer.row(of: polygon), error)
    }
  }
}
