public import Foundation
public import KarezCore
public import KarezStore

/// Moves a whole One Map to another engine, and proves it.
public enum MapTransfer {
  /// `from` and `to` are data folders or addresses of databases; `progress` hears rows.
  ///
  /// - Errors: `Problem` where the target holds something else, or the copy is not the same.
  public static func run(
    from: String, to: String, cache: URL, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> MapDigest {
    let (source, region) = try await opened(from, cache)
    let target = try await made(to, region: region, cache)
    let copy = MapCopy(from: source, to: target)
    do throws(StoreError) {
      guard try await copy.standing() != .taken else { throw refusal }
      return try await copy.run(progress: progress)
    } catch {
      throw .store(error)
    }
  }

  private static var refusal: StoreError { .unavailable(reason: "the target is not empty") }

  static func isServer(_ place: String) -> Bool {
    place.hasPrefix("postgresql://") || place.hasPrefix("postgres://")
  }

  private static func opened(
    _ place: String, _ cache: URL
  ) async throws(Problem) -> (RelationalStore, String?) {
    try await OneMap.recorded(
      in: isServer(place) ? cache : URL(filePath: place), server: isServer(place) ? place : nil
    ) { _ in }
  }

  private static func made(
    _ place: String, region: String?, _ cache: URL
  ) async throws(Problem) -> RelationalStore {
    let folder = URL(filePath: place)
    if !isServer(place) { try DataFolder(folder).create(DataFolder.Settings(region: region)) }
    do throws(StoreError) {
      guard isServer(place) else {
        return try RelationalStore(folder: folder, clock: Clock.timestamp)
      }
      let store = try await RelationalStore.server(
        PostgreSQLSettings(address: place), isMade: true, cache: cache, clock: Clock.timestamp)
      if let region { try await store.keep(setting: OneMap.regionSetting, region) }
      return store
    } catch {
      throw .store(error)
    }
  }
}
