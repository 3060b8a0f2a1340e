public import KarezCore
import KarezGeometry
import KarezStore

/// `bench check`: compliance answers for many boundaries over the land patches there are.
public struct CheckBenchmark: Sendable {
  let map: OneMap
  let count: Int

  public init(map: OneMap, count: Int) {
    self.map = map
    self.count = count
  }

  /// The figures of one job.
  public struct Figures: Sendable {
    public let json: JSONValue
  }

  /// Checks every boundary once to warm up and once with the clock running.
  ///
  /// - Errors: whatever a check throws; `Problem` when there is no land patch to stand on.
  public func run(writing boundaries: String?) async throws(Problem) -> Figures {
    let shapes = try await shapes()
    if let boundaries { try OutputFile.write(Self.geoJSON(shapes).canonicalText, to: boundaries) }
    for shape in shapes.prefix(10) { _ = try await answer(shape) }
    let before = ResourceUse.now()
    var times: [Double] = []
    var landUse = 0.0
    var findings = 0
    for shape in shapes {
      let started = ResourceUse.now().wallSeconds
      let answer = try await answer(shape)
      times.append(ResourceUse.now().wallSeconds - started)
      landUse += answer.landUse.filter { $0.code != LandUseTable.uncovered }
        .reduce(0) { $0 + $1.area.squareMetres }
      findings += answer.findings.count
    }
    let after = ResourceUse.now()
    times.sort()
    func milliseconds(_ share: Double) -> JSONValue {
      let index = min(times.count - 1, Int(Double(times.count) * share))
      return .number((times[index] * 1e6).rounded() / 1000)
    }
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    return Figures(
      json: .object([
        "job": .string("check"),
        "wallS": rounded(after.wallSeconds - before.wallSeconds),
        "cpuS": rounded(after.cpuSeconds - before.cpuSeconds),
        "peakMB": rounded(after.peakMegabytes),
        "result": .object([
          "count": .integer(Int64(times.count)),
          "findings": .integer(Int64(findings)),
          "landUseM2": .string(DecimalText.fixed(landUse, decimals: 2)),
          "p50Ms": milliseconds(0.5),
          "p99Ms": milliseconds(0.99),
        ]),
      ]))
  }

  private func answer(_ shape: MultiPolygon) async throws(Problem) -> ComplianceAnswer {
    let boundary = try ReadBoundary(drawn: [shape])
    return try await map.answer(
      CheckRequest(boundary: boundary, purpose: nil, validOn: try await map.lastValidDay()),
      in: .all)
  }

  /// Rough circles of some fifty hectares, of two hundred vertices, on patches spread evenly.
  private func shapes() async throws(Problem) -> [MultiPolygon] {
    let centres = try await map.sampleOfLandPatches(count: count)
    guard !centres.isEmpty else {
      throw Wording(
        "bench-no-data", "没有土地图斑可供测试", "there is no land patch to stand on",
        do: "先运行 karez demo", "run karez demo first"
      ).problem(at: "bench")
    }
    return centres.enumerated().map { ProbeShapes.star(around: $1, number: $0) }
  }

  private static func geoJSON(_ shapes: [MultiPolygon]) -> JSONValue {
    .object([
      "type": .string("FeatureCollection"),
      "features": .array(
        shapes.enumerated().map { index, shape in
          .object([
            "type": .string("Feature"), "properties": .object(["id": .integer(Int64(index + 1))]),
            "geometry": shape.geoJSON,
          ])
        }),
    ])
  }
}
