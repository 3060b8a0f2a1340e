import Foundation
public import KarezCore
import KarezStore

/// Runs a process under the scope of whoever asked for it, and keeps its result for them.
struct ProcessHandler: JobHandler {
  let map: OneMap

  var name: String { ProcessJob.handler }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let job = ProcessJob(run.job) else { return JobEnd(by: run.actor) }
    guard
      let said = map.results.text(
        ProcessJob.inputsFile, of: ProcessJob.inputsPlace(job.name)
      ).flatMap({ try? JSONValue(parsing: $0) })
    else { throw ProcessJob.gone }
    let inputs = try ProcessInputs(inputs: said, of: job.process)
    let scope = try await map.scope(of: run.actor, marked: run.subject["scope"]?.string)
    run.report("process", 0)
    // Whoever reads what is not public is named in the log.
    let outcome = await Reader.$actor.withValue(run.actor) {
      () async -> Result<ProcessResult, Problem> in
      do throws(Problem) {
        return .success(
          try await map.result(of: inputs, by: run.actor, in: scope) { run.report("process", $0) })
      } catch {
        return .failure(error)
      }
    }
    let result = try outcome.get()
    // An answer is kept where answers are.
    if result.answer == nil {
      let text = result.value.canonicalText
      try await map.results.keep(ProcessJob.resultPlace(job.name)) {
        (folder: URL) async throws(Problem) -> Void in
        try OutputFile.write(text, to: folder.appending(path: ProcessJob.resultFile).path)
      }
    }
    return JobEnd(result: .object(["answer": .optional(result.answer)]), by: run.actor)
  }
}

extension OneMap {
  /// Has a process run by a job; what is returned is the job as it was put in the queue.
  ///
  /// - Errors: `Problem` of kind unavailable for somebody who has too many under way.
  public func enqueue(
    _ order: ExecutionOrder, by principal: Principal
  ) async throws(Problem) -> ProcessJob {
    let inputs = try order.inputs.pinned(at: try await today())
    let by = inputs.said["by"]?.string
    // What is out of scope is told at once, and not by a job that fails.
    if let dataset = inputs.dataset {
      let names = try await schema(of: dataset, in: principal.scope).attributes.map(\.name)
      if let by, !names.contains(by) {
        throw Wording.attributeUnknown(by, known: names.joined(separator: ", "))
          .problem(.usage, at: dataset)
      }
    }
    let actor = principal.actor
    let open = try await processJobs(of: principal).count { !$0.job.state.isOver }
    guard open < ProcessJob.mostOpen else {
      throw Wording(
        "process-jobs-open", "您已有 \(ProcessJob.mostOpen) 项处理正在进行",
        "\(ProcessJob.mostOpen) processes of yours are under way already",
        do: "等其完成或取消后再执行", "wait for one to end, or dismiss it"
      ).problem(.unavailable, at: order.process.rawValue)
    }
    let name = UUID().uuidString.lowercased()
    let text = JSONValue.object(inputs.said).canonicalText
    try await results.keep(ProcessJob.inputsPlace(name)) {
      (folder: URL) async throws(Problem) -> Void in
      try OutputFile.write(text, to: folder.appending(path: ProcessJob.inputsFile).path)
    }
    let job = Job(
      ProcessJob.handler, of: name,
      subject: .object([
        "process": .string(order.process.rawValue), "dataset": .optional(inputs.dataset),
        "by": .optional(by), "form": .string(order.form.rawValue),
        "isReference": .boolean(order.isReference), "scope": .string(principal.scope.mark),
      ]), by: actor, at: clock.now())
    try await jobs.enqueue(job, by: actor)
    return try await processJob(name, for: principal)
  }

  /// A job of somebody's own, as long as they may reach what they could when they asked.
  public func processJob(
    _ name: String, for principal: Principal
  ) async throws(Problem) -> ProcessJob {
    guard let job = try await jobs.job("\(ProcessJob.handler)/\(name)"),
      try await isShown(job, to: principal, by: try await schemas(in: principal.scope)),
      let found = ProcessJob(job)
    else { throw ProcessJob.unknown() }
    return found
  }

  /// Somebody's own, the last asked for first.
  public func processJobs(of principal: Principal) async throws(Problem) -> [ProcessJob] {
    let schemas = try await schemas(in: principal.scope)
    let records = try await asked { store throws(StoreError) in
      try await store.records(
        RecordQuery(
          Job.kind, owner: principal.actor.id, keyPrefix: ProcessJob.handler + "/"),
        after: nil, limit: 1_000
      ).records
    }
    var found: [ProcessJob] = []
    for job in records.compactMap({ Job($0) }) {
      guard try await isShown(job, to: principal, by: schemas), let made = ProcessJob(job) else {
        continue
      }
      found.append(made)
    }
    return found.sorted { $1.job.createdAt < $0.job.createdAt }
  }

  private func isShown(
    _ job: Job, to principal: Principal, by schemas: [DatasetSchema]
  ) async throws(Problem) -> Bool {
    guard job.requestedBy == principal.actor.id,
      job.subject["scope"]?.string == principal.scope.mark
    else { return false }
    guard let dataset = job.subject["dataset"]?.string else { return true }
    guard let schema = schemas.first(where: { $0.id.text == dataset }) else { return false }
    // What was added up by an attribute that is on a higher level now is not theirs any more.
    guard let attribute = job.subject["by"]?.string else { return true }
    return schema.attributes.contains { $0.name == attribute }
  }

  /// What a job came to.
  ///
  /// - Errors: `Problem` of kind not found while it is not done, or once it is no longer kept.
  public func result(
    of job: ProcessJob, in scope: Scope
  ) async throws(Problem) -> ProcessResult {
    switch job.status {
    case .accepted, .running: throw ProcessJob.notReady
    case .failed, .dismissed: throw ProcessJob.gone
    case .successful: break
    }
    if let id = job.answer {
      return ProcessResult(try await keptAnswer(id: id, in: scope).json, answer: id)
    }
    guard
      let value = results.text(ProcessJob.resultFile, of: ProcessJob.resultPlace(job.name))
        .flatMap({ try? JSONValue(parsing: $0) })
    else { throw ProcessJob.gone }
    return ProcessResult(value)
  }

  /// Ends a job of somebody's own that is not done; of one that is, the result is given up.
  public func dismissProcess(
    _ name: String, by principal: Principal
  ) async throws(Problem) -> ProcessJob {
    let found = try await processJob(name, for: principal)
    if found.job.state.isOver {
      let over = found.job.ended(.cancelled, at: found.job.endedAt ?? clock.now())
      try await asked { store throws(StoreError) in
        try await store.put(RecordBatch([over.change]), by: principal.actor)
      }
      results.remove(ProcessJob.resultPlace(name))
    } else {
      try await jobs.cancel(found.job.id, by: principal)
    }
    results.remove(ProcessJob.inputsPlace(name))
    return try await processJob(name, for: principal)
  }
}
