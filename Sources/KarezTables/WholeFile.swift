import Glibc

/// A file that has its name only when it is whole.
///
/// Until `publish()` it lies beside its place under a name of its own; given up or let go before,
/// it leaves nothing behind. Only a crash can leave the part, and no reader takes a part for the
/// file. Writers gather bytes; each `write` here is a call of the system.
package final class WholeFile {
  /// Where the file will be, for errors; empty for a descriptor of the caller's.
  let path: String
  private let partPath: String?
  private var descriptor: Int32
  private var hasName = false
  package private(set) var bytesWritten = 0

  /// Begins a file that is not there yet, or is to be replaced.
  package init(path: String) throws(TableError) {
    guard !path.isEmpty else { throw .pathNotWritable(path: path, errorNumber: ENOENT) }
    var status = stat()
    // The rename would fail as well, but only after all the work.
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw .pathNotWritable(path: path, errorNumber: EISDIR)
    }
    // Not made of the file's own name, which may already be as long as a name can be.
    let mark = String(UInt64.random(in: .min ... .max), radix: 16)
    let part = Self.folder(of: path) + "/.karez-\(mark).part"
    let opened = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard opened >= 0 else {
      throw Self.isFull(errno)
        ? .diskFull(path: path) : .pathNotWritable(path: path, errorNumber: errno)
    }
    self.path = path
    partPath = part
    descriptor = opened
  }

  /// Writes to what the caller has opened and will close, as standard output.
  init(descriptor: Int32) {
    path = ""
    partPath = nil
    self.descriptor = descriptor
  }

  deinit { abandon() }

  package func write(_ bytes: [UInt8]) throws(TableError) {
    var sent = 0
    while sent < bytes.count {
      // Safe because the pointer does not leave the closure and stays within the array.
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
      }
      if count < 0 {
        // A signal came first; nothing was written.
        if errno == EINTR { continue }
        throw failure(errno)
      }
      sent += count
    }
    bytesWritten += sent
  }

  /// Makes the file durable and gives it its name.
  package func publish() throws(TableError) {
    guard let partPath else { return }
    guard fsync(descriptor) == 0 else { throw failure(errno) }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(partPath, path) == 0 else { throw failure(errno) }
    hasName = true
    try syncFolder()
  }

  /// Makes a whole file durable and gives it another name in the same file system.
  package static func adopt(_ whole: String, as path: String) throws(TableError) {
    let descriptor = open(whole, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .pathNotWritable(path: path, errorNumber: errno) }
    let synced = fsync(descriptor)
    let number = errno
    close(descriptor)
    guard synced == 0 else { throw .writeFailed(path: path, errorNumber: number) }
    guard rename(whole, path) == 0 else {
      throw .pathNotWritable(path: path, errorNumber: errno)
    }
    try WholeFile(named: path).syncFolder()
  }

  /// A file that has its name already.
  private init(named path: String) {
    self.path = path
    partPath = nil
    descriptor = -1
  }

  /// Gives the file up; what was there under its name stays.
  package func abandon() {
    guard let partPath, !hasName else { return }
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    unlink(partPath)
  }

  /// Makes the name as durable as the bytes.
  private func syncFolder() throws(TableError) {
    let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(errno) }
    defer { close(folder) }
    // Some file systems keep names durable by themselves and refuse the call.
    guard fsync(folder) == 0 || errno == EINVAL else { throw failure(errno) }
  }

  private func failure(_ number: Int32) -> TableError {
    Self.isFull(number)
      ? .diskFull(path: path) : .writeFailed(path: path, errorNumber: number)
  }

  private static func isFull(_ number: Int32) -> Bool { number == ENOSPC || number == EDQUOT }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
