@testable import KarezService

/// A sealed bundle.
enum BundleTarget: FuzzTarget {
  static let name = "bundle"

  static func feed(_ bytes: [UInt8]) {
    hold((try? SealedBundle(reading: bytes, keys: [])) == nil, "nobody signed, and it is believed")
    guard let archive = try? BundleArchive(reading: bytes) else { return }
    hold(archive.bytes() == bytes, "an archive has one form")
    for part in archive.parts {
      hold(!part.name.hasPrefix("/") && !part.name.contains(".."), "leaves: \(part.name)")
    }
  }
}
