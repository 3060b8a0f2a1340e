import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore
import KarezWorkflow

/// 附件存放: files of cases, kept under their digests and never cleared away.
extension Cases {
  private var files: BlobFolder { BlobFolder(in: map.data, named: "case-files") }

  /// Larger files are maps and pictures, which are handed in as data.
  static let mostBytes = 256 << 20

  /// Sorts of files that are taken, by their endings, and how such a file begins.
  private static let sorts: [String: (type: String, beginnings: [[UInt8]])] = [
    "pdf": ("application/pdf", [Array("%PDF-".utf8)]),
    "png": ("image/png", [[0x89, 0x50, 0x4E, 0x47]]),
    "jpg": ("image/jpeg", [[0xFF, 0xD8, 0xFF]]),
    "jpeg": ("image/jpeg", [[0xFF, 0xD8, 0xFF]]),
    "tif": ("image/tiff", [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]]),
    "zip": ("application/zip", [[0x50, 0x4B, 3, 4]]),
    "ofd": ("application/ofd", [[0x50, 0x4B, 3, 4]]),
    "docx": (
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      [[0x50, 0x4B, 3, 4]]
    ),
    "xlsx": (
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", [[0x50, 0x4B, 3, 4]]
    ),
    "txt": ("text/plain", []), "geojson": ("application/geo+json", []),
  ]

  /// Sorts that are taken of a boundary only.
  private static let boundarySorts: [String: (type: String, beginnings: [[UInt8]])] = [
    "json": ("application/geo+json", []), "wkt": ("text/plain", []), "csv": ("text/csv", []),
    "kml": ("application/vnd.google-earth.kml+xml", []), "gml": ("application/gml+xml", []),
    "gpkg": ("application/geopackage+sqlite3", [Array("SQLite format 3".utf8)]),
  ]

  /// Keeps a file; one that is the procedure's boundary is read, and refused where it is none.
  func keep(
    _ attachment: Attachment, of definition: WorkflowDefinition
  ) async throws(Problem) -> CaseDocument {
    let isBoundary = attachment.document == definition.boundary
    let kept = try keep(attachment, isBoundary: isBoundary)
    guard isBoundary else { return kept.document }
    let boundary = try await map.readBoundary(
      file: FileArgument(kept.path, layer: nil), named: attachment.name, crs: nil)
    let outline = try BoundaryOutline(boundary)
    let area = outline.geometry.statutoryArea()
    let read = AnsweredBoundary(
      statutoryArea: area, parcels: boundary.parcelCount, crs: boundary.crs,
      crsReason: boundary.crsReason,
      warnings: boundary.warnings + boundary.parcels.flatMap(\.warnings) + outline.warnings,
      geometry: outline.geometry)
    let text = Array(read.json.canonicalText.utf8)
    let mark = CaseBoundary(
      sm3: try keep(text, named: "boundary.json").sm3,
      areaM2: DecimalText.fixed(area.squareMetres, decimals: 2), parcels: boundary.parcelCount,
      crs: boundary.crs)
    let document = kept.document
    return CaseDocument(
      id: document.id, sm3: document.sm3, bytes: document.bytes, mediaType: document.mediaType,
      boundary: mark)
  }

  /// A boundary as it was read when it was attached.
  func boundary(_ mark: CaseBoundary) throws(Problem) -> AnsweredBoundary {
    guard let bytes = content(mark.sm3), let json = try? JSONValue(parsing: bytes),
      let boundary = try? AnsweredBoundary(json: json)
    else { throw .store(.corrupt(what: "boundary \(mark.sm3)")) }
    return boundary
  }

  /// Keeps bytes of our own making.
  func keep(_ bytes: [UInt8], named name: String) throws(Problem) -> (sm3: String, bytes: Int) {
    let fresh = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: fresh) }
    try OutputFile.write(bytes, to: fresh.path)
    return (try files.keep(fileAt: fresh.path, named: name).sm3, bytes.count)
  }

  /// The bytes kept under a digest; nil where they are not there or not what they were.
  public func content(_ sm3: String) -> [UInt8]? {
    let folder = files.folder.appending(path: sm3)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() {
      guard let data = FileManager.default.contents(atPath: folder.appending(path: name).path)
      else { continue }
      let bytes = Array(data)
      if SM3.digest(bytes).description == sm3 { return bytes }
    }
    return nil
  }

  private func keep(
    _ attachment: Attachment, isBoundary: Bool
  ) throws(Problem) -> (document: CaseDocument, path: String) {
    let ending = attachment.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let sort = Self.sorts[ending] ?? (isBoundary ? Self.boundarySorts[ending] : nil)
    guard let sort else { throw Self.fileSort(attachment.name) }
    guard let handle = FileHandle(forReadingAtPath: attachment.path),
      let attributes = try? FileManager.default.attributesOfItem(atPath: attachment.path),
      let size = (attributes[.size] as? NSNumber)?.intValue
    else { throw Self.fileUnreadable(attachment.name) }
    defer { try? handle.close() }
    guard size > 0, size <= Self.mostBytes else {
      throw Self.fileSize(attachment.name, size: size)
    }
    let head = Array((try? handle.read(upToCount: 16)) ?? Data())
    let isSort =
      sort.beginnings.isEmpty
      ? !head.contains(0) : sort.beginnings.contains { head.starts(with: $0) }
    guard isSort else { throw Self.fileSort(attachment.name) }
    let kept = try files.keep(fileAt: attachment.path, named: attachment.name)
    let document = CaseDocument(
      id: attachment.document, sm3: kept.sm3, bytes: size, mediaType: sort.type)
    return (document, files.path(of: kept))
  }
}
