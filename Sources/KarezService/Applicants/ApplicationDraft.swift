public import KarezCore
import KarezStore
public import KarezWorkflow

/// 申请草稿: an application that is being filled in, kept from one visit to the next.
///
/// - Shape: the version counts the times it was saved; who saves names the one they saw.
public struct ApplicationDraft: Sendable {
  static let kind = RecordKind.transient("application-draft")

  /// 草稿材料: a file that will go with the application.
  public struct Material: Sendable {
    public let document: CaseDocument
    /// What its sender called it, or the case it was brought to before.
    public let name: String
  }

  public let id: String
  /// Id of the account that fills it in.
  public let owner: String
  /// Id of the account that applies; the owner's own where nobody is acted for.
  public let applicant: String
  /// The mandate under which the owner acts; nil for the applicant themselves.
  public let mandate: String?
  public let procedure: String
  public var region: String
  public var project: String
  /// By ids of fields, as they were typed.
  public var answers: [String: String]
  /// By ids of documents.
  public internal(set) var materials: [String: Material]
  /// The check of the boundary that is there now; nil before one was asked for.
  public internal(set) var answer: String?
  public let version: Int
  public let keptUntil: Timestamp
  let record: PlatformRecord?

  init(
    id: String, owner: String, applicant: String, mandate: String?, procedure: String,
    until: Timestamp
  ) {
    self.id = id
    self.owner = owner
    self.applicant = applicant
    self.mandate = mandate
    self.procedure = procedure
    (region, project) = ("", "")
    (answers, materials) = ([:], [:])
    version = 0
    keptUntil = until
    record = nil
  }

  /// Nil for a record that is none.
  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let owner = record.owner, let until = record.due.flatMap({ Timestamp($0) }),
      let applicant = body["applicant"]?.string, let procedure = body["procedure"]?.string,
      case .object(let answers)? = body["answers"],
      case .object(let materials)? = body["materials"]
    else { return nil }
    id = record.key
    self.owner = owner
    self.applicant = applicant
    mandate = body["mandate"]?.string
    self.procedure = procedure
    region = body["region"]?.string ?? ""
    project = body["project"]?.string ?? ""
    self.answers = answers.compactMapValues(\.string)
    self.materials = materials.compactMapValues { Material($0) }
    answer = body["answer"]?.string
    version = record.version
    keptUntil = until
    self.record = record
  }

  /// The change that keeps the draft as it is now.
  func change(until: Timestamp) -> RecordChange {
    let body = JSONValue.object([
      "applicant": .string(applicant), "mandate": .optional(mandate),
      "procedure": .string(procedure), "region": .string(region), "project": .string(project),
      "answers": .object(answers.mapValues(JSONValue.string)),
      "materials": .object(materials.mapValues(\.json)), "answer": .optional(answer),
    ])
    guard let record else {
      return .write(
        PlatformRecord(
          kind: Self.kind, key: id, state: "open", due: until.description, owner: owner,
          body: body))
    }
    return .write(
      record.next(state: "open", due: until.description, owner: owner, body: body))
  }
}

extension ApplicationDraft.Material {
  init?(_ json: JSONValue) {
    guard let id = json["document"]?.string, let sm3 = json["sm3"]?.string,
      let bytes = json["bytes"]?.integer, let type = json["type"]?.string,
      let name = json["name"]?.string
    else { return nil }
    var boundary: CaseBoundary?
    if let kept = json["boundary"], kept != .null {
      guard let sm3 = kept["sm3"]?.string, let area = kept["areaM2"]?.string,
        let parcels = kept["parcels"]?.integer, let crs = kept["crs"]?.string
      else { return nil }
      boundary = CaseBoundary(
        sm3: sm3, areaM2: area, parcels: Int(clamping: parcels), crs: crs)
    }
    document = CaseDocument(
      id: id, sm3: sm3, bytes: Int(clamping: bytes), mediaType: type, boundary: boundary)
    self.name = name
  }

  var json: JSONValue {
    .object([
      "document": .string(document.id), "sm3": .string(document.sm3),
      "bytes": .integer(Int64(document.bytes)), "type": .string(document.mediaType),
      "name": .string(name), "boundary": document.boundary?.json ?? .null,
    ])
  }
}
