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

  /// How many bytes of a blob say where its geometry lies.
  static let boxLength = 40

  /// The box a blob's header states; nil where it has none.
  static func box(of head: [UInt8]) -> BoundingBox? {
    guard head.count >= boxLength, wkbOffset(in: head) == boxLength else { return nil }
    // Safe because each number read lies within the forty bytes.
    let edges = head.withUnsafeBytes { bytes in
      (0..<4).map { place in
        let bits = bytes.loadUnaligned(fromByteOffset: 8 + 8 * place, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: bits))
      }
    }
    return BoundingBox(minX: edges[0], minY: edges[2], maxX: edges[1], maxY: edges[3])
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
