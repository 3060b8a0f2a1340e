import Glibc
import KarezCore
import KarezReading

/// Bytes of a file, or of what is piped in, as they come.
///
/// Not Sendable: it belongs to the task that reads.
final class ByteInput {
  /// What problems call it.
  let name: String
  private let descriptor: Int32
  private let isOwned: Bool

  /// The file at a path; standard input for `-`.
  convenience init(path: String) throws(Problem) {
    guard path != "-" else {
      self.init(descriptor: 0, name: "stdin", isOwned: false)
      return
    }
    let name = FileArgument(path, layer: nil).name
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .reading(.fileMissing, of: name) : StreamWording.unreadable(errno, at: name)
    }
    self.init(descriptor: descriptor, name: name, isOwned: true)
  }

  init(descriptor: Int32, name: String, isOwned: Bool) {
    self.descriptor = descriptor
    self.name = name
    self.isOwned = isOwned
  }

  deinit { if isOwned { close(descriptor) } }

  /// Reads what is there, at the most as much as the buffer holds; zero at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw StreamWording.unreadable(errno, at: name) }
    }
  }
}

/// Lines of an input, whatever their length up to a limit.
///
/// Not Sendable: it belongs to the task that reads.
final class LineInput {
  /// Longer than any polygon; what is longer is no line of text.
  static let lengthLimit = 1 << 28

  private let input: ByteInput
  private let lengthLimit: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// The number of the line last given, from 1.
  private(set) var number = 0
  /// Called before the input is waited for.
  var beforeWaiting: () throws(Problem) -> Void = {}

  init(_ input: ByteInput, lengthLimit: Int = LineInput.lengthLimit) {
    self.input = input
    self.lengthLimit = lengthLimit
    buffer = .allocate(byteCount: 1 << 20, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The next line without its end; nil after the last.
  ///
  /// The bytes are good until the next call.
  func next() throws(Problem) -> UnsafeRawBufferPointer? {
    var searched = start
    while true {
      if let found = newline(from: searched) {
        return line(upTo: found, next: found + 1)
      }
      searched = end
      if isAtEnd { return start < end ? line(upTo: end, next: end) : nil }
      guard end - start <= lengthLimit else {
        throw StreamWording.lineTooLong(limit: lengthLimit, at: "\(input.name): line \(number + 1)")
      }
      searched -= makeRoom()
      try beforeWaiting()
      let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
      isAtEnd = count == 0
      end += count
    }
  }

  private func newline(from first: Int) -> Int? {
    // Safe because the range lies within the buffer, which is allocated.
    guard first < end, let base = buffer.baseAddress,
      let found = memchr(base + first, 0x0A, end - first)
    else { return nil }
    return base.distance(to: found)
  }

  private func line(upTo stop: Int, next: Int) -> UnsafeRawBufferPointer {
    number += 1
    // Spreadsheets begin a text with a mark of its encoding, which is no part of it.
    if number == 1, buffer[start..<stop].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    var last = stop
    if last > start, buffer[last - 1] == 0x0D { last -= 1 }
    defer { start = next }
    return UnsafeRawBufferPointer(rebasing: buffer[start..<last])
  }

  /// Makes the buffer hold more; answers by how much the unread bytes moved down.
  private func makeRoom() -> Int {
    guard end == buffer.count else { return 0 }
    let moved = start
    if start > buffer.count / 2 {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
    } else {
      let wider = UnsafeMutableRawBufferPointer.allocate(
        byteCount: buffer.count * 2, alignment: 16)
      wider.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      buffer.deallocate()
      buffer = wider
    }
    end -= start
    start = 0
    return moved
  }
}
