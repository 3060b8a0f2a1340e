import KarezTables

/// Bytes on their way into a file of text, gathered into blocks.
///
/// Not Sendable: it belongs to the task that writes.
package final class OutputText {
  private let file: WholeFile
  /// What waits to be written.
  package var bytes: [UInt8] = []

  private static let blockBytes = 1 << 20

  /// Begins a file; the one that is there, if any, stays until `finish()`.
  package init(path: String) throws(WritingError) {
    do throws(TableError) {
      file = try WholeFile(path: path)
    } catch {
      throw .file(error)
    }
  }

  /// Sends out what has gathered, if it is a block or more.
  package func settle() throws(WritingError) {
    if bytes.count >= Self.blockBytes { try flush() }
  }

  /// Sends out the rest and gives the file its name.
  package func finish() throws(WritingError) {
    try flush()
    do throws(TableError) {
      try file.publish()
    } catch {
      throw .file(error)
    }
  }

  private func flush() throws(WritingError) {
    do throws(TableError) {
      try file.write(bytes)
    } catch {
      throw .file(error)
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
