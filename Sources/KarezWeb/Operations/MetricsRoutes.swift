import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezService

/// `/metrics`: the server's own figures, for whoever the installation names; for all others it is
/// not there.
///
/// Labels are patterns of routes, kinds of jobs and the like: nothing of datasets, people or places.
struct MetricsRoutes: Sendable {
  static let path = "/metrics"

  let portal: Portal

  func add(to router: Router<WebContext>) { router.get("metrics", use: metrics) }

  @Sendable
  func metrics(_ request: Request, context: WebContext) async throws -> Response {
    guard isReader(request, context) else { throw WebError.notFound }
    var text = MetricsText()
    addRequests(to: &text)
    addWork(to: &text)
    // A scrape of a server that lost its store still says all the rest.
    if let figures = try? await portal.map.operatingFigures() {
      Self.add(figures, to: &text, now: portal.gate.accounts.now)
    }
    Self.add(ProcessFigures.now(), to: &text)
    return .bytes(Array(text.text.utf8), type: MetricsText.type)
  }

  /// Whoever comes from a named machine, or brings a token.
  ///
  /// What a server in front passes on without being named here comes from anywhere, whatever
  /// address it has.
  private func isReader(_ request: Request, _ context: WebContext) -> Bool {
    let readers = portal.limits.readers
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ")
      return parts.count == 2 && parts[0].lowercased() == "bearer"
        && OneMap.isKnown(String(parts[1]), by: readers.tokens)
    }
    let peer = context.peer.flatMap(Caller.plain) ?? ""
    guard !Caller.isPassedOn(request.headers) || portal.proxies.contains(peer) else { return false }
    return readers.addresses.contains {
      Caller(peer: $0, headers: [:], proxies: []).address == context.caller.address
    }
  }

  private func addRequests(to text: inout MetricsText) {
    let counts = portal.counts.now
    let requests = counts.requests.map { kind, count in
      ([kind.method, kind.route, "\(kind.statusClass)xx"], Double(count))
    }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    text.add(
      "karez_requests_total", .counter, "Requests answered, by route and class of status",
      requests.map { (labels: [String], count: Double) -> (MetricsText.Labels, Double) in
        ([("method", labels[0]), ("route", labels[1]), ("class", labels[2])], count)
      })
    text.add(
      "karez_request_seconds", "Time until an answer begins",
      counts.times.sorted { $0.key < $1.key }.map { ([("route", $0.key)], $0.value) })
    text.add(
      "karez_response_bytes_total", .counter, "Bytes of bodies sent", Double(counts.bytes))
    text.add(
      "karez_requests_in_flight", .gauge, "Requests being answered", Double(counts.inFlight))
  }

  private func addWork(to text: inout MetricsText) {
    let (load, losses) = (portal.work.load, portal.work.losses)
    text.add(
      "karez_work_places", .gauge, "Heavy work done at the same time at most",
      Double(portal.work.places))
    text.add("karez_work_running", .gauge, "Heavy work under way", Double(load.underWay))
    text.add("karez_work_waiting", .gauge, "Heavy work that waits", Double(load.waiting))
    text.add(
      "karez_work_turned_away_total", .counter, "Heavy work turned away because too much waited",
      Double(losses.turnedAway))
    text.add(
      "karez_work_cut_off_total", .counter, "Heavy work cut off by its time", Double(losses.late))
  }

  private static func add(
    _ figures: OperatingFigures, to text: inout MetricsText, now: Timestamp
  ) {
    func seconds(_ moment: Timestamp?) -> Double? {
      moment.map { Double($0.millisecondsSince1970) / 1_000 }
    }
    text.add(
      "karez_packs_publication", .gauge, "Number of the publication of packs in use",
      Double(figures.publication))
    text.add(
      "karez_store_bytes", .gauge, "Size of the database", figures.storeBytes.map(Double.init))
    text.add("karez_commit_last", .gauge, "Number of the last commit", Double(figures.lastCommit))
    text.add(
      "karez_commit_last_timestamp_seconds", .gauge, "When the last commit was recorded",
      seconds(figures.lastCommitAt))
    text.add("karez_log_entries", .gauge, "Entries of the log", Double(figures.entries))
    text.add(
      "karez_log_verified_timestamp_seconds", .gauge, "When the log was last recomputed",
      seconds(figures.verifiedAt))
    text.add(
      "karez_log_faults", .gauge, "Faults the last recomputation found",
      figures.faults.map(Double.init))
    text.add(
      "karez_checkpoint_entries", .gauge, "Entries the newest checkpoint covers",
      figures.covered.map(Double.init))
    text.add(
      "karez_checkpoint_age_seconds", .gauge, "Age of the newest checkpoint",
      seconds(figures.coveredAt).flatMap { at in seconds(now).map { max(0, $0 - at) } })
    text.add(
      "karez_jobs", .gauge, "Jobs by kind and state",
      figures.jobs.map {
        ([("kind", $0.handler), ("state", $0.state.rawValue)], Double($0.count))
      })
    text.add(
      "karez_tiles_total", .counter, "Tiles given out, by where they came from",
      [
        ([("from", "memory")], Double(figures.tiles.memory)),
        ([("from", "files")], Double(figures.tiles.files)),
        ([("from", "drawn")], Double(figures.tiles.drawn)),
      ])
    text.add("karez_tile_memory_bytes", .gauge, "Tiles held in memory", Double(figures.tileBytes))
  }

  private static func add(_ process: ProcessFigures, to text: inout MetricsText) {
    text.add(
      "process_resident_memory_bytes", .gauge, "Memory in use", process.residentBytes)
    text.add("process_virtual_memory_bytes", .gauge, "Address space in use", process.virtualBytes)
    text.add(
      "process_cpu_seconds_total", .counter, "Processor time used", process.processorSeconds)
    text.add(
      "process_start_time_seconds", .gauge, "When the process began", process.startedAt)
    text.add("process_threads", .gauge, "Threads", process.threads)
    text.add("process_open_fds", .gauge, "Open files", process.openFiles)
    text.add("process_max_fds", .gauge, "Files that may be open", process.mostFiles)
  }
}
