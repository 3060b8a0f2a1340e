import Glibc

/// Limits the kernel holds the worker to, whatever a library does.
enum ResourceLimits {
  /// A worker that only reads may not fill the temporary memory it has.
  static func apply(memoryBytes: UInt64, seconds: UInt64?, writes: Bool) {
    set(Int32(RLIMIT_AS.rawValue), memoryBytes)
    set(Int32(RLIMIT_CORE.rawValue), 0)
    set(Int32(RLIMIT_NOFILE.rawValue), 64)
    set(Int32(RLIMIT_FSIZE.rawValue), writes ? 1 << 40 : 64 << 20)
    if let seconds { set(Int32(RLIMIT_CPU.rawValue), seconds) }
  }

  private static func set(_ resource: Int32, _ value: UInt64) {
    var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    // A limit that cannot be set is not a limit: better no worker than one without.
    guard setrlimit(__rlimit_resource_t(UInt32(resource)), &limit) == 0 else { _exit(71) }
  }
}
