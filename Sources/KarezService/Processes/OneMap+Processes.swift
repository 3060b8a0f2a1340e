import Foundation
public import KarezCore
import KarezGeometry
import KarezStore

/// What a process came to.
public struct ProcessResult: Hashable, Sendable {
  public let value: JSONValue
  /// The answer it is, which has an address of its own; nil for what is no answer.
  public let answer: String?

  init(_ value: JSONValue, answer: String? = nil) {
    self.value = value
    self.answer = answer
  }
}

extension OneMap {
  /// The moment it is by the map's clock.
  public var now: Timestamp { clock.now() }

  /// Runs a process: the very computation that pages and `/api/v1` ask for, in the same scope.
  public func result(
    of inputs: ProcessInputs, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ProcessResult {
    try await result(of: inputs, by: actor, in: scope) { _ in }
  }

  func result(
    of inputs: ProcessInputs, by actor: Actor, in scope: Scope,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> ProcessResult {
    switch inputs.task {
    case .check(let drawn, let purpose, let documents, let wish):
      let today = try await today()
      let request = CheckRequest(
        boundary: try readBoundary(geoJSON: drawn), purpose: purpose, documents: documents,
        validOn: wish.validOn ?? today.validOn, recorded: wish.recorded)
      let answer = try await check(request, by: actor, in: scope)
      return ProcessResult(answer.json, answer: answer.id)
    case .coverage(let dataset, let gapWidth, let tolerance, let wish):
      let report = try await coverage(
        of: dataset, wish, gapWidthMetres: gapWidth, toleranceM2: tolerance, in: scope,
        progress: progress)
      try await count(report.shapes, of: try Self.dataset(named: dataset), to: actor)
      return ProcessResult(report.json)
    case .difference(let order, let limit):
      let report = try await difference(order, in: scope)
      if order.isDrawn {
        let drawn = report.changes.prefix(limit).compactMap(\.geometry)
        try await count(drawn.map(Geometry.polygons), of: report.schema.id, to: actor)
      }
      return ProcessResult(report.json(atMost: limit))
    }
  }

  /// Gaps, overlaps and mismatches of a dataset, among what a reader may see of it.
  private func coverage(
    of name: String, _ wish: ProcessInputs.AsOfWish, gapWidthMetres: Double?,
    toleranceM2: Double?, in scope: Scope, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> CoverageReport {
    let schema = try await schema(of: name, in: scope)
    let today = try await today()
    let state = AsOf(
      validOn: wish.validOn ?? today.validOn,
      recorded: min(wish.recorded ?? today.recorded, today.recorded))
    let layer = try await layer(of: schema.id, asOf: state, columns: [], in: scope)
    guard let layer else {
      throw Wording(
        "dataset-without-polygons", "该数据集不是面数据集", "the dataset is not one of polygons",
        do: "换用面数据集", "name a dataset of polygons"
      ).problem(.usage, at: name)
    }
    let found = LayerSource.Found(
      selections: layer.parts.map { part in LayerSelection(part.layer) { part.shows($0) } },
      name: name, warnings: [])
    let order = CoverageJob.Order(
      LayerArgument(name, validOn: state.validOn, recorded: state.recorded),
      gapWidthMetres: gapWidthMetres, toleranceM2: toleranceM2 ?? CoverageJob.Order.noiseM2)
    let report = try await CoverageJob.report(on: found, order) { _, done in progress(done) }
    try await noteRead(of: schema, features: report.named)
    return report
  }
}
