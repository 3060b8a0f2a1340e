import CGDAL
import Glibc
import KarezReading

/// Takes the frames of one layer from the input, and writes it in the layer's format.
enum LayerWriting {
  static func run(_ request: Request, _ output: FrameOutput) throws(ReadingError) {
    var frames = try FrameFile(path: Input.path)
    guard case .hello? = try frames.next(), case .layer(let layer)? = try frames.next() else {
      throw .badFrame(.outOfOrder)
    }
    let form = try TargetForm(layer, day: request.day)
    Library.start(drivers: [form.driver], hearsWarnings: true)
    let target = try LibraryTarget(layer, form, request)
    var row: Int64 = 0
    while let frame = try frames.next() {
      switch frame {
      case .features(let features):
        for feature in features {
          row += 1
          try target.add(feature, row: row)
        }
        output.write(.features([]))
      case .end(let count):
        guard count == row else { throw .badFrame(.endsTooSoon) }
        try target.finish { output.write(.features([])) }
        output.write(.end(count: count))
        return
      default: throw .badFrame(.outOfOrder)
      }
    }
    throw .badFrame(.endsTooSoon)
  }
}

/// How a format's file is made by the library.
struct TargetForm {
  let driver: String
  /// Where the library writes.
  let path: String
  /// The folder to be packed into one archive, for formats of several files.
  var folder: String?
  /// Every value as the text it is written as, where the file has no types.
  var isText = false
  var datasetOptions: [String] = []
  var layerOptions: [String] = []

  static let result = Sandbox.folder + "/" + LibraryWriter.result

  /// - Errors: `writeFailed` for a format that is only read.
  init(_ layer: SourceLayer, day: String) throws(ReadingError) {
    let set = Sandbox.folder + "/set"
    switch layer.format {
    case .shapefile:
      driver = "ESRI Shapefile"
      path = set + "/" + layer.name + ".shp"
      folder = set
      // An empty encoding makes GDAL take the bytes as they are given.
      layerOptions = ["ENCODING=", "DBF_DATE_LAST_UPDATE=" + day, "RESIZE=NO"]
    case .fileGDB:
      driver = "OpenFileGDB"
      path = set + "/" + layer.name + ".gdb"
      folder = set
    case .gml:
      driver = "GML"
      path = Sandbox.folder + "/work.gml"
      isText = true
      datasetOptions = ["FORMAT=GML3.2", "XSISCHEMA=OFF", "SPACE_INDENTATION=NO"]
    case .kml:
      driver = "KML"
      path = Sandbox.folder + "/work.kml"
      isText = true
    case .dxf:
      driver = "DXF"
      path = Sandbox.folder + "/work.dxf"
    case .xlsx:
      driver = "XLSX"
      path = Sandbox.folder + "/work.xlsx"
    default:
      throw .writeFailed(format: layer.format, row: 0, message: "read only")
    }
  }

  /// Where the worker may write.
  private enum Sandbox { static let folder = "/out" }
}
