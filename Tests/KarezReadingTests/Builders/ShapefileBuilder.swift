import Foundation

/// A Shapefile of polygons with one text column, written byte by byte.
struct ShapefileBuilder {
  /// Rings of one shape each, and the bytes of its name.
  var shapes: [(rings: [[(Double, Double)]], name: [UInt8])] = []
  var field: [UInt8] = Array("NAME".utf8)
  var language: UInt8 = 0

  private static func big(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: Int32(value).bigEndian) { Array($0) }
  }

  private static func header(words: Int) -> [UInt8] {
    big(9_994) + [UInt8](repeating: 0, count: 20) + big(words) + ZipBuilder.le(Int32(1_000))
      + ZipBuilder.le(Int32(5)) + [UInt8](repeating: 0, count: 64)
  }

  private func record(_ rings: [[(Double, Double)]]) -> [UInt8] {
    var bytes = ZipBuilder.le(Int32(5)) + [UInt8](repeating: 0, count: 32)
    bytes += ZipBuilder.le(Int32(rings.count))
    bytes += ZipBuilder.le(Int32(rings.reduce(0) { $0 + $1.count }))
    var first = 0
    for ring in rings {
      bytes += ZipBuilder.le(Int32(first))
      first += ring.count
    }
    for (x, y) in rings.flatMap({ $0 }) {
      bytes += ZipBuilder.le(x.bitPattern) + ZipBuilder.le(y.bitPattern)
    }
    return bytes
  }

  /// The files by their endings.
  var files: [String: [UInt8]] {
    var body: [UInt8] = []
    var index: [UInt8] = []
    for (number, shape) in shapes.enumerated() {
      let record = record(shape.rings)
      index += Self.big((100 + body.count) / 2) + Self.big(record.count / 2)
      body += Self.big(number + 1) + Self.big(record.count / 2) + record
    }
    return [
      "shp": Self.header(words: (100 + body.count) / 2) + body,
      "shx": Self.header(words: (100 + index.count) / 2) + index,
      "dbf": table,
    ]
  }

  private var table: [UInt8] {
    let width = 32
    var bytes: [UInt8] = [3, 124, 1, 1] + ZipBuilder.le(UInt32(shapes.count))
    bytes += ZipBuilder.le(UInt16(65)) + ZipBuilder.le(UInt16(width + 1))
    bytes += [UInt8](repeating: 0, count: 17) + [language, 0, 0]
    bytes += field + [UInt8](repeating: 0, count: 11 - field.count) + Array("C".utf8)
    bytes += [0, 0, 0, 0, UInt8(width)] + [UInt8](repeating: 0, count: 15) + [0x0D]
    for shape in shapes {
      let name = shape.name.prefix(width)
      bytes += [0x20] + name + [UInt8](repeating: 0x20, count: width - name.count)
    }
    return bytes + [0x1A]
  }

  /// Writes the files into a folder and gives the main one's path.
  func write(to folder: URL, as stem: String) throws -> String {
    for (ending, bytes) in files {
      try Data(bytes).write(to: folder.appending(path: stem + "." + ending))
    }
    return folder.appending(path: stem + ".shp").path
  }

  /// A clockwise square, as the format wants its shells.
  static func square(_ x: Double, _ y: Double, _ side: Double) -> [(Double, Double)] {
    [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
  }
}
