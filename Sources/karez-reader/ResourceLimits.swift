import Glibc

/// Limits the kernel holds the worker to, whatever a library does.
enum ResourceLimits {
  static func apply(memoryBytes: UInt64, seconds: UInt64?) {
    set(Int32(RLIMIT_AS.rawValue), memoryBytes)
    set(Int32(RLIMIT_CORE.rawValue), 0)
    set(Int32(RLIMIT_NOFILE.rawValue), 64)
    set(Int32(RLIMIT_FSIZE.rawValue), 64 << 20)
    if let seconds { set(Int32(RLIMIT_CPU.rawValue), seconds) }
  }

  private static func set(_ resource: Int32, _ value: UInt64) {
    var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    // A limit that cannot be set is not a limit: better no worker than one without.
    guard setrlimit(__rlimit_resource_t(UInt32(resource)), &limit) == 0 else { _exit(71) }
  }
}
