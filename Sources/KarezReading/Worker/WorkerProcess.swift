import Glibc
import Synchronization

/// How a worker ended.
enum WorkerEnd: Hashable, Sendable {
  case status(Int32)
  case signal(Int32)
}

/// A started worker and the reading ends of its two sockets.
///
/// - Assumes: it is started, read and waited for on one thread that lives as long as it does: the
///   kernel takes the thread that started it for its parent, and kills it when that thread ends.
final class WorkerProcess: Sendable {
  private let output: Int32
  private let errors: Int32
  /// The process while it may be signalled; nil once it has been waited for.
  private let running: Mutex<pid_t?>

  init(command: [String]) throws(ReadingError) {
    // Sockets, because they alone are made close-on-exec in one step.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    var outputs: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, kind, 0, &outputs) == 0 else {
      throw .workerUnusable(message: "no socket")
    }
    guard socketpair(AF_UNIX, kind, 0, &errors) == 0 else {
      close(outputs[0])
      close(outputs[1])
      throw .workerUnusable(message: "no socket")
    }
    let process = Self.spawn(command, output: outputs[1], errors: errors[1])
    close(outputs[1])
    close(errors[1])
    guard let process else {
      close(outputs[0])
      close(errors[0])
      throw .sandboxRefused(message: "cannot be started")
    }
    output = outputs[0]
    self.errors = errors[0]
    running = Mutex(process)
  }

  deinit {
    close(output)
    close(errors)
  }

  private static func spawn(_ command: [String], output: Int32, errors: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // A group of its own: bubblewrap's inner half only follows its outer half into death once it is
    // set up, so both are ended together.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var process: pid_t = 0
    // Safe because both lists end with nil and outlive the call.
    let failure = posix_spawn(
      &process, command[0], &actions, &attributes, &arguments, &environment)
    return failure == 0 ? process : nil
  }

  /// Ends the worker's group, by its id and only while that id is still its own.
  func kill() {
    running.withLock { process in
      if let process { _ = Glibc.kill(-process, SIGKILL) }
    }
  }

  /// Waits until it has ended.
  func wait() -> WorkerEnd {
    guard let process = running.withLock({ $0 }) else { return .status(0) }
    var information = siginfo_t()
    // Left as a zombie first, so that nobody can signal a stranger with the same id.
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return running.withLock { running in
      running = nil
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      let signal = status & 0x7F
      return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
    }
  }

  enum Arrival {
    case bytes(Int)
    case ended
    case late
  }

  /// Reads what has come, waiting at most until `seconds` have passed.
  func read(
    into bytes: inout [UInt8], atMost count: Int, complaints: inout [UInt8], seconds: Double
  ) -> Arrival {
    let deadline = Self.now() + seconds
    while true {
      let left = deadline - Self.now()
      guard left > 0 else { return .late }
      var waits = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&waits, 2, Int32(min(left * 1_000 + 1, 60_000)))
      if ready < 0 && errno != EINTR { return .ended }
      if ready <= 0 { continue }
      if waits[1].revents != 0 { drain(into: &complaints) }
      if waits[0].revents != 0 { return take(into: &bytes, atMost: count) }
      // Only complaints end early; then the output's end is near as well.
      if waits[1].revents & Int16(POLLIN) == 0 { _ = poll(nil, 0, 1) }
    }
  }

  private func take(into bytes: inout [UInt8], atMost count: Int) -> Arrival {
    var got = 0
    // Safe because `read` writes at most `count` bytes, the capacity asked for.
    let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat { got = Glibc.read(output, buffer.baseAddress, count) } while got < 0 && errno == EINTR
      filled = max(got, 0)
    }
    bytes += piece
    return got > 0 ? .bytes(got) : .ended
  }

  /// Takes what was complained of; only the first 4 kB are kept.
  func drain(into complaints: inout [UInt8]) {
    var piece = [UInt8](repeating: 0, count: 4_096)
    while true {
      let got = recv(errors, &piece, piece.count, Int32(MSG_DONTWAIT))
      guard got > 0 else { return }
      complaints += piece.prefix(min(got, max(0, 4_096 - complaints.count)))
    }
  }

  /// Seconds of a clock that only goes forward.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
