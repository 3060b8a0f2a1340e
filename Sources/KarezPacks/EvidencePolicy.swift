public import KarezCore

/// 留痕策略: how often the log is vouched for, and what happens when it cannot be.
public struct EvidencePolicy: Hashable, Sendable {
  /// The longest an entry waits for a checkpoint while the witness is in reach.
  public let checkpointSeconds: Int
  /// How old an entry without a checkpoint may be before writes stop.
  public let stopSeconds: Int
  /// Zones in which nothing is served without a witness.
  public let witnessIn: Set<NetworkZone>
  /// The longest a read waits before it stands in the log.
  public let gatherSeconds: Int
  /// How many reads wait at most.
  public let mostGathered: Int
  /// How many features one entry names at most; more are counted.
  public let mostNamed: Int
  /// An agency of fewer accounts is not told apart in statistics.
  public let fewestAccounts: Int
  /// How long counts of accesses are kept.
  public let keptMonths: Int

  public init(
    checkpointSeconds: Int, stopSeconds: Int, witnessIn: Set<NetworkZone>, gatherSeconds: Int,
    mostGathered: Int, mostNamed: Int, fewestAccounts: Int, keptMonths: Int
  ) {
    self.checkpointSeconds = checkpointSeconds
    self.stopSeconds = stopSeconds
    self.witnessIn = witnessIn
    self.gatherSeconds = gatherSeconds
    self.mostGathered = mostGathered
    self.mostNamed = mostNamed
    self.fewestAccounts = fewestAccounts
    self.keptMonths = keptMonths
  }

  /// Reads `evidence.yaml` of the packs' folder.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> EvidencePolicy {
    let name = "evidence.yaml"
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + name, named: name).bytes
    } catch {
      throw .refused([error])
    }
    var file = EvidencePolicyFile()
    file.read(try PackNode.read(bytes, file: name))
    guard let policy = file.policy else { throw .refused(file.faults) }
    return policy
  }
}
