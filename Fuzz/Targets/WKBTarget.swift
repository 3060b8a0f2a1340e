import KarezGeometry

@testable import KarezStore

/// WKB, bare or in the blob of a GeoPackage.
enum WKBTarget: FuzzTarget {
  static let name = "wkb"

  static func feed(_ bytes: [UInt8]) {
    read(bytes)
    try? bytes.withUnsafeBytes { blob in
      try GeoPackageBlob.withWKB(of: blob) { wkb in
        hold((wkb?.count ?? 0) <= bytes.count, "no more is lent than there is")
      }
    }
    if let offset = GeoPackageBlob.wkbOffset(in: bytes), offset <= bytes.count {
      _ = GeoPackageBlob.box(of: bytes)
      read(Array(bytes[offset...]))
    }
  }

  private static func read(_ bytes: [UInt8]) {
    let geometry = try? Geometry(wkb: bytes)
    let same = bytes.withUnsafeBytes { try? Geometry(wkb: $0) }
    hold(geometry == same, "the two ways of reading differ")
    guard let geometry else { return }
    let printed = geometry.wkb()
    hold((try? Geometry(wkb: printed))?.wkb() == printed, "what we write is read otherwise")
  }
}
