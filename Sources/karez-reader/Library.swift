import CGDAL
import Glibc
import KarezReading
import Synchronization

/// GDAL, with nothing in it but the drivers that are wanted.
enum Library {
  private struct Complaints {
    var first: String?
    /// Reading goes on after a warning; what is written must be as it was asked for.
    var least = CE_Failure
  }

  /// The first complaint since the last look.
  private static let complaints = Mutex(Complaints())

  static func start(drivers: Set<String> = Library.readers, hearsWarnings: Bool = false) {
    for (key, value) in settings { CPLSetConfigOption(key, value) }
    for name in markupColumns.keys {
      CPLSetConfigOption("LIBKML_\(name.uppercased())_FIELD", markupPrefix + name)
    }
    if hearsWarnings { complaints.withLock { $0.least = CE_Warning } }
    CPLSetErrorHandler { kind, _, message in
      guard let message else { return }
      let text = String(cString: message)
      Library.complaints.withLock { complaints in
        let isHeard = kind.rawValue >= complaints.least.rawValue
        if complaints.first == nil, isHeard { complaints.first = text }
      }
      if kind == CE_Fatal { _ = write(2, text, text.utf8.count) }
    }
    GDALAllRegister()
    var index = GDALGetDriverCount() - 1
    while index >= 0 {
      if let driver = GDALGetDriver(index), !drivers.contains(name(of: driver)) {
        GDALDeregisterDriver(driver)
      }
      index -= 1
    }
  }

  static let readers: Set<String> = [
    "ESRI Shapefile", "GPKG", "OpenFileGDB", "GML", "LIBKML", "DXF", "FlatGeobuf",
  ]

  private static let settings = [
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "{none}"),
    ("SHAPE_RESTORE_SHX", "NO"),
    // A code such as 0103 is no number; the schema of the dataset gives values their types.
    ("GML_FIELDTYPES", "ALWAYS_STRING"),
    ("GML_SKIP_RESOLVE_ELEMS", "ALL"),
    ("SHAPE_REWIND_ON_WRITE", "NO"),
    ("OGR_SQLITE_LOAD_EXTENSIONS", ""),
    ("OGR_ENABLE_PARTIAL_REPROJECTION", "NO"),
    ("GDAL_CACHEMAX", "16"),
    ("GDAL_NUM_THREADS", "1"),
    ("GDAL_PAM_ENABLED", "NO"),
  ]

  /// The columns KML has of itself, out of the way of attributes of the same names.
  static let markupColumns = [
    "name": "Name", "description": "Description", "timestamp": nil, "begin": nil, "end": nil,
    "altitudeMode": nil, "tessellate": nil, "extrude": nil, "visibility": nil, "drawOrder": nil,
    "icon": nil,
  ]
  static let markupPrefix = "_kml_"

  private static func name(of driver: GDALDriverH) -> String {
    GDALGetDriverShortName(driver).map { String(cString: $0) } ?? ""
  }

  /// What was complained of since the last call, without paths.
  static func takeComplaint() -> String? {
    complaints.withLock { complaints in
      defer { complaints.first = nil }
      return complaints.first.map(shown)
    }
  }

  /// Whether nothing was complained of since the last call of `takeComplaint`.
  static var isQuiet: Bool { complaints.withLock { $0.first == nil } }

  private static func shown(_ message: String) -> String {
    let words = message.split { $0 == " " || $0.isNewline }
    let clean = words.map { $0.contains("/") ? "…" : String($0) }.joined(separator: " ")
    return String(clean.prefix(300))
  }

  /// Opens a file with exactly one driver.
  static func open(
    _ path: String, as format: SourceFormat, driver: String, options: [String] = []
  ) throws(ReadingError) -> Dataset {
    _ = takeComplaint()
    let flags = UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
    let allowed = StringList([driver])
    let settings = StringList(options)
    guard let handle = GDALOpenEx(path, flags, allowed.pointers, settings.pointers, nil) else {
      throw .driverRefused(format: format, message: takeComplaint() ?? "")
    }
    return Dataset(handle: handle)
  }
}

/// An open dataset; closed with its last user.
final class Dataset {
  let handle: GDALDatasetH

  init(handle: GDALDatasetH) { self.handle = handle }

  deinit { GDALClose(handle) }

  var layers: [OGRLayerH] {
    (0..<GDALDatasetGetLayerCount(handle)).compactMap { GDALDatasetGetLayer(handle, $0) }
  }
}

/// A list of C strings that ends with nil, for the length of a call.
final class StringList {
  private let owned: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    // Safe because every place is set here and freed in `deinit`, the last one nil.
    owned = .allocate(capacity: texts.count + 1)
    for (index, text) in texts.enumerated() { (owned + index).initialize(to: strdup(text)) }
    (owned + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(owned[index]) }
    owned.deallocate()
  }

  /// For calls that do not say they leave the texts as they are, and do.
  var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> { owned }

  var pointers: UnsafePointer<UnsafePointer<CChar>?> {
    // Safe because a pointer to characters may be read through one to constant characters.
    UnsafeRawPointer(owned).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
  }
}

/// Bytes that GDAL can read: a file in an archive, mostly.
final class LibraryBytes: ByteSource {
  private let file: UnsafeMutablePointer<VSILFILE>
  let size: Int64

  init(path: String) throws(ReadingError) {
    guard let file = VSIFOpenL(path, "rb") else { throw .fileMissing }
    self.file = file
    guard VSIFSeekL(file, 0, SEEK_END) == 0 else { throw .fileMissing }
    size = Int64(clamping: VSIFTellL(file))
  }

  deinit { VSIFCloseL(file) }

  func read(at offset: Int64, count: Int) throws(ReadingError) -> [UInt8] {
    guard offset >= 0, offset < size, count > 0 else { return [] }
    guard VSIFSeekL(file, vsi_l_offset(offset), SEEK_SET) == 0 else { throw .fileMissing }
    // Safe because VSIFReadL writes at most `count` bytes, the capacity asked for.
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = VSIFReadL(buffer.baseAddress, 1, count, file)
    }
  }
}
