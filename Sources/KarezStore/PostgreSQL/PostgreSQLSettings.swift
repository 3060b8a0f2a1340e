/// How the store uses a PostgreSQL server.
public struct PostgreSQLSettings: Sendable {
  /// 连接串: address of the database, `postgresql://…` or `key=value …`, as libpq reads it.
  ///
  /// Several hosts and `target_session_attrs` are libpq's to follow; what is not in it may come
  /// from the environment (`PGPASSWORD`, `PGSSLMODE`, a service or password file).
  public let address: String
  /// Connections of this process, made as they are needed.
  public var connections: Int
  /// How long a short writing waits for its turn.
  public var patience: Duration
  /// How long a commit waits, since a whole import is lost otherwise.
  public var patienceOfCommits: Duration
  /// How long the server works on one statement of a reader, unless it has a limit of its own.
  public var statementTimeout: Duration

  public init(
    address: String, connections: Int = 8, patience: Duration = .seconds(10),
    patienceOfCommits: Duration = .seconds(1_800), statementTimeout: Duration = .seconds(120)
  ) {
    self.address = address
    self.connections = connections
    self.patience = patience
    self.patienceOfCommits = patienceOfCommits
    self.statementTimeout = statementTimeout
  }

  /// What a connection is told before it is used.
  func greeting(schemas: String, process: Int64) -> String {
    """
    SET search_path = \(schemas);
    SET client_min_messages = error;
    SET TimeZone = 'UTC';
    SET jit = off;
    SET cursor_tuple_fraction = 1;
    SET idle_in_transaction_session_timeout = '10min';
    SELECT set_config('statement_timeout', '\(statementTimeout.components.seconds)s', false)
      WHERE current_setting('statement_timeout') = '0';
    SELECT pg_advisory_lock_shared(\(PostgreSQLLocks.processes), \(process))
    """
  }
}
