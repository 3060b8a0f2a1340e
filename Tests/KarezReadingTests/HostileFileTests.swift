import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// What bad input gets: a reason with its place, soon, and nothing read besides.
@Suite(.timeLimit(.minutes(60))) struct HostileFileTests {
  @Test func `an empty file and a missing one are told apart`() async throws {
    await #expect(throws: ReadingError.emptyFile) {
      _ = try await Workers.read(bytes: [], as: "empty.shp")
    }
    await #expect(throws: ReadingError.fileMissing) {
      _ = try await Workers.reader.layers(of: "/nowhere/at/all.shp")
    }
  }

  @Test(arguments: ["looks_like.geojson", "ssrf.vrt", "lfi.vrt"])
  func `a virtual dataset is refused under any name`(name: String) async throws {
    let body =
      name == "lfi.vrt"
      ? "<VRTDataset rasterXSize=\"64\" rasterYSize=\"1\"><VRTRasterBand/></VRTDataset>"
      : "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/http://127.0.0.1:1/"
        + "x.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    let root = name == "lfi.vrt" ? "<VRTDataset>" : "<OGRVRTDataSource>"
    await #expect(throws: ReadingError.unknownFormat(magic: root)) {
      _ = try await Workers.read(text: body, as: name)
    }
  }

  @Test(arguments: [
    "<!DOCTYPE x [<!ENTITY a \"lol\">]><kml>&a;</kml>",
    "<?xml version=\"1.0\"?>\n<!-- -- > <kml> -->\n<!DOCTYPE kml SYSTEM \"http://x/\"><kml/>",
  ])
  func `XML that declares a document type is refused`(text: String) async throws {
    await #expect(throws: ReadingError.documentTypeDeclared) {
      _ = try await Workers.read(text: text, as: "lol.kml")
    }
  }

  @Test func `XML in an encoding where ASCII is not ASCII is refused`() async throws {
    await #expect(throws: ReadingError.encodingUnknown(name: "utf-7")) {
      _ = try await Workers.read(
        text: "<?xml version='1.0' encoding='UTF-7'?><kml/>", as: "a.kml")
    }
  }

  @Test func `bytes of no known kind are refused by their first eight`() async throws {
    await #expect(throws: ReadingError.unknownFormat(magic: "7f454c4600000000")) {
      _ = try await Workers.read(
        bytes: Array("\u{7F}ELF".utf8) + [0, 0, 0, 0, 1], as: "a.shp")
    }
  }

  @Test func `ten million vertices are refused before they are held`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "huge.geojson")
      let head = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
      var data = Data((head + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[").utf8)
      let thousand = Data(String(repeating: "[1,2],", count: 1_000).utf8)
      for _ in 0..<10_000 { data.append(thousand) }
      data.append(Data("[1,2]]]}}]}".utf8))
      try data.write(to: file)
      await #expect {
        _ = try await Workers.read(file.path)
      } throws: { error in
        guard case .tooManyVertices(1, let count, 1_000_000) = error as? ReadingError else {
          return false
        }
        return count > 1_000_000
      }
      #expect(data.count > 60_000_000)
    }
  }

  @Test func `more vertices in all than a file may have are refused at the feature`()
    async throws
  {
    var options = ReadOptions()
    options.limits.verticesInFile = 12
    let ring =
      "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
      + "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}"
    let text = "{\"type\":\"FeatureCollection\",\"features\":[\(ring),\(ring),\(ring)]}"
    await #expect(throws: ReadingError.tooManyVerticesInFile(row: 3, limit: 12)) {
      _ = try await Workers.read(text: text, as: "a.geojson", options)
    }
  }

  @Test func `an upload beyond its size is refused unread`() async throws {
    var options = ReadOptions()
    options.limits.fileBytes = 3
    await #expect(throws: ReadingError.fileTooLarge(bytes: 4, limit: 3)) {
      _ = try await Workers.read(bytes: [1, 2, 3, 4], as: "a.bin", options)
    }
  }

  // MARK: The worker

  @Test func `without bubblewrap nothing is read`() async throws {
    let reader = SourceReader(program: Workers.program, bubblewrap: "/nowhere/bwrap")
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data("{}".utf8).write(to: file)
      await #expect(throws: ReadingError.sandboxMissing) {
        _ = try await reader.layers(of: file.path)
      }
    }
  }

  @Test func `a worker that talks nonsense is stopped and harms nobody`() async throws {
    let reader = SourceReader(program: "/usr/bin/echo")
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data("{}".utf8).write(to: file)
      await #expect(throws: ReadingError.badFrame(.unknownKind(0x6C))) {
        _ = try await reader.layers(of: file.path)
      }
    }
  }

  @Test func `a worker that cannot start is said to be unusable`() async throws {
    let reader = SourceReader(program: "/usr/bin/false")
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data("{}".utf8).write(to: file)
      await #expect(throws: ReadingError.workerUnusable(message: "")) {
        _ = try await reader.layers(of: file.path)
      }
    }
  }

  @Test func `a worker out of time is stopped`() async throws {
    var options = ReadOptions()
    options.limits.seconds = 0.000_001
    await #expect(throws: ReadingError.timeLimit(seconds: 0.000_001)) {
      _ = try await Workers.read(text: "{}", as: "a.geojson", options)
    }
  }

  @Test func `a worker stopped at once leaves nothing behind`() async throws {
    var options = ReadOptions()
    options.limits.seconds = 0.000_001
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data("{}".utf8).write(to: file)
      for _ in 0..<20 { _ = try? await Workers.read(file.path, options) }
      let patience = ContinuousClock.now + .seconds(600)
      while Self.processes(naming: folder.path) > 0, ContinuousClock.now < patience {
        await Task.yield()
      }
      #expect(Self.processes(naming: folder.path) == 0)
    }
  }

  /// How many processes have the text in their command line.
  static func processes(naming text: String) -> Int {
    let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return ids.filter { id in
      guard Int(id) != nil, let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline")
      else { return false }
      return String(decoding: line, as: UTF8.self).contains(text)
    }.count
  }

  @Test func `a worker that needs more memory than it may have ends, and says so`() async throws {
    var options = ReadOptions()
    options.limits.memoryBytes = 1 << 20
    await #expect {
      _ = try await Workers.read(text: "{}", as: "a.geojson", options)
    } throws: { error in
      switch error as? ReadingError {
      case .memoryLimit, .workerCrashed, .workerFailed: true
      default: false
      }
    }
  }

  @Test func `a cancelled read ends as cancelled`() async throws {
    let square =
      "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
      + "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}"
    let squares = Array(repeating: square, count: 5_000).joined(separator: ",")
    let text = "{\"type\":\"FeatureCollection\",\"features\":[\(squares)]}"
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data(text.utf8).write(to: file)
      let task = Task {
        try await Workers.reader.read(file.path, onLayer: { _ in }) { _ in
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test func `what a handler throws comes out unchanged`() async throws {
    struct Enough: Error {}
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.geojson")
      try Data("{\"type\":\"FeatureCollection\",\"features\":[]}".utf8).write(to: file)
      await #expect(throws: Enough.self) {
        try await Workers.reader.read(file.path, onLayer: { _ in throw Enough() }) { _ in }
      }
    }
  }
}
