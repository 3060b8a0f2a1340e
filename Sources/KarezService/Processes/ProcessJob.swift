import KarezCore
import KarezStore

/// 处理任务: one run of a process by a job, for whoever asked for it and for nobody else.
public struct ProcessJob: Sendable {
  static let handler = "process"
  static let inputsFile = "inputs.json"
  static let resultFile = "result.json"
  /// So many of one person may wait or be under way.
  static let mostOpen = 3

  /// - Source: OGC API Processes, part 1, `statusCode.yaml`.
  public enum Status: String, CaseIterable, Hashable, Sendable {
    case accepted
    case running
    case successful
    case failed
    case dismissed
  }

  /// What addresses call it.
  public let name: String
  public let job: Job
  public let process: MapProcess
  public let form: ExecutionOrder.Form
  public let isReference: Bool

  /// Nil for a job of another sort.
  init?(_ job: Job) {
    guard job.handler == Self.handler,
      let process = job.subject["process"]?.string.flatMap(MapProcess.init),
      let form = job.subject["form"]?.string.flatMap(ExecutionOrder.Form.init),
      case .boolean(let isReference)? = job.subject["isReference"]
    else { return nil }
    self.job = job
    self.process = process
    self.form = form
    self.isReference = isReference
    name = String(job.id.dropFirst(Self.handler.count + 1))
  }

  public var status: Status {
    switch job.state {
    case .queued: .accepted
    case .running: job.isCancelAsked ? .dismissed : .running
    case .done: .successful
    case .failed: .failed
    case .cancelled: .dismissed
    }
  }

  /// The answer it came to, which has an address of its own.
  public var answer: String? { job.result?["answer"]?.string }

  static func inputsPlace(_ name: String) -> String { "process-inputs-" + name }
  static func resultPlace(_ name: String) -> String { "process-" + name }

  static func unknown() -> Problem {
    Wording(
      "process-job-unknown", "没有这项处理任务", "there is no such job of a process",
      do: "在 /ogc/jobs 查看您的任务", "see your jobs at /ogc/jobs"
    ).problem(.notFound, at: "")
  }

  static let gone = Wording(
    "process-result-gone", "处理结果已过保存期，或任务已取消",
    "the result is no longer kept, or the job was dismissed",
    do: "重新执行", "ask for it again"
  ).problem(.notFound, at: "")

  static let notReady = Wording(
    "process-result-not-ready", "处理尚未完成", "the process is not done yet",
    do: "稍后再取结果", "fetch the result later"
  ).problem(.notFound, at: "")
}
