public import KarezCore
import KarezStore

/// 成批审查: many parcels checked under one day, commit and purpose, by a job.
///
/// The answers are records like any other; the list of them is its owner's, and may be taken away.
public struct CheckBatch: Sendable {
  static let kind = RecordKind.transient("check-batch")
  static let handler = "check-batch"
  static let parcelsFile = "parcels.json"

  /// What is asked of every parcel.
  public struct Order: Sendable {
    public var title: String
    public var purpose: String?
    public var documents: [String]
    public var validOn: LegalDate
    /// Nil: the last commit.
    public var recorded: CommitNumber?

    public init(
      title: String = "", purpose: String? = nil, documents: [String] = [], validOn: LegalDate,
      recorded: CommitNumber? = nil
    ) {
      self.title = title
      self.purpose = purpose
      self.documents = documents
      self.validOn = validOn
      self.recorded = recorded
    }
  }

  /// What addresses call it; unique within its owner's.
  public let name: String
  public let order: Order
  public let createdAt: String
  public let files: [String]
  public let parcels: Int
  /// In the order of the files; nil while the job is at it.
  public let rows: [BatchRow]?
  public internal(set) var job: Job?
  let record: PlatformRecord

  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let title = body["title"]?.string, let createdAt = body["createdAt"]?.string,
      let files = body["files"]?.texts, let parcels = body["parcels"]?.integer,
      let documents = body["documents"]?.texts, let name = record.key.split(separator: "/").last,
      let validOn = body["validOn"]?.string.flatMap({ LegalDate($0) }),
      let recorded = body["recorded"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) })
    else { return nil }
    self.name = String(name)
    order = Order(
      title: title, purpose: body["purpose"]?.string, documents: documents, validOn: validOn,
      recorded: recorded)
    self.createdAt = createdAt
    self.files = files
    self.parcels = Int(clamping: parcels)
    rows = body["rows"]?.array.map { $0.compactMap(BatchRow.init) }
    self.record = record
  }

  /// Whether somebody of this reach may see what was found.
  func isOf(_ scope: Scope) -> Bool { record.body["scope"]?.string == scope.mark }

  /// The record once all parcels are answered.
  func done(_ rows: [BatchRow]) -> RecordChange {
    guard case .object(var body) = record.body else { return .write(record) }
    body["rows"] = .array(rows.map(\.json))
    return .write(
      record.next(state: "done", due: nil, owner: record.owner, body: .object(body)))
  }

  /// Where its parcels are kept.
  var place: String { "batch-" + name }

  /// The id of a parcel's answer: the same whenever the job is begun anew.
  func answerID(_ index: Int) -> String {
    let digits = Array(Self.digest(of: "\(record.key)/\(index)"))
    let ends = [8, 12, 16, 20, 32]
    return zip([0] + ends, ends).map { String(digits[$0..<$1]) }.joined(separator: "-")
  }

  public var json: JSONValue {
    .object([
      "name": .string(name), "title": .string(order.title), "createdAt": .string(createdAt),
      "purpose": .optional(order.purpose), "validOn": .string(order.validOn.description),
      "recorded": order.recorded.map { .integer(Int64($0.value)) } ?? .null,
      "files": .texts(files), "parcels": .integer(Int64(parcels)),
      "state": .string(job?.state.rawValue ?? (rows == nil ? "queued" : "done")),
      "done": .integer(Int64(rows?.count ?? job?.progress?.done ?? 0)),
      "rows": rows.map { .array($0.map(\.json)) } ?? .null,
    ])
  }
}
