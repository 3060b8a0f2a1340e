/// Why a file was not read; carries facts, no sentences and no path of the server.
public enum ReadingError: Error, Hashable, Sendable {
  // The file as such.
  case fileMissing
  case emptyFile
  case fileTooLarge(bytes: Int64, limit: Int64)
  /// The first bytes, in hexadecimal.
  case unknownFormat(magic: String)
  /// The library that reads this format would not open it, and said why.
  case driverRefused(format: SourceFormat, message: String)
  /// The library gave up in the middle.
  case readFailed(row: Int64, message: String)
  /// The library gave up writing, and said why; row 0 is the file as such.
  case writeFailed(format: SourceFormat, row: Int64, message: String)
  /// A drawing in AutoCAD's own format, of the version its first bytes name.
  case drawingBinary(version: String)
  case documentTypeDeclared
  case encodingUnknown(name: String)
  case tooManyVertices(row: Int64, count: Int64, limit: Int64)
  case tooManyVerticesInFile(row: Int64, limit: Int64)
  case featureTooLarge(row: Int64, bytes: Int64)
  case noLayer
  case noSuchLayer(name: String, layers: [String])
  /// Several layers could be meant.
  case layerNotChosen(layers: [String])
  case json(code: String, line: Int64, byte: Int64)
  /// A text of coordinates is not what its format wants.
  case text(format: SourceFormat, line: Int64, code: String, detail: String)
  case shapefile(ShapefileFault)
  case zip(ZipFault)
  case geopackage(GeoPackageFault)
  case vct(VCTFault)

  // The worker.
  case sandboxMissing
  case sandboxRefused(message: String)
  case workerUnusable(message: String)
  case workerCrashed(signal: Int32)
  case workerFailed(status: Int32)
  case timeLimit(seconds: Double)
  case memoryLimit(bytes: UInt64)
  case badFrame(FrameFault)
}

/// What is wrong with a Shapefile; `record` is the FID other programs show, which counts from 0.
public enum ShapefileFault: Error, Hashable, Sendable {
  case headerMalformed
  case lengthDisagrees(claimed: Int64, found: Int64)
  case truncatedRecord(record: Int64, byte: Int64)
  /// The index says another length than the record itself.
  case indexDisagrees(record: Int64, byte: Int64)
  case sidecarMissing(kind: String)
  case sidecarMalformed(kind: String)
  case countsDisagree(kind: String, shapes: Int64, found: Int64)
}

/// What is wrong with a ZIP archive.
public enum ZipFault: Error, Hashable, Sendable {
  case malformed(byte: Int64)
  case tooManyEntries(count: Int64, limit: Int64)
  case tooLarge(bytes: Int64, limit: Int64)
  case ratio(name: String, ratio: Int64, limit: Int64)
  case entryEscapes(name: String)
  case entryIsLink(name: String)
  case entryTwice(name: String)
  case nested(name: String)
  case encrypted(name: String)
  case method(name: String, number: Int64)
  case nothingReadable
  case severalReadable(names: [String])
}

/// What is in a GeoPackage that has no business there.
public enum GeoPackageFault: Error, Hashable, Sendable {
  case malformed(message: String)
  case trigger(name: String)
  case view(name: String)
  case virtualTable(name: String)
}

/// Where a worker's answer stopped making sense.
public enum FrameFault: Error, Hashable, Sendable {
  case endsTooSoon
  case unknownKind(UInt8)
  case tooLong(UInt32)
  case wrongVersion(UInt16)
  case invalid
  case outOfOrder
  case trailing
}
