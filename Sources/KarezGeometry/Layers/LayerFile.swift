import Glibc

/// Layer files on disk: written beside their place and renamed when whole; read mapped.
public enum LayerFile {
  /// Ends the names of files that are being written, after the writer's process id; one left
  /// behind is of no use.
  public static let unfinished = ".unfinished"

  /// Makes a file of a known length; nobody sees it before it is whole and synced.
  static func create(
    at path: String, length: Int, _ body: (LayerSink) throws(LayerError) -> Void
  ) throws(LayerError) {
    let partial = path + ".\(getpid())" + unfinished
    let file = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .unwritable(path: path, errno: errno) }
    defer { close(file) }
    do throws(LayerError) {
      // Reserved at once, so that a full disk is known now and not when a page is touched.
      let reserved = posix_fallocate(file, 0, off_t(length))
      guard reserved == 0 else { throw .unwritable(path: path, errno: reserved) }
      try body(LayerSink(.file(descriptor: file, path: path)))
      guard fsync(file) == 0, rename(partial, path) == 0 else {
        throw .unwritable(path: path, errno: errno)
      }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Makes a file of a known length that has no name: it is gone with its map, however that ends.
  ///
  /// Nothing is synced, for nobody could find it after a crash.
  static func createUnnamed(
    in folder: String, length: Int, _ body: (LayerSink) throws(LayerError) -> Void
  ) throws(LayerError) -> Mapping {
    var name = Array((folder + "/.layer-" + String(repeating: "X", count: 6)).utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw .unwritable(path: folder, errno: errno) }
    unlink(name)
    do throws(LayerError) {
      let reserved = posix_fallocate(file, 0, off_t(length))
      guard reserved == 0 else { throw .unwritable(path: folder, errno: reserved) }
      try body(LayerSink(.file(descriptor: file, path: folder)))
      return try map(file, at: folder)
    } catch {
      close(file)
      throw error
    }
  }

  /// A file mapped for reading, and held open so that its length can be asked again.
  struct Mapping {
    let descriptor: Int32
    let bytes: UnsafeRawBufferPointer
  }

  static func map(_ path: String) throws(LayerError) -> Mapping {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unreadable(path: path, errno: errno) }
    do throws(LayerError) {
      return try map(file, at: path)
    } catch {
      close(file)
      throw error
    }
  }

  private static func map(_ file: Int32, at path: String) throws(LayerError) -> Mapping {
    guard let length = length(of: file), length >= LayerFormat.headerWords * 8 else {
      throw .notALayer(path: path)
    }
    guard let base = mmap(nil, length, PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED else {
      throw .unreadable(path: path, errno: errno)
    }
    // A search touches a few pages here and there; what a system may read ahead of each, up to
    // megabytes, would make a first one wait for the disk a hundred times longer.
    madvise(base, length, MADV_RANDOM)
    return Mapping(
      descriptor: file, bytes: UnsafeRawBufferPointer(start: base, count: length))
  }

  /// Says that the whole file is about to be read, so that reading ahead pays.
  static func expectReading(_ mapping: Mapping) {
    madvise(
      UnsafeMutableRawPointer(mutating: mapping.bytes.baseAddress), mapping.bytes.count,
      MADV_NORMAL)
  }

  static func length(of file: Int32) -> Int? {
    var status = stat()
    return fstat(file, &status) == 0 ? Int(status.st_size) : nil
  }

  static func unmap(_ mapping: Mapping) {
    munmap(UnsafeMutableRawPointer(mutating: mapping.bytes.baseAddress), mapping.bytes.count)
    close(mapping.descriptor)
  }
}
