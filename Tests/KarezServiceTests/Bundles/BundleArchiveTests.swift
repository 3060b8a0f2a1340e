import Foundation
import TestSupport
import Testing

@testable import KarezService

/// The archive a bundle is: one form, read strictly.
@Suite struct BundleArchiveTests {
  static let parts: [BundleArchive.Part] = [
    .init(name: "manifest.json", bytes: Array("{}".utf8)), .init(name: "a/empty", bytes: []),
    .init(name: "a/数据.json", bytes: (0..<300).map { UInt8($0 & 255) }),
  ]

  @Test func `what is written is read, and equal parts are equal bytes`() throws {
    let archive = BundleArchive(parts: Self.parts)
    #expect(try BundleArchive(reading: archive.bytes()) == archive)
    #expect(archive.bytes() == BundleArchive(parts: Self.parts).bytes())
  }

  @Test func `other programs can open it`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "b.zip")
      try Data(BundleArchive(parts: Self.parts).bytes()).write(to: file)
      let script = """
        import sys, zipfile
        z = zipfile.ZipFile(sys.argv[1])
        assert z.testzip() is None
        print(",".join(z.namelist()), len(z.read("a/数据.json")))
        """
      let outcome = try Program.run("/usr/bin/python3", ["-c", script, file.path])
      #expect(outcome.output == "manifest.json,a/empty,a/数据.json 300\n", "\(outcome.problems)")
    }
  }

  @Test func `no byte can be changed, added or taken away`() throws {
    let bytes = BundleArchive(parts: Self.parts).bytes()
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 1
      #expect(throws: BundleArchive.Fault.self, "byte \(index)") {
        try BundleArchive(reading: other)
      }
    }
    for count in 0..<bytes.count {
      #expect(throws: BundleArchive.Fault.self) {
        try BundleArchive(reading: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: BundleArchive.Fault.self) { try BundleArchive(reading: bytes + [0]) }
    #expect(throws: BundleArchive.Fault.self) { try BundleArchive(reading: [0] + bytes) }
  }

  @Test(arguments: [
    "../x", "/x", "a//b", "a/./b", "a/.hidden", "a\\b", "a b", "", "x\u{7F}",
    String(repeating: "n", count: 241),
  ])
  func `a name that leads elsewhere is refused`(name: String) {
    let bytes = BundleArchive(parts: [.init(name: name, bytes: [1])]).bytes()
    #expect(throws: BundleArchive.Fault.self) { try BundleArchive(reading: bytes) }
  }

  @Test func `a name that stands twice is refused`() {
    let twice = BundleArchive(parts: [Self.parts[0], Self.parts[0]]).bytes()
    #expect(throws: BundleArchive.Fault.altered(part: "directory")) {
      try BundleArchive(reading: twice)
    }
  }
}
