import KarezCore
import KarezReport
import KarezService

/// A job of a process as programs see it.
///
/// - Source: OGC API Processes, part 1, `statusInfo.yaml`.
struct OGCJob {
  static let results = "http://www.opengis.net/def/rel/ogc/1.0/results"

  let job: ProcessJob
  let address: OGCAddresses
  let words: MessageCatalogue

  init(_ job: ProcessJob, _ address: OGCAddresses, _ words: MessageCatalogue) {
    self.job = job
    self.address = address
    self.words = words
  }

  var place: String { address("/jobs/" + job.name) }
  var processTitle: String {
    words.text("process_" + job.process.rawValue.replacing("-", with: "_"))
  }
  var statusWords: String { words.text("process_status_" + job.status.rawValue) }

  var json: JSONValue { json(own: []) }

  func json(own: [OGCLink]) -> JSONValue {
    var members: [String: JSONValue] = [
      "jobID": .string(job.name), "processID": .string(job.process.rawValue),
      "type": .string("process"), "status": .string(job.status.rawValue),
      "message": .string(statusWords), "created": .string(job.job.createdAt.description),
      "links": .array(
        ((own.isEmpty
          ? [OGCLink(relation: "self", type: "application/json", address: place, title: "JSON")]
          : own) + links).map(\.json)),
    ]
    if let ended = job.job.endedAt {
      members["finished"] = .string(ended.description)
      members["updated"] = .string(ended.description)
    }
    if job.status == .successful { members["progress"] = .integer(100) }
    // What was wrong is told as every problem is.
    if job.status == .failed, let problem = job.job.problem { members["problem"] = problem }
    return .object(members)
  }

  /// To the result, once there is one.
  var links: [OGCLink] {
    guard job.status == .successful else { return [] }
    let result = OGCLink(
      relation: Self.results, type: "application/json", address: place + "/results",
      title: words.text("process_results"))
    guard let answer = job.answer else { return [result] }
    return [
      result,
      OGCLink(
        relation: "related", type: "text/html", address: address.base + "/answers/" + answer,
        title: words.text("process_output_answer")),
    ]
  }
}
