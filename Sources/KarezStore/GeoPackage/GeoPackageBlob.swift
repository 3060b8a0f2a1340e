import KarezCore
import KarezGeometry

/// A geometry as a GeoPackage keeps it: a header with the box, then WKB, all little endian.
///
/// - Source: OGC 12-128r18, clause 2.1.3.
enum GeoPackageBlob {
  /// The blob; always of the multi types, which is what the layers declare.
  static func bytes(of geometry: Geometry) -> [UInt8] {
    var writer = Writer()
    writer.bytes.reserveCapacity(64 + 16 * geometry.positionCount)
    let box = geometry.boundingBox
    writer.bytes += [0x47, 0x50, 0, flags(box)]
    writer.append(UInt32(GeoPackageTables.srs))
    if let box {
      for edge in [box.minX, box.maxX, box.minY, box.maxY] { writer.append(edge) }
    }
    writer.append(geometry)
    return writer.bytes
  }

  private static func flags(_ box: BoundingBox?) -> UInt8 { box == nil ? 0x11 : 0x03 }

  /// Where the WKB begins in a blob, or nil where the header is not one of ours.
  static func wkbOffset(in blob: some Collection<UInt8>) -> Int? {
    let head = Array(blob.prefix(8))
    guard head.count == 8, head[0] == 0x47, head[1] == 0x50, head[2] == 0 else { return nil }
    switch (head[3] >> 1) & 7 {
    case 0: return 8
    case 1: return 40
    case 2, 3: return 56
    case 4: return 72
    default: return nil
    }
  }

  private struct Writer {
    var bytes: [UInt8] = []

    mutating func append(_ value: UInt32) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Double) {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(type: UInt32, count: Int) {
      bytes.append(1)
      append(type)
      append(UInt32(clamping: count))
    }

    mutating func append(_ positions: [Position]) {
      append(UInt32(clamping: positions.count))
      for position in positions {
        append(position.x)
        append(position.y)
      }
    }

    mutating func append(_ geometry: Geometry) {
      switch geometry {
      case .points(let positions):
        append(type: 4, count: positions.count)
        for position in positions {
          bytes.append(1)
          append(1 as UInt32)
          append(position.x)
          append(position.y)
        }
      case .lines(let lines):
        append(type: 5, count: lines.count)
        for line in lines {
          bytes.append(1)
          append(2 as UInt32)
          append(line)
        }
      case .polygons(let multi):
        append(type: 6, count: multi.polygons.count)
        for polygon in multi.polygons {
          append(type: 3, count: 1 + polygon.holes.count)
          append(polygon.shell.positions)
          for hole in polygon.holes { append(hole.positions) }
        }
      }
    }
  }
}

extension Geometry {
  /// How many positions there are in all of its parts.
  var positionCount: Int {
    switch self {
    case .points(let positions): positions.count
    case .lines(let lines): lines.reduce(0) { $0 + $1.count }
    case .polygons(let multi): multi.vertexCount
    }
  }

  var kind: GeometryKind {
    switch self {
    case .points: .point
    case .lines: .line
    case .polygons: .polygon
    }
  }
}
