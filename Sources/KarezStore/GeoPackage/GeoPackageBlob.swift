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
    head(in: box, srs: srs) + wkb
  }

  /// The header before the WKB of a geometry in this box.
  static func head(in box: BoundingBox?, srs: Int32 = GeoPackageTables.srs) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(boxLength)
    bytes += [0x47, 0x50, 0, box == nil ? 0x11 : 0x03]
    withUnsafeBytes(of: srs.littleEndian) { bytes.append(contentsOf: $0) }
    if let box {
      for edge in [box.minX, box.maxX, box.minY, box.maxY] {
        withUnsafeBytes(of: edge.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// How many bytes of a blob say where its geometry lies.
  static let boxLength = 40

  /// The box a blob's header states; nil where it has none.
  static func box(of head: [UInt8]) -> BoundingBox? {
    guard head.count >= boxLength, wkbOffset(in: head) == boxLength else { return nil }
    // Safe because each number read lies within the forty bytes.
    return head.withUnsafeBytes { bytes in
      func edge(_ place: Int) -> Double {
        let bits = bytes.loadUnaligned(fromByteOffset: 8 + 8 * place, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: bits))
      }
      return BoundingBox(minX: edge(0), minY: edge(2), maxX: edge(1), maxY: edge(3))
    }
  }

  /// Where the WKB begins in a blob, or nil where the header is not one of ours.
  static func wkbOffset(in blob: some Collection<UInt8>) -> Int? {
    guard blob.count >= 8 else { return nil }
    var head = blob.makeIterator()
    guard head.next() == 0x47, head.next() == 0x50, head.next() == 0, let flags = head.next()
    else { return nil }
    switch (flags >> 1) & 7 {
    case 0: return 8
    case 1: return 40
    default: return nil
    }
  }

  /// Lends the WKB of a blob; other geometries than a map's own are kept as they are.
  ///
  /// - Errors: `StoreError.corrupt` for a header that is not one of ours.
  static func withWKB<Result>(
    of blob: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) throws -> Result {
    let offset = blob.first == 0x47 ? wkbOffset(in: blob) : 0
    guard let offset, offset <= blob.count else {
      throw StoreError.corrupt(what: "geometry header")
    }
    return try body(UnsafeRawBufferPointer(rebasing: blob[offset...]))
  }
}
