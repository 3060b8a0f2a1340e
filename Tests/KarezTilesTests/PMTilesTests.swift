import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezTiles

@Suite struct PMTilesTests {
  /// From the table of the specification, version 3.
  @Test(arguments: [
    (0, 0, 0, 0), (1, 0, 0, 1), (1, 0, 1, 2), (1, 1, 1, 3), (1, 1, 0, 4), (2, 0, 0, 5),
    (12, 3423, 1763, 19_078_479),
  ])
  func `a tile's id is the specification's`(
    level: Int, column: Int, row: Int, id: Int
  ) throws {
    let address = try #require(
      TileAddress(.webMercatorQuad, level: level, row: row, column: column))
    #expect(PMTilesArchive.id(of: address) == UInt64(id))
  }

  static let python = Places.repository.appending(path: ".venv/bin/python")
  static let reader = """
    import sys, types
    import pmtiles.tile
    from pmtiles.reader import Reader, MmapSource
    # It takes every directory for compressed, whatever the header says.
    pmtiles.tile.gzip = types.SimpleNamespace(decompress=lambda bytes: bytes)
    with open(sys.argv[1], "rb") as file:
        reader = Reader(MmapSource(file))
        head = reader.header()
        print(head["min_zoom"], head["max_zoom"], head["tile_type"].name, reader.metadata()["name"])
        for word in sys.argv[2:]:
            z, x, y = map(int, word.split("/"))
            found = reader.get(z, x, y)
            print(word, found.decode() if found else "-")
    """

  static func hasReader() -> Bool {
    let process = Process()
    process.executableURL = python
    process.arguments = ["-c", "import pmtiles.reader"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    if process.terminationStatus != 0 { print("pmtiles is not in .venv; run make setup") }
    return process.terminationStatus == 0
  }

  /// With few tiles there is only a root; with many there are leaves.
  @Test(.enabled(if: hasReader()), arguments: [3, 8])
  func `another reader finds every tile`(most: Int) throws {
    var archive = PMTilesArchive()
    var tiles: [UInt8] = []
    var asked: [String] = []
    var expected: [String] = []
    for level in 0...most {
      let side = 1 << level
      let all = (0..<side).flatMap { row in
        (0..<side).compactMap { column in
          TileAddress(.webMercatorQuad, level: level, row: row, column: column)
        }
      }
      for address in all.sorted(by: { PMTilesArchive.id(of: $0) < PMTilesArchive.id(of: $1) }) {
        let word = "\(address.level)/\(address.column)/\(address.row)"
        // Some tiles are not there.
        let isThere = (address.column + address.row) % 5 != 1
        if isThere {
          archive.add(address, bytes: word.utf8.count)
          tiles += word.utf8
        }
        guard (address.column * 31 + address.row) % 97 < 3 else { continue }
        asked.append(word)
        expected.append(word + " " + (isThere ? word : "-"))
      }
    }
    let head = archive.head(
      metadata: .object(["name": .string("fields")]), levels: 0...most,
      around: BoundingBox(minX: 75, minY: 35, maxX: 80, maxY: 40))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).pmtiles")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(head + tiles).write(to: file)
    let process = Process()
    process.executableURL = Self.python
    process.arguments = ["-c", Self.reader, file.path] + asked
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.first == "0 \(most) MVT fields")
    #expect(Array(lines.dropFirst()) == expected && expected.count > 3)
  }
}
