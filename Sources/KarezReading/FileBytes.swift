import Glibc

/// Bytes with a length that can be read from anywhere.
package protocol ByteSource {
  var size: Int64 { get }
  /// At most `count` bytes from `offset` on; fewer only where the bytes end.
  func read(at offset: Int64, count: Int) throws(ReadingError) -> [UInt8]
}

extension ByteSource {
  /// All the bytes, if they are not more than the limit.
  package func readToEnd(limit: Int64) throws(ReadingError) -> [UInt8] {
    guard size <= limit else { throw .fileTooLarge(bytes: size, limit: limit) }
    return try read(at: 0, count: Int(size))
  }
}

/// Bytes that are in memory already.
package struct MemoryBytes: ByteSource {
  let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var size: Int64 { Int64(bytes.count) }

  package func read(at offset: Int64, count: Int) -> [UInt8] {
    guard offset >= 0, offset < size, count > 0 else { return [] }
    let start = Int(offset)
    return Array(bytes[start..<(start + min(count, bytes.count - start))])
  }
}

/// A file opened for reading; closed with its last user.
package final class FileBytes: ByteSource, Sendable {
  private let descriptor: Int32
  package let size: Int64

  package init(path: String) throws(ReadingError) {
    // Not blocking, because opening a pipe nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .fileMissing }
    var status = stat()
    guard fstat(descriptor, &status) == 0,
      [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    else {
      close(descriptor)
      throw .fileMissing
    }
    self.descriptor = descriptor
    size = Int64(status.st_size)
  }

  deinit { close(descriptor) }

  package func read(at offset: Int64, count: Int) throws(ReadingError) -> [UInt8] {
    guard offset >= 0, count > 0 else { return [] }
    var failed = false
    // Safe because `pread` writes at most `count - filled` bytes behind the first `filled`.
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, Int(offset) + filled)
        if got > 0 {
          filled += got
        } else if got == 0 || errno != EINTR {
          failed = got < 0
          return
        }
      }
    }
    guard !failed else { throw .fileMissing }
    return bytes
  }

  /// What a file without a length (under `/proc`) holds.
  func readToEnd(limit: Int) throws(ReadingError) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < limit {
      let piece = try read(at: Int64(all.count), count: 65_536)
      guard !piece.isEmpty else { break }
      all += piece
    }
    return all
  }
}
