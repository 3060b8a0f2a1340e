public import KarezCore
import KarezPacks

extension OneMap {
  /// Jobs that look at all of a dataset, whoever's commit they follow.
  private static let jobsOfTheWhole: Set<String> = [
    LayerHandler.name, ReferenceHandler.name, TileHandler.name,
  ]

  /// The jobs a person may see: their own, and those of all where they look after jobs.
  ///
  /// A job of a dataset out of scope is not there. What came of others' jobs tells of rows, and so
  /// does what came of a look at the whole: it is shown to those only who see all regions.
  public func jobs(
    for principal: Principal, limit: Int = 500
  ) async throws(Problem) -> [Job] {
    let reached = Set(try await schemas(in: principal.scope).map(\.id.text))
    var shown: [Job] = []
    for var job in try await jobs.list(Job.State.allCases, limit: limit) {
      guard try await isVisible(job, to: principal, reached) else { continue }
      let isOwn = job.requestedBy == principal.actor.id
      let isOfTheirs = isOwn && !Self.jobsOfTheWhole.contains(job.handler)
      if !isOfTheirs, principal.scope.regionPrefixes != nil {
        job.result = nil
        job.problem = nil
      }
      shown.append(job)
    }
    return shown
  }

  /// Ends a job the person may see; any other is one there is not.
  public func cancelJob(_ id: String, by principal: Principal) async throws(Problem) {
    let reached = Set(try await schemas(in: principal.scope).map(\.id.text))
    guard let job = try await jobs.job(id), try await isVisible(job, to: principal, reached) else {
      throw Jobs.unknown(id)
    }
    try await jobs.cancel(id, by: principal)
  }

  private func isVisible(
    _ job: Job, to principal: Principal, _ reached: Set<String>
  ) async throws(Problem) -> Bool {
    guard job.requestedBy == principal.actor.id || principal.may(.manageJobs) else { return false }
    guard let dataset = try await dataset(of: job) else { return true }
    return reached.contains(dataset)
  }

  /// The dataset a job is about, where it is about one.
  private func dataset(of job: Job) async throws(Problem) -> String? {
    if let dataset = job.subject["dataset"]?.string { return dataset }
    guard let id = job.subject["submission"]?.string else { return nil }
    return try await submissions.find(id)?.dataset
  }
}
