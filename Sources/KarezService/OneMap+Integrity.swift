public import Foundation
public import KarezCore
import KarezCrypto
import KarezStore

extension OneMap {
  /// 岗位表: the file of roles, whose code is kept in the map.
  private static let officesFile = "offices.yaml"

  /// The map held to the installation's key and zone, once what gives rights was proved.
  static func trusted(
    _ recorded: RelationalStore, data: URL, _ installation: Installation
  ) async throws(Problem) -> RelationalStore {
    let offices = try officesSM3(installation)
    do throws(StoreError) {
      if try await recorded.setting(MapCopy.marker) != nil {
        throw StoreError.unavailable(reason: "karez copy has not ended")
      }
      let store = try await recorded.sealed(inFolder: data, files: [officesFile: offices])
      guard try await store.isAccepted(file: officesFile, sm3: offices) == true else {
        throw StoreError.integrityBroken(subject: "file/" + officesFile)
      }
      return try await store.statedZone().map(store.within) ?? store
    } catch {
      throw .store(error)
    }
  }

  /// Takes the table of roles as it stands in the packs now, and says so in the log.
  ///
  /// For whoever is at the machine, after a new version was installed or the table was changed.
  public static func acceptOffices(
    data: URL, server: String?, installation: Installation, by actor: Actor
  ) async throws(Problem) -> String {
    // A table that cannot be read gives nobody any right.
    _ = try loadOffices(installation)
    let sm3 = try officesSM3(installation)
    let (recorded, _) = try await Self.recorded(in: data, server: server) { _ in }
    do throws(StoreError) {
      try await recorded.sealed(inFolder: data, files: [officesFile: sm3])
        .accept(file: officesFile, sm3: sm3, by: actor)
    } catch {
      throw .store(error)
    }
    return sm3
  }

  /// States the zone the map stands in, once; whoever opens it from then on is held to it.
  public func stand(in zone: NetworkZone, by actor: Actor) async throws(Problem) {
    try await withRecorded { store throws(StoreError) in
      try await store.keep(zone: zone, by: actor)
    }
  }

  /// Lets a role of the database server work with the map, held to row-level security.
  public func letWork(role: String) async throws(Problem) {
    try await withRecorded { store throws(StoreError) in try await store.grant(to: role) }
  }

  private func withRecorded(
    _ body: (RelationalStore) async throws(StoreError) -> Void
  ) async throws(Problem) {
    guard let recorded = store as? RelationalStore else {
      throw .store(.unavailable(reason: "not a store of tables"))
    }
    do throws(StoreError) { try await body(recorded) } catch { throw .store(error) }
  }

  /// What gives rights besides the map, as it is now.
  static func givingRights(_ installation: Installation) throws(Problem) -> [String: String] {
    [officesFile: try officesSM3(installation)]
  }

  private static func officesSM3(_ installation: Installation) throws(Problem) -> String {
    try FileFingerprint.sm3(ofFileAt: installation.packs.appending(path: officesFile).path)
  }
}
