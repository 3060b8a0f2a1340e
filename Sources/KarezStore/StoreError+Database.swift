import GRDB

extension StoreError {
  /// What an error of the engine means to a caller; no path and no SQL leaves with it.
  init(_ error: any Error) {
    switch error {
    case let known as StoreError: self = known
    case let failure as DatabaseError:
      switch failure.resultCode {
      case .SQLITE_CORRUPT: self = .corrupt(what: failure.message ?? "database")
      case .SQLITE_NOTADB: self = .corrupt(what: "not a database")
      default:
        self = .unavailable(reason: "\(failure.resultCode): \(failure.message ?? "")")
      }
    default: self = .unavailable(reason: String(describing: type(of: error)))
    }
  }
}

/// Runs a body that talks to the engine, and says what its failure means.
func mappingErrors<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
  do { return try body() } catch { throw StoreError(error) }
}
