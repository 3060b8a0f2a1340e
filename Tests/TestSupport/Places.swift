public import Foundation

/// Where tests find things, and where they may write.
public enum Places {
  /// The repository's root.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of real data beside the repository, if this clone has one.
  ///
  /// A test that needs it is written `.enabled(if: Places.shared != nil)`, so that a clone without
  /// it says the test was skipped.
  public static let shared: URL? = {
    let folder =
      ProcessInfo.processInfo.environment["KAREZ_SHARED"].map { URL(filePath: $0) }
      ?? repository.deletingLastPathComponent().appending(path: "shared")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// Runs the body with a folder of its own, removed afterwards.
  public static func withTemporaryFolder<Result>(
    _ body: (URL) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }
}
