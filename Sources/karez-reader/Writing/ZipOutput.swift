import CGDAL
import Glibc
import KarezReading

/// Packs a folder into one archive, in the order of names, so that the same files give the same
/// bytes.
enum ZipOutput {
  /// The library says why.
  struct Failure: Error {}

  static func pack(_ folder: String, into path: String, _ beat: () -> Void) throws(Failure) {
    guard let archive = CPLCreateZip("/out/work.zip", nil) else { throw Failure() }
    var isWhole = true
    do throws(Failure) {
      for name in names(in: folder) { try add(name, of: folder, to: archive, beat) }
    } catch {
      isWhole = false
    }
    guard CPLCloseZip(archive) == CE_None, isWhole, Library.isQuiet,
      rename("/out/work.zip", path) == 0
    else { throw Failure() }
  }

  /// The files in a folder and those below it, by their path from there.
  private static func names(in folder: String) -> [String] {
    guard let list = VSIReadDirRecursive(folder) else { return [] }
    defer { CSLDestroy(list) }
    var names: [String] = []
    var index = 0
    // Safe because the list ends with nil.
    while let entry = list[index] {
      names.append(String(cString: entry))
      index += 1
    }
    return names.filter { !$0.hasSuffix("/") }.sorted()
  }

  private static func add(
    _ name: String, of folder: String, to archive: UnsafeMutableRawPointer, _ beat: () -> Void
  ) throws(Failure) {
    guard CPLCreateFileInZip(archive, name, nil) == CE_None,
      let file = try? FileBytes(path: folder + "/" + name)
    else { throw Failure() }
    var offset: Int64 = 0
    while offset < file.size {
      guard let piece = try? file.read(at: offset, count: 1 << 20), !piece.isEmpty,
        CPLWriteFileInZip(archive, piece, Int32(piece.count)) == CE_None
      else { throw Failure() }
      offset += Int64(piece.count)
      beat()
    }
    guard CPLCloseFileInZip(archive) == CE_None else { throw Failure() }
  }
}

/// What says in which encoding the table of a Shapefile is: its .cpg, and its language byte.
enum TableMarks {
  static func set(for shapes: String, _ encoding: String) throws(ReadingError) {
    let stem = String(shapes.dropLast(4))
    // 0x4D is GBK; nothing stands for UTF-8.
    let isMarked = write([encoding == "UTF-8" ? 0x00 : 0x4D], to: stem + ".dbf", at: 29)
    let isNamed = write(Array(encoding.utf8), to: stem + ".cpg", at: 0)
    guard isMarked, isNamed else {
      throw .writeFailed(format: .shapefile, row: 0, message: "not written")
    }
  }

  private static func write(_ bytes: [UInt8], to path: String, at offset: Int) -> Bool {
    let isNew = offset == 0
    let descriptor = open(path, O_WRONLY | (isNew ? O_CREAT | O_TRUNC : 0), 0o644)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return pwrite(descriptor, bytes, bytes.count, offset) == bytes.count
  }
}
