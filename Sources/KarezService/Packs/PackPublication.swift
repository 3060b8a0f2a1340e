public import KarezCore
public import KarezPacks
import KarezStore

/// 规则包发布: which packs a map uses, since when, and who agreed to them; the latest is in force.
public struct PackPublication: Hashable, Sendable {
  static let kind = RecordKind.witnessed("pack-publication")
  static let entry = "packs-published"
  private static let digits = 6
  /// Files by which it is judged who may publish the next ones; their text is kept.
  static let rightsFiles = [Offices.file, TwoPersonActs.file]

  /// From one.
  public let number: Int
  public let contents: PackContents
  /// Who asked for it, and who agreed; nil where nobody could have agreed.
  public let by: String
  public let second: String?
  public let proposal: String?
  public let reason: String
  /// RFC 3339, UTC.
  public let at: String
  let rights: [String: String]

  init(
    number: Int, _ contents: PackContents, by actor: String, second: String?, proposal: String?,
    because reason: String, at: Timestamp, rights: [String: String]
  ) {
    self.number = number
    self.contents = contents
    by = actor
    self.second = second
    self.proposal = proposal
    self.reason = reason
    self.at = at.description
    self.rights = rights
  }

  /// - Errors: `StoreError.corrupt` for a record that is none of a publication.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let number = Int(record.key), case .object(let parts)? = body["parts"],
      case .object(let rights)? = body["rights"], let by = body["by"]?.string,
      let reason = body["reason"]?.string, let at = body["at"]?.string
    else { throw .corrupt(what: "pack publication \(record.key)") }
    self.number = number
    contents = PackContents(
      parts: parts.map { PackContents.Part(name: $0.key, sm3: $0.value.string ?? "") })
    guard contents.sm3 == body["sm3"]?.string else {
      throw .corrupt(what: "pack publication \(record.key)")
    }
    self.by = by
    second = body["second"]?.string
    proposal = body["proposal"]?.string
    self.reason = reason
    self.at = at
    self.rights = rights.compactMapValues(\.string)
  }

  var change: RecordChange {
    guard case .object(var body) = json else { preconditionFailure("an object") }
    body["rights"] = .object(rights.mapValues(JSONValue.string))
    return .write(
      PlatformRecord(
        kind: Self.kind, key: Self.key(number), state: "published", body: .object(body)))
  }

  static func key(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// What the log says of one nobody else could agree to.
  var said: [String: JSONValue] {
    [
      "publication": .integer(Int64(number)), "sm3": .string(contents.sm3),
      "reason": .string(reason), "bootstrap": .boolean(number == 1),
    ]
  }

  /// `{"publication", "sm3", "parts": {name: sm3}, "by", "second", "proposal", "reason", "at"}`.
  public var json: JSONValue {
    .object([
      "publication": .integer(Int64(number)), "sm3": .string(contents.sm3),
      "parts": .object(
        Dictionary(
          contents.parts.map { ($0.name, .string($0.sm3)) }, uniquingKeysWith: { $1 })),
      "by": .string(by), "second": .optional(second), "proposal": .optional(proposal),
      "reason": .string(reason), "at": .string(at),
    ])
  }
}

extension OneMapStore {
  /// The publication in force; nil where none ever was.
  func publication() async throws(StoreError) -> PackPublication? {
    try await publications(limit: 1).first
  }

  /// One of them; nil where there never was one of that number.
  func publication(_ number: Int) async throws(StoreError) -> PackPublication? {
    guard let record = try await record(PackPublication.kind, PackPublication.key(number)) else {
      return nil
    }
    return try PackPublication(record)
  }

  /// The latest first.
  func publications(limit: Int) async throws(StoreError) -> [PackPublication] {
    let query = RecordQuery(PackPublication.kind, order: .keyDescending)
    var found: [PackPublication] = []
    for record in try await records(query, after: nil, limit: limit).records {
      found.append(try PackPublication(record))
    }
    return found
  }
}
