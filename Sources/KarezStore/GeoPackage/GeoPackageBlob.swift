import KarezGeometry

/// A geometry as a GeoPackage keeps it: a header with the box, then WKB, all little endian.
///
/// - Source: OGC 12-128r18, clause 2.1.3.
enum GeoPackageBlob {
  static func bytes(of geometry: Geometry, srs: Int32 = GeoPackageTables.srs) -> [UInt8] {
    bytes(of: geometry.wkb(), in: geometry.boundingBox, srs: srs)
  }

  static func bytes(
    of wkb: [UInt8], in box: BoundingBox?, srs: Int32 = GeoPackageTables.srs
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wkb.count + 40)
    bytes += [0x47, 0x50, 0, box == nil ? 0x11 : 0x03]
    withUnsafeBytes(of: srs.littleEndian) { bytes.append(contentsOf: $0) }
    if let box {
      for edge in [box.minX, box.maxX, box.minY, box.maxY] {
        withUnsafeBytes(of: edge.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    bytes += wkb
    return bytes
  }

  /// Where the WKB begins in a blob, or nil where the header is not one of ours.
  static func wkbOffset(in blob: some Collection<UInt8>) -> Int? {
    let head = Array(blob.prefix(8))
    guard head.count == 8, head[0] == 0x47, head[1] == 0x50, head[2] == 0 else { return nil }
    switch (head[3] >> 1) & 7 {
    case 0: return 8
    case 1: return 40
    default: return nil
    }
  }
}
