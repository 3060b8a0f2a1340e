import Foundation
import Synchronization

/// A PostgreSQL server of the test run's own: in a temporary folder, on a free loopback port.
///
/// It is started when the first test asks for it and stopped when the run ends, however it ends:
/// a shell waits on a pipe from this process, and stops the server when the pipe closes.
public final class PostgreSQLServer: Sendable {
  public let port: Int
  private let folder: URL
  private let lastDatabase = Mutex(0)

  /// Where Debian keeps the server's programs; nil where it is not installed.
  private static let programs: URL? = {
    let all = URL(filePath: "/usr/lib/postgresql")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: all.path)) ?? []
    return versions.compactMap(Int.init).sorted(by: >)
      .map { all.appending(path: "\($0)/bin") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path + "/postgres") }
  }()

  /// Whether tests can have a server; without one they say they were skipped.
  public static let isInstalled = programs != nil

  private static let running = Mutex<PostgreSQLServer?>(nil)

  /// The run's one server.
  public static func shared() throws -> PostgreSQLServer {
    try running.withLock { server in
      if let server { return server }
      let started = try PostgreSQLServer()
      server = started
      return started
    }
  }

  private init() throws {
    guard let programs = Self.programs else { throw Failure(what: "PostgreSQL is not installed") }
    folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-postgresql-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The server refuses to be root; its own user must be able to enter the folder.
    let isRoot = geteuid() == 0
    if isRoot { try Self.run("/bin/chown", ["postgres", folder.path]) }
    port = try Self.freePort()
    let process = Process()
    process.executableURL = URL(filePath: isRoot ? "/usr/sbin/runuser" : "/bin/sh")
    process.arguments =
      (isRoot ? ["-u", "postgres", "--", "/bin/sh"] : [])
      + ["-c", Self.script, "karez", programs.path, folder.path, String(port)]
    process.currentDirectoryURL = folder
    let lifeline = Pipe()
    process.standardInput = lifeline
    let log = folder.appending(path: "log")
    try Data().write(to: log)
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = process.standardOutput
    try process.run()
    // Held open until this process ends; never written to.
    Self.lifelines.withLock { $0.append(lifeline) }
    try Self.wait(for: folder.appending(path: "ready"), of: process, log: log)
  }

  private static let lifelines = Mutex<[Pipe]>([])

  /// Makes the cluster and a database to copy from; then waits for the pipe to close.
  ///
  /// Nothing is synced, because nothing here has to outlive the run.
  private static let script = """
    bin=$1; dir=$2; port=$3
    cd "$dir"
    "$bin/initdb" -D data -A trust -U postgres -E UTF8 --locale=C -N >initdb.log 2>&1 || {
      cat initdb.log; exit 1; }
    "$bin/postgres" -D data -p "$port" -k "$dir" -c listen_addresses=127.0.0.1 \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=1000 \
      -c shared_buffers=64MB -c max_wal_size=4GB -c autovacuum=off -c log_min_messages=fatal &
    server=$!
    trap 'kill -INT $server 2>/dev/null; wait $server; rm -rf "$dir"' EXIT
    for attempt in $(seq 1 300); do
      if "$bin/psql" -q -h "$dir" -p "$port" -U postgres -c 'SELECT' >/dev/null 2>&1; then break; fi
      kill -0 $server 2>/dev/null || exit 1
      sleep 0.1
    done
    psql="$bin/psql -q -v ON_ERROR_STOP=1 -h $dir -p $port -U postgres"
    $psql -c 'CREATE DATABASE template_map' && $psql -d template_map -c 'CREATE EXTENSION postgis' \
      && touch ready || exit 1
    cat >/dev/null
    """

  public struct Failure: Error, CustomStringConvertible {
    let what: String
    public var description: String { what }
  }

  private static func wait(for file: URL, of process: Process, log: URL) throws {
    while !FileManager.default.fileExists(atPath: file.path) {
      guard process.isRunning else {
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw Failure(what: "the server did not start: \(said)")
      }
      usleep(20_000)
    }
  }

  private static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure(what: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = try Process.run(URL(filePath: program), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(what: "\(program) failed") }
  }

  // MARK: Databases

  /// The address of a database, through the loopback port or another that leads there.
  public func address(of database: String, port: Int? = nil) -> String {
    "postgresql://postgres@127.0.0.1:\(port ?? self.port)/\(database)"
  }

  /// Runs statements as the server's owner, and answers what they print.
  @discardableResult
  public func sql(_ statements: String, in database: String) throws -> String {
    guard let programs = Self.programs else { return "" }
    let outcome = try Program.run(
      programs.appending(path: "psql").path,
      [
        "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address(of: database), "-c", statements,
      ])
    guard outcome.status == 0 else { throw Failure(what: outcome.problems) }
    return outcome.output
  }

  /// Runs the body with the name of a database of its own, which has PostGIS and nothing else.
  public func withDatabase<Result>(
    _ body: (String) async throws -> Result
  ) async throws -> Result {
    let name = lastDatabase.withLock {
      $0 += 1
      return "map_\($0)"
    }
    try sql("CREATE DATABASE \(name) TEMPLATE template_map STRATEGY file_copy", in: "postgres")
    do {
      let result = try await body(name)
      try sql("DROP DATABASE \(name) WITH (FORCE)", in: "postgres")
      return result
    } catch {
      _ = try? sql("DROP DATABASE \(name) WITH (FORCE)", in: "postgres")
      throw error
    }
  }
}
