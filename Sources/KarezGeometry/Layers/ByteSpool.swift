import Glibc

/// Bytes written one after another and read again in any order: in memory while they are few,
/// in a nameless temporary file when they are many.
final class ByteSpool {
  private static let heldInMemory = 16 << 20
  let folder: String
  // Safe because it is this object's alone, and freed with it.
  private let buffer = GrowingMemory<UInt8>(capacity: 1 << 16)
  private var file: Int32 = -1
  private var written = 0

  var count: Int { written + buffer.count }

  init(spoolingIn folder: String) { self.folder = folder }

  deinit {
    buffer.deallocate()
    if file >= 0 { close(file) }
  }

  /// Appends so many bytes, which the caller fills.
  func append(
    _ count: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LayerError) {
    fill(UnsafeMutableRawBufferPointer(start: buffer.extend(by: count), count: count))
    if buffer.count >= Self.heldInMemory { try flush() }
  }

  private var held: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.first, count: buffer.count)
  }

  private func flush() throws(LayerError) {
    if file < 0 {
      var name = Array((folder + "/.spool-" + String(repeating: "X", count: 6)).utf8CString)
      file = mkstemp(&name)
      guard file >= 0 else { throw .unwritable(path: folder, errno: errno) }
      // Without a name nothing is left behind, whatever happens.
      unlink(name)
    }
    try write(held, to: file, at: written, path: folder)
    written += buffer.count
    buffer.removeAll()
  }

  /// Runs the body on all bytes there are.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LayerError) -> Result
  ) throws(LayerError) -> Result {
    if file < 0 { return try body(held) }
    try flush()
    guard let base = mmap(nil, written, PROT_READ, MAP_PRIVATE, file, 0), base != MAP_FAILED
    else { throw .unreadable(path: folder, errno: errno) }
    defer { munmap(base, written) }
    return try body(UnsafeRawBufferPointer(start: base, count: written))
  }
}

/// Writes all bytes at a place of a file.
func write(
  _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int, path: String
) throws(LayerError) {
  var done = 0
  while done < bytes.count {
    // Safe because `done` stays within the bytes.
    let count = pwrite(
      file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw .unwritable(path: path, errno: errno) }
    done += count
  }
}

extension Array where Element: BitwiseCopyable {
  /// As `withUnsafeBytes`, which does not pass typed errors on.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LayerError) -> Result
  ) throws(LayerError) -> Result {
    let result = withUnsafeBytes { bytes in
      Swift.Result { () throws(LayerError) in try body(bytes) }
    }
    return try result.get()
  }
}
