import Foundation
import GRDB
import KarezGeometry

extension StoreError {
  /// What an error of the engine means to a caller; no path and no SQL leaves with it.
  init(_ error: any Error) {
    switch error {
    case let known as StoreError: self = known
    case let failure as LayerError: self.init(failure)
    case let failure as PostgreSQLFailure:
      self =
        failure.isCorruption ? .corrupt(what: failure.message) : .unavailable(reason: failure.what)
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

extension StoreError {
  private init(_ error: LayerError) {
    switch error {
    case .geometry(let row, let fault): self = .corrupt(what: "row \(row): \(fault)")
    case .unreadable(_, let code), .unwritable(_, let code):
      self = .unavailable(reason: String(cString: strerror(code)))
    case .notALayer, .damaged, .tooLarge: self = .unavailable(reason: error.what)
    }
  }
}

extension StoreError {
  /// The fact in a few words, for notices.
  var what: String {
    switch self {
    case .unavailable(let reason): reason
    case .corrupt(let what): what
    default: "\(self)"
    }
  }
}

extension LayerError {
  /// The fact without the path.
  var what: String {
    switch self {
    case .unreadable(_, let code), .unwritable(_, let code): String(cString: strerror(code))
    case .notALayer: "not a layer"
    case .damaged(_, let what): "damaged: \(what)"
    case .tooLarge(let what): "too large: \(what)"
    case .geometry(let row, let fault): "row \(row): \(fault)"
    }
  }
}

/// Runs a body that talks to the engine, and says what its failure means.
func mappingErrors<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
  do { return try body() } catch { throw StoreError(error) }
}
