public import KarezCore
import KarezGeometry
import KarezStore
import KarezTiles

/// `bench tiles`: tiles of a layer file, the library alone.
public struct TileBenchmark: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    public var layer: String
    /// The column polygons are told apart by.
    public var look: String
    public var levels: ClosedRange<Int>
    /// Tiles of each level, spread over the layer.
    public var count: Int
    /// A CSV file of every tile, for others to draw the same.
    public var output: String

    public init(
      layer: String, look: String, levels: ClosedRange<Int>, count: Int, output: String
    ) {
      self.layer = layer
      self.look = look
      self.levels = levels
      self.count = count
      self.output = output
    }
  }

  let order: Order

  public init(_ order: Order) { self.order = order }

  /// Draws every tile once to warm up, and once with the clock.
  ///
  /// - Errors: a file that is not a layer, or is damaged.
  public func run() throws(Problem) -> CheckBenchmark.Figures {
    do throws(LayerError) {
      let layer = try Layer(at: order.layer)
      let map = MapLayer(alone: layer, as: try schema())
      let fields = TileFields(looks: [order.look], codes: [], names: [])
      var text = "level,row,column,ms,bytes\n"
      var times: [Double] = []
      var most = 0
      for level in order.levels {
        for address in addresses(level, in: layer) {
          let plane = TilePlane(address)
          _ = try PolygonTile(map, on: plane, fields: fields).draw()
          let started = ResourceUse.now().wallSeconds
          let tile = try PolygonTile(map, on: plane, fields: fields).draw()
          let seconds = ResourceUse.now().wallSeconds - started
          times.append(seconds)
          most = max(most, tile.bytes.count)
          text +=
            "\(level),\(address.row),\(address.column),\(seconds * 1000),\(tile.bytes.count)\n"
        }
      }
      do throws(Problem) { try OutputFile.write(text, to: order.output) } catch {
        throw .unwritable(path: order.output, errno: 0)
      }
      return figures(times.sorted(), mostBytes: most)
    } catch {
      throw .layer(error, of: order.layer)
    }
  }

  private func addresses(_ level: Int, in layer: Layer) -> [TileAddress] {
    guard let extent = layer.extent else { return [] }
    let all = TileAddress.all(of: .webMercatorQuad, level: level, meeting: extent)
    return stride(from: 0, to: all.count, by: max(1, all.count / order.count)).map { all[$0] }
  }

  private func schema() throws(LayerError) -> DatasetSchema {
    guard let id = DatasetID("bench") else { throw .notALayer(path: order.layer) }
    let text = LocalizedText(zh: "测试", en: "bench")
    return DatasetSchema(
      id: id, title: text, steward: text, theme: "survey", classification: .public,
      geometry: .polygon, isCoverage: true, identifier: "id", region: nil,
      attributes: [
        Attribute(
          name: order.look, title: text, type: .text, codes: nil, classification: .public)
      ])
  }

  private func figures(_ times: [Double], mostBytes: Int) -> CheckBenchmark.Figures {
    func milliseconds(_ share: Double) -> JSONValue {
      guard !times.isEmpty else { return .null }
      let rank = Int((Double(times.count) * share).rounded(.up))
      return .number((times[max(0, rank - 1)] * 1_000_000).rounded() / 1_000)
    }
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string("tiles"),
        "peakMB": .number(ResourceUse.now().peakMegabytes.rounded()),
        "result": .object([
          "count": .integer(Int64(times.count)), "p50Ms": milliseconds(0.5),
          "p99Ms": milliseconds(0.99), "maxMs": milliseconds(1),
          "mostBytes": .integer(Int64(mostBytes)),
        ]),
      ]))
  }
}
