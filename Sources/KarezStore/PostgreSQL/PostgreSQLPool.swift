/// A fixed number of connections, lent one at a time; who comes when all are out waits in line.
actor PostgreSQLPool {
  private var idle: [PostgreSQLConnection]
  private var line: [CheckedContinuation<PostgreSQLConnection, Never>] = []

  /// Connections are only made when they are used.
  init(_ address: String, size: Int, greeting: String) {
    idle = (0..<size).map { PostgreSQLConnection(address, number: $0, greeting: greeting) }
  }

  nonisolated func run<Result: Sendable>(
    _ mode: PostgreSQLConnection.Mode, _ key: String = "",
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    let connection = await lent()
    do {
      let result = try await connection.run(mode, key, body)
      await back(connection)
      return result
    } catch {
      await back(connection)
      throw error
    }
  }

  private func lent() async -> PostgreSQLConnection {
    // The one used last is the likeliest to be connected.
    if let connection = idle.popLast() { return connection }
    return await withCheckedContinuation { line.append($0) }
  }

  private func back(_ connection: PostgreSQLConnection) {
    guard line.isEmpty else { return line.removeFirst().resume(returning: connection) }
    idle.append(connection)
  }
}
