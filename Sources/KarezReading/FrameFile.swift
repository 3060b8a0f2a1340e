/// Frames that were laid down in a file, in their order.
package struct FrameFile {
  private let bytes: FileBytes
  private var offset: Int64 = 0
  private var decoder = FrameDecoder()

  package init(path: String) throws(ReadingError) { bytes = try FileBytes(path: path) }

  /// The next frame; nil where the file ends.
  package mutating func next() throws(ReadingError) -> Frame? {
    let head = try bytes.read(at: offset, count: Frame.headerSize)
    guard !head.isEmpty else { return nil }
    do throws(FrameFault) {
      let (kind, length) = try FrameDecoder.header(head)
      let payload = try? bytes.read(at: offset + Int64(Frame.headerSize), count: length)
      guard let payload, payload.count == length else { throw FrameFault.endsTooSoon }
      offset += Int64(Frame.headerSize + length)
      return try decoder.decode(kind: kind, payload)
    } catch {
      throw .badFrame(error)
    }
  }
}
