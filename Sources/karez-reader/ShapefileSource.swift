import CGDAL
import KarezReading

/// A Shapefile whose every claim has been compared with its bytes before GDAL sees it.
struct ShapefileSource: Source {
  private let inner: LibrarySource

  init(path: String, _ request: Request) throws(ReadingError) {
    let stem = String(path.dropLast(4))
    let shapes = try ShapefileCheck(
      of: try LibraryBytes(path: path), index: Self.sidecar(stem, "shx"))
    var encoding = SourceEncoding(name: "UTF-8", reason: .ascii)
    var warnings: [ReadWarning] = []
    if let table = Self.sidecar(stem, "dbf") {
      try shapes.check(table: table)
      encoding = try Self.encoding(of: table, cpg: Self.sidecar(stem, "cpg"), &warnings)
    } else {
      warnings.append(ReadWarning(code: "no-attributes"))
    }
    // An empty encoding makes GDAL hand over the bytes as they are.
    let dataset = try Library.open(
      path, as: .shapefile, driver: "ESRI Shapefile", options: ["ENCODING="])
    inner = LibrarySource(dataset, .shapefile, request, encoding: encoding, warnings: warnings)
  }

  func layers() throws(ReadingError) -> [SourceLayer] { try inner.layers() }

  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    try inner.read(layer: layer, into: &batch)
  }

  private static func sidecar(_ stem: String, _ kind: String) -> LibraryBytes? {
    for ending in [kind, kind.uppercased()] {
      if let bytes = try? LibraryBytes(path: stem + "." + ending) { return bytes }
    }
    return nil
  }

  private static func encoding(
    of table: LibraryBytes, cpg: LibraryBytes?, _ warnings: inout [ReadWarning]
  ) throws(ReadingError) -> SourceEncoding {
    let header = try DBFHeader(of: table)
    let sample = try table.read(at: 32, count: 4 << 20)
    let guess = TableEncoding.guess(sample)
    if let cpg {
      let text = String(decoding: try cpg.readToEnd(limit: 1_000), as: UTF8.self)
      let name = try TableEncoding.named(text)
      if let guess, guess.reason == .bytes, guess.name != name {
        warnings.append(
          ReadWarning(code: "encoding-doubt", facts: ["stated": name, "bytes": guess.name]))
      }
      return SourceEncoding(name: name, reason: .sidecar)
    }
    if let guess, guess.reason == .ascii { return guess }
    if let name = TableEncoding.language(header.language), guess?.name != "UTF-8" {
      return SourceEncoding(name: name, reason: .languageByte)
    }
    if let guess {
      warnings.append(ReadWarning(code: "encoding-guessed", facts: ["encoding": guess.name]))
      return guess
    }
    guard [0x03, 0x57].contains(header.language) else { throw .encodingUnknown(name: "") }
    return SourceEncoding(name: "windows-1252", reason: .languageByte)
  }
}
