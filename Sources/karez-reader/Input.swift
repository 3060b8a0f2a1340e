import CGDAL
import Glibc
import KarezReading

/// The one file there is, recognised by its content.
struct Input {
  static let path = "/in/main"

  private let request: Request
  private let kind: Kind

  private enum Kind {
    case file(FileContent)
    case folder
  }

  init(request: Request) throws(ReadingError) {
    self.request = request
    var status = stat()
    guard stat(Self.path, &status) == 0 else { throw .fileMissing }
    if status.st_mode & S_IFMT == S_IFDIR {
      kind = .folder
    } else {
      let head = try FileBytes(path: Self.path).read(at: 0, count: FileContent.headSize)
      do throws(ReadingError) {
        kind = .file(try FileContent(head: head))
      } catch .unknownFormat where request.name.lowercased().hasSuffix(".dwg") {
        throw .drawingBinary(version: "")
      }
    }
  }

  /// Opens the file with what its content calls for.
  func open(_ request: Request) throws(ReadingError) -> any Source {
    switch kind {
    case .folder:
      Library.start()
      return try Self.geodatabase(at: try linked("gdb"), request)
    case .file(.zip): return try ZipInput(request: request).open()
    case .file(let content):
      return try Self.open(
        content, at: { ending throws(ReadingError) in try linked(ending) }, request)
    }
  }

  /// Opens content that lies at the path the closure gives for a file ending.
  static func open(
    _ content: FileContent, at place: (String) throws(ReadingError) -> String, _ request: Request
  ) throws(ReadingError) -> any Source {
    switch content {
    case .zip: throw .zip(.nested(name: request.name))
    case .shapefile:
      Library.start()
      return try ShapefileSource(path: try place("shp"), request)
    case .sqlite:
      let path = try place("gpkg")
      try GeoPackageGuard.check(path)
      Library.start()
      let dataset = try Library.open(
        path, as: .geopackage, driver: "GPKG",
        options: ["IMMUTABLE=YES", "NOLOCK=YES", "LIST_ALL_TABLES=NO"])
      return LibrarySource(dataset, .geopackage, request)
    case .flatGeobuf:
      Library.start()
      let dataset = try Library.open(try place("fgb"), as: .flatGeobuf, driver: "FlatGeobuf")
      return LibrarySource(dataset, .flatGeobuf, request)
    case .xml(root: "kml"):
      Library.start()
      let path = try place("kml")
      try MarkupCoordinates.check(try bytes(at: path), of: .kml)
      let dataset = try Library.open(path, as: .kml, driver: "LIBKML")
      return LibrarySource(dataset, .kml, request)
    case .gml:
      Library.start()
      let path = try place("gml")
      try MarkupCoordinates.check(try bytes(at: path), of: .gml)
      let dataset = try Library.open(
        path, as: .gml, driver: "GML",
        options: [
          "DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO", "EXPOSE_GML_ID=NO", "EXPOSE_FID=NO",
        ])
      return LibrarySource(dataset, .gml, request)
    case .dxf:
      Library.start()
      let path = try place("dxf")
      try DrawingNumbers.check(try bytes(at: path))
      let dataset = try Library.open(path, as: .dxf, driver: "DXF")
      return LibrarySource(dataset, .dxf, request)
    case .xml(let root): throw .unknownFormat(magic: "<" + root + ">")
    case .json: return geojson(try bytes(at: try place("geojson")), request)
    case .vct: return try VCTSource(try bytes(at: try place("vct")), request)
    case .csv: return try CSVSource(try bytes(at: try place("csv")), request)
    case .text: return try TextSource(try bytes(at: try place("txt")), request)
    }
  }

  private static func geojson(
    _ bytes: some ByteSource, _ request: Request
  ) -> any Source {
    GeoJSONSource(bytes, request)
  }

  /// The bytes at a path, in an archive or not.
  private static func bytes(at path: String) throws(ReadingError) -> any ByteSource {
    path.hasPrefix("/vsi") ? try LibraryBytes(path: path) : try FileBytes(path: path)
  }

  static func geodatabase(at path: String, _ request: Request) throws(ReadingError) -> any Source {
    let dataset = try Library.open(path, as: .fileGDB, driver: "OpenFileGDB")
    return LibrarySource(dataset, .fileGDB, request)
  }

  /// A name for the input that ends as its format wants, with its sidecars beside it.
  private func linked(_ ending: String) throws(ReadingError) -> String {
    let stem = "/tmp/" + request.stem + "."
    guard symlink(Self.path, stem + ending) == 0 else { throw .fileMissing }
    for kind in ["shx", "dbf", "prj", "cpg"] where access(Self.path + "." + kind, R_OK) == 0 {
      guard symlink(Self.path + "." + kind, stem + kind) == 0 else { throw .fileMissing }
    }
    return stem + ending
  }
}
