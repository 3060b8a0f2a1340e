import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import Synchronization
import TestSupport
import Testing

/// Layer files are a cache: whatever happens to them, what is shown stays the same.
@Suite struct SnapshotFileTests {
  static let policy = SnapshotPolicy(
    mostRows: 0, share: 0, mostBytes: 0, isMadeInBackground: false)

  /// A store with one dataset of three features, its file made.
  final class Bench: Sendable {
    let folder: URL
    let store: SQLiteStore
    let dataset: DatasetID
    let asOf: AsOf

    init(_ folder: URL, policy: SnapshotPolicy = SnapshotFileTests.policy) async throws {
      self.folder = folder
      dataset = try Fixture.dataset("land-patches")
      asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(1))
      let ears = Ears()
      store = try SQLiteStore(
        folder: folder, clock: Fixture.clock, snapshots: policy, notify: { ears.hear($0) })
      self.ears = ears
      try await store.define(LayerFixture.schema(dataset), by: .operator, in: .all)
      try await store.importing(
        try LayerFixture.rows(["a": 1, "b": 2, "c": 3]), into: dataset, .state,
        from: Fixture.day(0), key: "0")
    }

    private let ears: Ears
    var notices: [StoreNotice] { ears.notices }
    var files: URL { folder.appending(path: "snapshots/land-patches") }
    var file: URL { files.appending(path: "1.layer") }

    func names() -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: files.path).sorted()) ?? []
    }

    /// Whether what is shown is what is recorded; and whether a file served.
    func isSnapshot(in store: SQLiteStore? = nil) async throws -> Bool {
      let store = store ?? self.store
      let window = BoundingBox(minX: 70, minY: 30, maxX: 80, maxY: 45)
      let layer = try #require(
        try await store.layers(of: [dataset], asOf: asOf, near: window, in: .all)[dataset])
      let shown = try await LayerFixture.shown(by: store, dataset, asOf, near: window, in: .all)
      #expect(try await store.read(dataset, asOf, in: .all) == shown)
      #expect(shown.count == 3)
      return layer.isSnapshot
    }
  }

  final class Ears: Sendable {
    private let heard = Mutex<[StoreNotice]>([])
    func hear(_ notice: StoreNotice) { heard.withLock { $0.append(notice) } }
    var notices: [StoreNotice] { heard.withLock { $0 } }
  }

  static func mode(_ url: URL) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func `a commit leaves one file, for its owner only`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      #expect(bench.names() == ["1.layer"])
      #expect(try await bench.isSnapshot())
      #expect(try Self.mode(bench.file) == 0o600)
      #expect(try Self.mode(bench.files) == 0o700)
      #expect(try Self.mode(folder.appending(path: "snapshots")) == 0o700)
      try await bench.store.importing(
        try LayerFixture.rows(["d": 4]), into: bench.dataset, .changes, from: Fixture.day(0),
        key: "1")
      #expect(bench.names() == ["2.layer"])
      let made = [1, 2].compactMap { CommitNumber($0) }.map {
        StoreNotice.snapshotMade(bench.dataset, $0, rows: $0.value + 2)
      }
      #expect(bench.notices == made)
    }
  }

  @Test func `a folder that is removed is only missed`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      #expect(try await bench.isSnapshot())
      try FileManager.default.removeItem(at: folder.appending(path: "snapshots"))
      // What is open stays open; another process does without, and can make it again.
      #expect(try await bench.isSnapshot())
      let other = try SQLiteStore(folder: folder, clock: Fixture.clock, snapshots: Self.policy)
      #expect(try await !bench.isSnapshot(in: other))
      await other.makeSnapshot(of: bench.dataset)
      #expect(try await bench.isSnapshot(in: other))
      #expect(bench.names() == ["1.layer"])
    }
  }

  /// What may have happened to a file, by name.
  static let damages: [(String, @Sendable (URL) throws -> Void)] = [
    ("cut short", { try Self.edit($0) { try $0.truncate(atOffset: 700) } }),
    ("emptied", { try Self.edit($0) { try $0.truncate(atOffset: 0) } }),
    (
      "made longer",
      { url in
        try Self.edit(url) { file in
          try file.seekToEnd()
          try file.write(contentsOf: [0])
        }
      }
    ),
    (
      "another vertex",
      { url in
        try Self.edit(url) { file in
          let end = try file.seekToEnd()
          try file.seek(toOffset: end - 64)
          try file.write(contentsOf: [1])
        }
      }
    ),
    ("text", { try Data("not a layer".utf8).write(to: $0) }),
    (
      "of another map",
      { url in
        // Whole and sealed, but stamped for something else.
        let writer = LayerWriter(columns: ["/days"], spoolingIn: "/tmp")
        try writer.append(
          row: 1, id: "a", values: ["2020-01-01/"], try Shapes.square(x: 76, y: 39, side: 1))
        _ = try writer.finish(at: url.path, stamp: [1, 1, 1, 1])
      }
    ),
  ]

  static func edit(_ url: URL, _ body: (FileHandle) throws -> Void) throws {
    let handle = try FileHandle(forUpdating: url)
    try body(handle)
    try handle.close()
  }

  @Test(arguments: damages.indices)
  func `a damaged file is never used, is told of once, and is made again`(
    number: Int
  ) async throws {
    let (name, damage) = Self.damages[number]
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      try damage(bench.file)
      let ears = Ears()
      let other = try SQLiteStore(
        folder: folder, clock: Fixture.clock, snapshots: Self.policy, notify: { ears.hear($0) })
      #expect(try await !bench.isSnapshot(in: other), "\(name)")
      #expect(try await !bench.isSnapshot(in: other), "\(name)")
      let ignored = ears.notices.filter {
        if case .snapshotIgnored(bench.dataset, "1", _) = $0 { return true }
        return false
      }
      #expect(ignored.count == 1, "\(name): \(ears.notices)")
      await other.makeSnapshot(of: bench.dataset)
      #expect(try await bench.isSnapshot(in: other))
    }
  }

  @Test(arguments: [0, 1, 2, 3])
  func `a file changed under its reader is let go before the next use`(
    number: Int
  ) async throws {
    let (name, damage) = Self.damages[number]
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      #expect(try await bench.isSnapshot())
      try damage(bench.file)
      #expect(try await !bench.isSnapshot(), "\(name)")
      await bench.store.makeSnapshot(of: bench.dataset)
      #expect(try await bench.isSnapshot())
    }
  }

  @Test func `a file replaced by another leaves its readers what they hold`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      #expect(try await bench.isSnapshot())
      let other = try SQLiteStore(folder: folder, clock: Fixture.clock, snapshots: Self.policy)
      try FileManager.default.removeItem(at: bench.file)
      await other.makeSnapshot(of: bench.dataset)
      #expect(bench.names() == ["1.layer"])
      #expect(try await bench.isSnapshot())
      #expect(bench.notices.count == 1)
      // A later commit of the other process is seen, whoever made its file.
      try await other.importing(
        try LayerFixture.rows(["d": 4]), into: bench.dataset, .changes, from: Fixture.day(0),
        key: "1")
      let later = AsOf(validOn: Fixture.day(0), recorded: try .number(2))
      let shown = try await LayerFixture.shown(
        by: bench.store, bench.dataset, later, near: nil, in: .all)
      #expect(shown.map(\.id) == ["a", "b", "c", "d"])
      #expect(try await bench.isSnapshot(in: other) == false)
    }
  }

  @Test func `a file that a reader finds damaged is taken away`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      #expect(try await bench.isSnapshot())
      await bench.store.forgetSnapshots(of: bench.dataset)
      #expect(bench.names() == [])
      #expect(try await !bench.isSnapshot())
    }
  }

  @Test func `a file that is missed is made in the background`() async throws {
    try await Places.withTemporaryFolder { folder in
      var policy = Self.policy
      policy.isMadeInBackground = true
      let bench = try await Bench(folder, policy: policy)
      try FileManager.default.removeItem(at: bench.file)
      let (stream, continuation) = AsyncStream.makeStream(of: StoreNotice.self)
      let other = try SQLiteStore(
        folder: folder, clock: Fixture.clock, snapshots: policy,
        notify: { continuation.yield($0) })
      #expect(try await !bench.isSnapshot(in: other))
      for await notice in stream {
        #expect(notice == .snapshotMade(bench.dataset, try .number(1), rows: 3))
        break
      }
      #expect(try await bench.isSnapshot(in: other))
    }
  }

  @Test func `what a dead process was writing is removed, what a live one writes is not`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      let mine = "2.layer.\(getpid()).unfinished"
      for name in ["2.layer.999999999.unfinished", "odd.unfinished", mine] {
        try Data([0]).write(to: bench.files.appending(path: name))
      }
      _ = try SQLiteStore(folder: folder, clock: Fixture.clock)
      #expect(bench.names() == ["1.layer", mine])
    }
  }

  @Test func `a whole state long past leaves nothing behind`() async throws {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      try await bench.store.importing(
        try LayerFixture.rows(["a": 5, "b": 5]), into: bench.dataset, .state,
        from: Fixture.day(0), key: "1")
      let shown = try await LayerFixture.shown(
        by: bench.store, bench.dataset, bench.asOf, near: nil, in: .all)
      #expect(shown.map(\.id) == ["a", "b", "c"])
      #expect(bench.names() == ["2.layer"])
    }
  }

  @Test func `a feature that cannot be laid out keeps the file from being made, and is told`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let bench = try await Bench(folder)
      let far = Feature(
        id: "far", geometry: .polygons(try Shapes.square(x: 500, y: 39, side: 1)),
        attributes: ["number": .text("far")])
      try await bench.store.importing(
        [DraftRow(row: 1, feature: far)], into: bench.dataset, .changes, from: Fixture.day(0),
        key: "1")
      #expect(bench.names() == ["1.layer"])
      #expect(try await bench.isSnapshot())
      let failed = bench.notices.filter {
        if case .snapshotFailed(bench.dataset, _) = $0 { return true }
        return false
      }
      #expect(failed.count == 1)
      // Near the others it is not in the way.
      let asOf = AsOf(validOn: Fixture.day(0), recorded: try .number(2))
      let window = BoundingBox(minX: 70, minY: 30, maxX: 80, maxY: 45)
      let shown = try await LayerFixture.shown(
        by: bench.store, bench.dataset, asOf, near: window, in: .all)
      #expect(shown.map(\.id) == ["a", "b", "c"])
    }
  }
}
