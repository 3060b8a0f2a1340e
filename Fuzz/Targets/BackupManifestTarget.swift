import KarezCore

@testable import KarezService

/// What a backup says it holds.
enum BackupManifestTarget: FuzzTarget {
  static let name = "backup-manifest"

  static func feed(_ bytes: [UInt8]) {
    guard let manifest = BackupManifest(parsing: bytes) else { return }
    hold(manifest.bytes >= 0, "so many bytes")
    for file in manifest.files {
      hold(!file.path.hasPrefix("/") && !file.path.split(separator: "/").contains(".."), file.path)
    }
    let again = BackupManifest(parsing: Array(manifest.json.canonicalText.utf8))
    hold(again == manifest, "a manifest we write is read")
  }
}
