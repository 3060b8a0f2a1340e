import Foundation
import KarezCore
import KarezGeometry
import KarezStore

/// Recomputes the log once a night, holds it against the checkpoints kept elsewhere, and clears away kept files nobody refers to.
struct VerifyHandler: JobHandler {
  static let name = "verify-log"
  let map: OneMap

  var name: String { Self.name }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    // Read first: what is witnessed while the log is read is not missing from it.
    let checkpoints = try map.witnessedChain()
    let found = try await map.verifyLog(against: checkpoints) { run.report("verify", $0) }
    try await Submissions(map: map).sweep()
    map.results.sweep(now: Date())
    try await map.accounts.sweep()
    try await map.applicants.sweep()
    try await map.sweepAccesses()
    let faults = found.faults.prefix(20).map { fault in
      JSONValue.object([
        "entry": .integer(fault.entry), "kind": .string(fault.kind), "what": .string(fault.what),
      ])
    }
    return JobEnd(
      result: .object([
        "entries": .integer(Int64(found.entries)), "rows": .integer(Int64(found.rows)),
        "checkpoints": .integer(Int64(found.checkpoints)), "covered": .integer(found.covered),
        "faultCount": .integer(Int64(found.faults.count)), "faults": .array(faults),
      ]), by: run.actor)
  }
}

/// Lays out the present state of a dataset, so that the next check finds it ready.
struct LayerHandler: JobHandler {
  static let name = "layer"
  let map: OneMap

  var name: String { Self.name }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let dataset = try run.dataset() else { return JobEnd(by: run.actor) }
    let today = try await map.today()
    run.report("layer", 0, of: 1)
    let polygons = try await map.asked { store throws(StoreError) in
      try await store.layers(of: [dataset], asOf: today, near: nil, in: .all)[dataset]?.parts
        .reduce(0) { $0 + $1.layer.count } ?? 0
    }
    return JobEnd(result: .object(["polygons": .integer(Int64(polygons))]), by: run.actor)
  }
}

extension Submissions {
  /// Removes kept files that belong to no submission.
  func sweep() async throws(Problem) {
    var referenced: Set<String> = []
    try await map.asked { store throws(StoreError) in
      var last: PlatformRecord?
      repeat {
        let page = try await store.records(
          RecordQuery(Submission.kind), after: last, limit: 500)
        for record in page.records {
          if let sm3 = record.body["source"]?["sm3"]?.string { referenced.insert(sm3) }
        }
        last = page.next
      } while last != nil
    }
    blobs.sweep(keeping: referenced, now: Date())
  }
}
