import KarezCore

/// Reads `evidence.yaml`.
struct EvidencePolicyFile {
  private(set) var policy: EvidencePolicy?
  private(set) var faults: [PackFault] = []

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let checkpoints = fields.required("checkpoints").flatMap { readCheckpoints($0) }
    let reads = fields.required("reads").flatMap { readReads($0) }
    let statistics = fields.required("statistics").flatMap { readStatistics($0) }
    faults += fields.finish()
    guard faults.isEmpty, let checkpoints, let reads, let statistics else { return }
    policy = EvidencePolicy(
      checkpointSeconds: checkpoints.every, stopSeconds: checkpoints.stop,
      witnessIn: checkpoints.zones, gatherSeconds: reads.seconds, mostGathered: reads.gathered,
      mostNamed: reads.named, fewestAccounts: statistics.accounts, keptMonths: statistics.months)
  }

  private mutating func readCheckpoints(
    _ node: PackNode
  ) -> (every: Int, stop: Int, zones: Set<NetworkZone>)? {
    var fields = PackFields(node)
    let every = fields.seconds("every")
    let stop = fields.seconds("writesStopAfter")
    // Said, even where it is nowhere: what is left out must not open anything.
    let isStated = fields.required("witnessRequiredIn") != nil
    var zones: Set<NetworkZone> = []
    for text in isStated ? fields.texts("witnessRequiredIn") : [] {
      guard let zone = NetworkZone(rawValue: text) else {
        let allowed = NetworkZone.allCases.map(\.rawValue)
        fields.add(.notOneOf(key: "witnessRequiredIn", text: text, allowed: allowed))
        continue
      }
      zones.insert(zone)
    }
    faults += fields.finish()
    guard let every, let stop, isStated else { return nil }
    return (every, stop, zones)
  }

  private mutating func readStatistics(_ node: PackNode) -> (accounts: Int, months: Int)? {
    var fields = PackFields(node)
    let accounts = fields.count("fewestAccounts")
    let months = fields.count("keptMonths")
    faults += fields.finish()
    guard let accounts, let months, accounts > 0, (1...120).contains(months) else { return nil }
    return (accounts, months)
  }

  private mutating func readReads(
    _ node: PackNode
  ) -> (seconds: Int, gathered: Int, named: Int)? {
    var fields = PackFields(node)
    let seconds = fields.seconds("gatheredFor")
    let gathered = fields.count("mostGathered")
    let named = fields.count("mostNamed")
    faults += fields.finish()
    guard let seconds, let gathered, let named, gathered > 0, named > 0 else { return nil }
    return (seconds, gathered, named)
  }
}
