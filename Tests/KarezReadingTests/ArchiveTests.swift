import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// Archives: what they may hold, and what is read out of them.
@Suite struct ArchiveTests {
  func refusal(
    of archive: ZipBuilder, _ expected: ZipFault, location: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: ReadingError.zip(expected), sourceLocation: location) {
      _ = try await Workers.read(bytes: archive.bytes, as: "a.zip")
    }
  }

  @Test(arguments: ["../a.shp", "/etc/a.shp", "x/../../a.shp", "x\\..\\a.shp", "C:/a.shp", "a\nb"])
  func `a name that leaves the folder is refused`(name: String) async {
    var archive = ZipBuilder()
    archive.add("a.txt", [1])
    archive.add(name, [1])
    await refusal(of: archive, .entryEscapes(name: name))
  }

  @Test func `a link, a name twice and an archive within are refused`() async {
    var link = ZipBuilder()
    link.add("a.shp", Array("/etc/passwd".utf8), attributes: 0xA1FF_0000)
    await refusal(of: link, .entryIsLink(name: "a.shp"))
    var twice = ZipBuilder()
    twice.add("a.shp", [1])
    twice.add("A.SHP", [1])
    await refusal(of: twice, .entryTwice(name: "A.SHP"))
    var nested = ZipBuilder()
    nested.add("b.zip", [1])
    await refusal(of: nested, .nested(name: "b.zip"))
  }

  @Test func `three hundred megabytes of nothing in two are refused unpacked`() async {
    var archive = ZipBuilder()
    archive.addZeros("a.shp", about: 300_000_000)
    #expect(archive.bytes.count < 2_000_000)
    await refusal(of: archive, .ratio(name: "a.shp", ratio: 158, limit: 100))
  }

  @Test func `an entry that claims less than it holds gives no more than it claims`() async {
    var archive = ZipBuilder()
    archive.addZeros("a.shp", about: 50_000_000)
    archive.entries[0].unpacked = 100_000
    await #expect(throws: ReadingError.self) {
      _ = try await Workers.read(bytes: archive.bytes, as: "a.zip")
    }
  }

  @Test func `more entries, more bytes, or a secret are refused`() async {
    var many = ZipBuilder()
    for index in 0..<1_001 { many.add("\(index).txt", []) }
    await refusal(of: many, .tooManyEntries(count: 1_001, limit: 1_000))
    var large = ZipBuilder()
    large.add("a.shp", [UInt8](repeating: 1, count: 1_000))
    large.entries[0].unpacked = 0x8000_0001
    await refusal(of: large, .ratio(name: "a.shp", ratio: 2_147_483, limit: 100))
    var secret = ZipBuilder()
    secret.add("a.shp", [1])
    secret.entries[0].flags = 1
    await refusal(of: secret, .encrypted(name: "a.shp"))
    var method = ZipBuilder()
    method.add("a.shp", [1])
    method.entries[0].method = 14
    await refusal(of: method, .method(name: "a.shp", number: 14))
  }

  @Test func `an archive with nothing to read, or two things, says so`() async {
    var nothing = ZipBuilder()
    nothing.add("readme.pdf", [1])
    await refusal(of: nothing, .nothingReadable)
    var two = ZipBuilder()
    two.add("a.shp", [1])
    two.add("b.shp", [1])
    await refusal(of: two, .severalReadable(names: ["a.shp", "b.shp"]))
  }

  @Test func `any cut of an archive is a reason, never a crash`() throws {
    var archive = ZipBuilder()
    archive.add("x/a.shp", [1, 2, 3])
    archive.add("x/a.dbf", [4])
    let bytes = archive.bytes
    for count in 0..<bytes.count {
      #expect(throws: ReadingError.self) {
        _ = try ZipDirectory(of: MemoryBytes(Array(bytes.prefix(count))), decodingGBK: { _ in nil })
      }
    }
    let whole = try ZipDirectory(of: MemoryBytes(bytes), decodingGBK: { _ in nil })
    #expect(whole.entries.map(\.name) == ["x/a.shp", "x/a.dbf"])
  }

  @Test(arguments: 0..<300)
  func `a changed archive is read or refused, never worse`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var archive = ZipBuilder()
    archive.add("x/a.shp", [1, 2, 3])
    archive.add("x/a.dbf", [4])
    var bytes = archive.bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] =
        [0, 0xFF, UInt8.random(in: 0...255, using: &random)]
        .randomElement(using: &random) ?? 0
    }
    do {
      let directory = try ZipDirectory(of: MemoryBytes(bytes), decodingGBK: { _ in "x" })
      #expect(directory.entries.count <= 2)
    } catch {
      guard case .zip = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func `a zipped shapefile with Chinese names in GBK reads as the bare one does`()
    async throws
  {
    var shapefile = ShapefileBuilder()
    // 地块 in GBK, twice; 名称 as the column.
    let name: [UInt8] = [0xB5, 0xD8, 0xBF, 0xE9]
    shapefile.field = [0xC3, 0xFB, 0xB3, 0xC6]
    shapefile.shapes = [([ShapefileBuilder.square(76, 39, 0.01)], name)]
    var archive = ZipBuilder()
    for (ending, bytes) in shapefile.files {
      archive.add([0xB1, 0xDF, 0xBD, 0xE7] + Array((".").utf8) + Array(ending.utf8), bytes)
    }
    let (layer, features) = try await Workers.read(bytes: archive.bytes, as: "upload.zip")
    #expect(layer.name == "边界")
    #expect(layer.encoding == SourceEncoding(name: "GB18030", reason: .bytes))
    #expect(layer.warnings.map(\.code) == ["encoding-guessed"])
    #expect(layer.fields == [SourceField(name: "名称", type: .text)])
    #expect(features.count == 1)
    #expect(features[0].attributes == ["名称": .text("地块")])
    try await Places.withTemporaryFolder { folder in
      let bare = try await Workers.read(try shapefile.write(to: folder, as: "边界"))
      #expect(bare.layer == layer)
      #expect(bare.features == features)
    }
  }
}
