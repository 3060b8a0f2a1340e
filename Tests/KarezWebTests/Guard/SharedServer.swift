import Foundation
import KarezCore
import KarezService
import Logging
import TestSupport

@testable import KarezWeb

/// One server over an empty map for all tests that leave nothing behind; ends with the tests.
actor SharedServer {
  static let shared = SharedServer()

  private var starting: Task<(WebServerTests.Client, OneMap), any Error>?
  private nonisolated(unsafe) static var folderToRemove: URL?

  func client() async throws -> (client: WebServerTests.Client, map: OneMap) {
    if let starting { return try await starting.value }
    let task = Task { try await Self.start() }
    starting = task
    return try await task.value
  }

  private static func start() async throws -> (WebServerTests.Client, OneMap) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-shared-\(ProcessInfo.processInfo.processIdentifier)")
    folderToRemove = folder
    atexit { SharedServer.removeFolder() }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let map = try await OneMap.initialise(
      data: folder.appending(path: "data"),
      installation: Installation(home: Places.repository, programs: Program.folder), by: .operator)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = WebServer(map: map, logger: logger, limits: try WebServerTests.generous())
    let (addresses, announce) = AsyncStream<String>.makeStream()
    let running = Task {
      defer { announce.finish() }
      try await server.run(host: "127.0.0.1", port: 0) { announce.yield($0) }
    }
    var iterator = addresses.makeAsyncIterator()
    guard let address = await iterator.next() else {
      try await running.value
      throw CancellationError()
    }
    return (WebServerTests.Client(base: String(address.dropLast())), map)
  }

  private static func removeFolder() {
    if let folderToRemove { try? FileManager.default.removeItem(at: folderToRemove) }
  }
}
