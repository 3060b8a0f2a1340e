public import KarezCore
import KarezGeometry
import KarezStore

/// `bench probe`: what one look at the map costs the library, warm and on the first call.
///
/// A survey takes the areas of five layers within a boundary, by class where a layer has classes;
/// an answer is the whole compliance check, its pieces built.
public struct ProbeBenchmark: Sendable {
  private static let layers: [(name: String, classes: String?)] = [
    ("land-patches", "land_class"), ("permanent-basic-farmland", nil),
    ("ecological-red-line", nil), ("urban-development-boundary", nil), ("parcels", nil),
  ]

  let map: OneMap
  let count: Int

  public init(map: OneMap, count: Int) {
    self.map = map
    self.count = count
  }

  /// - Errors: whatever a survey throws; `Problem` when there is no land patch to stand on.
  public func run() async throws(Problem) -> CheckBenchmark.Figures {
    let asOf = AsOf(validOn: try await map.lastValidDay(), recorded: try await map.today().recorded)
    let centres = try await map.sampleOfLandPatches(count: count)
    guard !centres.isEmpty else {
      throw Wording(
        "bench-no-data", "没有土地图斑可供测试", "there is no land patch to stand on",
        do: "先运行 karez demo", "run karez demo first"
      ).problem(at: "bench")
    }
    let before = ResourceUse.now()
    let stars = centres.enumerated().map { ProbeShapes.star(around: $1, number: $0) }
    let corridors = centres.enumerated().map { ProbeShapes.corridor(from: $1, number: $0) }
    var kinds: [String: JSONValue] = [:]
    kinds["survey50ha"] = try await timed(stars) { shape throws(Problem) in
      try await survey(shape, asOf)
    }
    kinds["survey60km"] = try await timed(corridors) { shape throws(Problem) in
      try await survey(shape, asOf)
    }
    kinds["answer50ha"] = try await timed(stars) { shape throws(Problem) in
      try await answer(shape, asOf)
    }
    kinds["answer60km"] = try await timed(Array(corridors.prefix(count / 10 + 1))) {
      shape throws(Problem) in try await answer(shape, asOf)
    }
    let after = ResourceUse.now()
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string("probe"),
        "wallS": rounded(after.wallSeconds - before.wallSeconds),
        "cpuS": rounded(after.cpuSeconds - before.cpuSeconds),
        "peakMB": rounded(after.peakMegabytes),
        "result": .object(kinds),
      ]))
  }

  /// What one look found: pieces, and their area.
  private struct Found {
    var pieces = 0
    var areaM2 = 0.0
  }

  /// The first call as it comes, a round to warm up, and a round with the clock running.
  private func timed(
    _ shapes: [MultiPolygon], _ body: (MultiPolygon) async throws(Problem) -> Found
  ) async throws(Problem) -> JSONValue {
    var first = 0.0
    var times: [Double] = []
    var total = Found()
    for round in 0..<2 {
      for (number, shape) in shapes.enumerated() {
        let started = ResourceUse.now().wallSeconds
        let found = try await body(shape)
        let seconds = ResourceUse.now().wallSeconds - started
        if round == 0, number == 0 { first = seconds }
        guard round == 1 else { continue }
        times.append(seconds)
        total.pieces += found.pieces
        total.areaM2 += found.areaM2
      }
    }
    times.sort()
    func milliseconds(_ seconds: Double) -> JSONValue { .number((seconds * 1e6).rounded() / 1000) }
    func share(_ share: Double) -> JSONValue {
      milliseconds(times[min(times.count - 1, Int(Double(times.count) * share))])
    }
    return .object([
      "count": .integer(Int64(times.count)), "firstMs": milliseconds(first),
      "p50Ms": share(0.5), "p99Ms": share(0.99), "maxMs": share(1),
      "pieces": .integer(Int64(total.pieces)),
      "areaM2": .string(DecimalText.fixed(total.areaM2, decimals: 2)),
    ])
  }

  private func survey(_ shape: MultiPolygon, _ asOf: AsOf) async throws(Problem) -> Found {
    let survey: BoundarySurvey
    do throws(GeometryError) {
      survey = try BoundarySurvey(boundary: shape, asOf: asOf, store: map.store, scope: .all)
    } catch {
      throw .geometry(error, of: "boundary")
    }
    try await survey.open(Self.layers.compactMap { DatasetID($0.name) })
    var found = Found()
    for (name, classes) in Self.layers {
      guard let dataset = DatasetID(name), let layer = try await survey.layer(dataset) else {
        continue
      }
      var areas: [String: Double] = [:]
      var texts: [String?]?
      if let classes { texts = try await layer.texts(of: classes) }
      for (index, feature) in layer.features.enumerated() {
        areas[texts?[index] ?? "", default: 0] += feature.areaM2
      }
      found.pieces += layer.features.count
      found.areaM2 += areas.values.reduce(0, +)
    }
    return found
  }

  private func answer(_ shape: MultiPolygon, _ asOf: AsOf) async throws(Problem) -> Found {
    let boundary = try ReadBoundary(drawn: [shape])
    let answer = try await map.answer(
      CheckRequest(
        boundary: boundary, purpose: nil, validOn: asOf.validOn, recorded: asOf.recorded),
      in: .all)
    return Found(
      pieces: answer.findings.count,
      areaM2: answer.landUse.reduce(0) { $0 + $1.area.squareMetres })
  }
}
