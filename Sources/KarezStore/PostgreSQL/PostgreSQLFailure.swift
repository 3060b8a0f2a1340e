/// What the server said, or what became of the way to it; facts, no sentences.
struct PostgreSQLFailure: Error, Hashable {
  /// SQLSTATE; empty where no server spoke.
  let state: String
  let message: String
  /// Whether the connection is gone.
  let isLost: Bool

  /// The two SQLSTATE classes and the one state that say what is kept does not agree with itself.
  var isCorruption: Bool { ["XX001", "XX002"].contains(state) }

  /// Whether the server gave up a statement because its time was over.
  var isStopped: Bool { state == "57014" }

  /// The facts in one line.
  var what: String {
    switch state {
    case "55P03": "busy: another is being recorded"
    case "57014": "the server gave up: it took too long"
    case "": message
    default: "\(state): \(message)"
    }
  }
}
