import KarezCore
import KarezCrypto
import KarezStore

extension Scope {
  /// A text that two scopes share only if they reach the same.
  ///
  /// Of all that a scope is made of, so that whatever is added to it counts, too.
  var mark: String { SM3.digest(json.canonicalText).description }
}

extension Jobs {
  /// A name is asked for anew no oftener than this before its jobs are forgotten.
  private static let mostRepeats = 1_000

  /// The last of the jobs that were asked for under a name, one after the other.
  func last(_ handler: String, of name: String) async throws(Problem) -> Job? {
    var last: Job?
    for number in 1...Self.mostRepeats {
      guard let job = try await job("\(handler)/\(name)-\(number)") else { break }
      last = job
    }
    return last
  }

  /// Asks for work under a name again, or for the first time.
  func repeated(
    _ handler: String, of name: String, after last: Job?, subject: JSONValue, by actor: Actor
  ) async throws(Problem) -> Job {
    let number = last.flatMap { $0.id.split(separator: "-").last }.flatMap { Int($0) } ?? 0
    let job = Job(
      handler, of: "\(name)-\(number + 1)", subject: subject, by: actor, at: clock.now())
    try await enqueue(job, by: actor)
    return job
  }
}
