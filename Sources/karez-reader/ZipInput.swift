import CGDAL
import KarezReading

/// An archive: its directory is checked first, then the one thing to read in it is read in place.
struct ZipInput {
  private let request: Request
  private let directory: ZipDirectory
  /// The archive as GDAL addresses it; what is unpacked is never written anywhere.
  private static let root = "/vsizip/{" + Input.path + "}/"

  init(request: Request) throws(ReadingError) {
    self.request = request
    directory = try ZipDirectory(
      of: try FileBytes(path: Input.path),
      decodingGBK: { TextDecoder(encoding: "GB18030")?.decode($0) })
    CPLSetConfigOption("CPL_ZIP_ENCODING", directory.namesAreGBK ? "GB18030" : "UTF-8")
  }

  func open() throws(ReadingError) -> any Source {
    Library.start()
    let candidates = self.candidates
    guard let chosen = candidates.first else {
      let hasDrawing = directory.entries.contains { $0.name.lowercased().hasSuffix(".dwg") }
      throw hasDrawing ? .drawingBinary(version: "") : .zip(.nothingReadable)
    }
    guard candidates.count == 1 else { throw .zip(.severalReadable(names: candidates)) }
    var inner = request
    inner.name = chosen
    let path = Self.root + chosen
    if chosen.lowercased().hasSuffix(".gdb") { return try Input.geodatabase(at: path, inner) }
    let bytes = try LibraryBytes(path: path)
    let content = try FileContent(head: try bytes.read(at: 0, count: FileContent.headSize))
    guard content != .sqlite else { throw .zip(.nothingReadable) }
    return try Input.open(content, at: { _ throws(ReadingError) in path }, inner)
  }

  /// The geodatabases, or else the Shapefiles, or else the other files of a known ending.
  private var candidates: [String] {
    var folders: [String] = []
    for entry in directory.entries {
      let parts = entry.name.split(separator: "/")
      guard let end = parts.firstIndex(where: { $0.lowercased().hasSuffix(".gdb") }) else {
        continue
      }
      let folder = parts[...end].joined(separator: "/")
      if !folders.contains(folder), end < parts.count - 1 || entry.isFolder {
        folders.append(folder)
      }
    }
    if !folders.isEmpty { return folders }
    for endings in [
      [".shp"], [".gml"], [".kml"], [".dxf"], [".vct"], [".json", ".geojson"],
      [".txt", ".csv", ".wkt"],
    ] {
      let names = directory.entries.map(\.name).filter { name in
        let last = name.split(separator: "/").last.map(String.init) ?? ""
        return !last.hasPrefix(".") && !name.hasPrefix("__MACOSX/")
          && endings.contains { name.lowercased().hasSuffix($0) }
      }
      if !names.isEmpty { return names }
    }
    return []
  }
}
