import Glibc

/// The parent's side of a conversation: bytes into frames, and an ending into a reason.
struct WorkerReading {
  private let worker: WorkerProcess
  private let limits: ReadingLimits
  private var decoder = FrameDecoder()
  private var buffer: [UInt8] = []
  private var complaints: [UInt8] = []
  private var waited = 0.0
  private var greeted = false
  private var ended = false

  init(worker: WorkerProcess, limits: ReadingLimits) {
    self.worker = worker
    self.limits = limits
  }

  /// The next frame after the greeting; nil when the worker has said all and ended well.
  mutating func next() throws(ReadingError) -> Frame? {
    while true {
      guard let frame = try frame() else {
        guard ended else { throw reason(of: worker.wait()) }
        return nil
      }
      switch frame {
      case .hello:
        guard !greeted else { throw .badFrame(.outOfOrder) }
        greeted = true
      case .failure(let error): throw error
      default:
        guard greeted, !ended else { throw .badFrame(.outOfOrder) }
        if case .end = frame { ended = true }
        return frame
      }
    }
  }

  /// Ends what is still under way.
  func finish() {
    worker.kill()
    _ = worker.wait()
  }

  /// One frame; nil where the bytes end.
  private mutating func frame() throws(ReadingError) -> Frame? {
    do {
      guard try fill(Frame.headerSize) else {
        guard buffer.isEmpty || !greeted else { throw reason(of: worker.wait()) }
        return nil
      }
      let (kind, length) = try FrameDecoder.header(Array(buffer.prefix(Frame.headerSize)))
      guard try fill(Frame.headerSize + length) else { throw reason(of: worker.wait()) }
      defer { buffer.removeFirst(Frame.headerSize + length) }
      return try decoder.decode(
        kind: kind, in: buffer[Frame.headerSize..<(Frame.headerSize + length)])
    } catch let fault as FrameFault {
      throw .badFrame(fault)
    } catch let error as ReadingError {
      throw error
    } catch {
      throw .badFrame(.invalid)
    }
  }

  /// Waits until so many bytes are there; false where they end before.
  private mutating func fill(_ count: Int) throws(ReadingError) -> Bool {
    while buffer.count < count {
      let patience = min(limits.silentSeconds, (limits.seconds ?? .infinity) - waited)
      let began = WorkerProcess.now()
      let arrival = worker.read(
        into: &buffer, atMost: max(65_536, count - buffer.count), complaints: &complaints,
        seconds: patience)
      waited += WorkerProcess.now() - began
      switch arrival {
      case .bytes: break
      case .ended: return false
      case .late:
        worker.kill()
        throw .timeLimit(seconds: limits.seconds ?? limits.silentSeconds)
      }
    }
    return true
  }

  /// Why a worker that did not finish its answer ended.
  private mutating func reason(of end: WorkerEnd) -> ReadingError {
    worker.drain(into: &complaints)
    let message = Self.withoutPaths(String(decoding: complaints, as: UTF8.self))
    if !greeted {
      return message.hasPrefix("bwrap:")
        ? .sandboxRefused(message: message) : .workerUnusable(message: message)
    }
    // bubblewrap passes the signal its child died of on as a status, as shells do.
    let signal =
      switch end {
      case .signal(let number): number
      case .status(let status) where status > 128: status - 128
      case .status: Int32(0)
      }
    if signal == SIGXCPU { return .timeLimit(seconds: limits.seconds ?? limits.silentSeconds) }
    let starved = ["bad_alloc", "ut of memory", "annot allocate", "alloc failed"]
    if starved.contains(where: { message.range(of: $0) != nil }) {
      return .memoryLimit(bytes: limits.memoryBytes)
    }
    if signal != 0 { return .workerCrashed(signal: signal) }
    if case .status(let status) = end, status != 0 { return .workerFailed(status: status) }
    return .badFrame(.endsTooSoon)
  }

  /// A message fit to be shown: one line, and no path of the server.
  static func withoutPaths(_ message: String) -> String {
    let words = message.split { $0 == " " || $0.isNewline }
    let shown = words.map { $0.utf8.contains(UInt8(ascii: "/")) ? "…" : String($0) }
    return String(shown.joined(separator: " ").prefix(300))
  }
}
