import Foundation

/// What this process takes of the machine, as the kernel tells it.
struct ProcessFigures {
  let residentBytes: Double?
  let virtualBytes: Double?
  let processorSeconds: Double?
  let startedAt: Double?
  let threads: Double?
  let openFiles: Double?
  let mostFiles: Double?

  /// Of the process that asks.
  static func now() -> ProcessFigures {
    ProcessFigures(stat: read("stat"), boot: bootTime)
  }

  /// From a line of `/proc/self/stat`.
  init(stat: String?, boot: Double?) {
    // The name of the program stands in brackets, and may hold anything.
    let rest = stat?.lastIndex(of: ")").flatMap { stat?[$0...].dropFirst(2) } ?? ""
    let fields = rest.split(separator: " ").map { Double($0) }
    // Numbered from 1 in proc(5), of which two stand before.
    func field(_ number: Int) -> Double? {
      let place = number - 3
      return fields.indices.contains(place) ? fields[place] : nil
    }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let page = Double(sysconf(Int32(_SC_PAGESIZE)))
    residentBytes = field(24).map { $0 * page }
    virtualBytes = field(23)
    if let user = field(14), let system = field(15), ticks > 0 {
      processorSeconds = (user + system) / ticks
    } else {
      processorSeconds = nil
    }
    startedAt = ticks > 0 ? field(22).flatMap { started in boot.map { $0 + started / ticks } } : nil
    threads = field(20)
    openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
      .map { Double($0.count) }
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    mostFiles = isKnown ? Double(limit.rlim_cur) : nil
  }

  private static var bootTime: Double? {
    let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("btime ") }
    return line.flatMap { Double($0.dropFirst(6)) }
  }

  private static func read(_ name: String) -> String? {
    try? String(contentsOfFile: "/proc/self/" + name, encoding: .utf8)
  }
}
