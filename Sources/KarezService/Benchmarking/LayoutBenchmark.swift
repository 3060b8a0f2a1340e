import Foundation
public import KarezCore
import KarezGeometry

/// `bench layout`: a layer file made anew from the WKB of its polygons, the library alone.
///
/// What a commit pays for its snapshot: reading WKB, testing soundness, measuring, sorting and
/// writing. Ids come along, attributes do not.
public struct LayoutBenchmark: Sendable {
  /// Polygons turned into WKB at a time, beside the clock.
  private static let stretch = 4_096
  let layer: Layer
  let path: String

  /// - Errors: a file that is not a layer.
  public init(layerAt path: String) throws(Problem) {
    self.path = path
    do throws(LayerError) {
      layer = try Layer(at: path)
    } catch {
      throw .layer(error, of: path)
    }
  }

  /// Lays the polygons out again, in the order they once came in, and leaves the file at `output`.
  public func run(writing output: String) throws(Problem) -> CheckBenchmark.Figures {
    let order = (0..<layer.count).sorted { layer.row(of: $0) < layer.row(of: $1) }
    do throws(LayerError) {
      var (wall, cpu) = (0.0, 0.0)
      func timed<Result>(_ body: () throws(LayerError) -> Result) throws(LayerError) -> Result {
        let before = ResourceUse.now()
        let result = try body()
        let after = ResourceUse.now()
        wall += after.wallSeconds - before.wallSeconds
        cpu += after.cpuSeconds - before.cpuSeconds
        return result
      }
      let writer = LayerWriter(spoolingIn: FileManager.default.temporaryDirectory.path)
      for first in stride(from: 0, to: order.count, by: Self.stretch) {
        var sources: [(row: Int64, id: String, wkb: [UInt8])] = []
        for number in order[first..<min(first + Self.stretch, order.count)] {
          let wkb = Geometry.polygons(try layer.geometry(of: number)).wkb()
          sources.append((layer.row(of: number), try layer.id(of: number), wkb))
        }
        try timed { () throws(LayerError) in
          for source in sources {
            let outcome = source.wkb.withUnsafeBytes { bytes in
              Result { () throws(LayerError) in
                try writer.append(row: source.row, id: source.id, wkb: bytes)
              }
            }
            try outcome.get()
          }
        }
      }
      let made = try timed { () throws(LayerError) in try writer.finish(at: output) }
      return Self.figures(made, wall: wall, cpu: cpu)
    } catch {
      throw .layer(error, of: path)
    }
  }

  private static func figures(
    _ made: Layer, wall: Double, cpu: Double
  ) -> CheckBenchmark.Figures {
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string("layout"), "wallS": rounded(wall), "cpuS": rounded(cpu),
        "peakMB": rounded(ResourceUse.now().peakMegabytes),
        "result": .object([
          "polygons": .integer(Int64(made.count)), "vertices": .integer(Int64(made.vertexCount)),
          "cpuNsAVertex": rounded(cpu / Double(max(1, made.vertexCount)) * 1e9),
        ]),
      ]))
  }
}
