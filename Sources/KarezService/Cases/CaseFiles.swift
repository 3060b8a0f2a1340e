import Foundation
import KarezCore
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

  func keep(_ attachment: Attachment) throws(Problem) -> CaseDocument {
    let ending = attachment.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard let sort = Self.sorts[ending] else { throw Self.fileSort(attachment.name) }
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
    return CaseDocument(
      id: attachment.document, sm3: kept.sm3, bytes: size, mediaType: sort.type)
  }
}
