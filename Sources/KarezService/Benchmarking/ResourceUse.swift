import Foundation

/// What the process has used so far.
struct ResourceUse {
  let wallSeconds: Double
  let cpuSeconds: Double
  let peakMegabytes: Double

  static func now() -> ResourceUse {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ResourceUse(
      wallSeconds: Double(DispatchTime.now().uptimeNanoseconds) / 1e9,
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakMegabytes: Double(usage.ru_maxrss) / 1024)
  }
}
