import Foundation
public import KarezCore
import KarezCrypto
import KarezStore

extension OneMap {
  /// The map held to the installation's key and zone.
  static func trusted(
    _ recorded: RelationalStore, data: URL
  ) async throws(Problem) -> RelationalStore {
    do throws(StoreError) {
      if try await recorded.setting(MapCopy.marker) != nil {
        throw StoreError.unavailable(reason: "karez copy has not ended")
      }
      let store = try await recorded.sealed(inFolder: data)
      return try await store.statedZone().map(store.within) ?? store
    } catch {
      throw .store(error)
    }
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
}
