public import Foundation

/// The store on the embedded engine.
public typealias SQLiteStore = RelationalStore

extension RelationalStore {
  /// Opens the One Map in a folder, making it where there is none.
  ///
  /// `clock` tells the time as RFC 3339 in UTC; `notify` hears of the caches. What an
  /// interrupted process left behind unfinished is removed.
  public convenience init(
    folder: URL, clock: @escaping @Sendable () -> String,
    snapshots policy: SnapshotPolicy = SnapshotPolicy(),
    notify: @escaping @Sendable (StoreNotice) -> Void = { _ in }
  ) throws(StoreError) {
    let engine = try mappingErrors { try SQLiteEngine(in: folder) }
    self.init(on: engine, cache: folder, clock: clock, snapshots: policy, notify: notify)
  }

  /// Whether the folder holds a One Map already.
  public static func exists(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "karez.gpkg").path)
  }
}
