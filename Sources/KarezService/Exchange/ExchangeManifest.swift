public import KarezCore
import KarezCrypto

/// 交换包清单: what a bundle says of itself; what its sender signs.
///
/// Reading is a pure function of the bytes: they are canonical JSON of exactly these members, or
/// refused, so that two readers never understand one manifest differently.
public struct ExchangeManifest: Hashable, Sendable {
  public static let format = "karez-exchange/1"
  /// More than any manifest needs.
  public static let mostBytes = 4 << 20
  public static let mostParts = 1_000
  /// What stands for the predecessor of a first bundle.
  public static let noPrevious = String(repeating: "0", count: 64)

  public enum Fault: Error, Hashable, Sendable {
    /// The member that is missing, of another type, or too many.
    case malformed(member: String)
    case otherFormat
  }

  /// An installation, by its key and the zone it stands in.
  public struct Party: Hashable, Sendable {
    public let key: String
    public let zone: NetworkZone
  }

  /// One dataset of the content.
  public struct Part: Hashable, Sendable {
    public enum Form: String, Hashable, Sendable {
      /// A package of changes, see `IncrementPackage`.
      case increment
      /// A whole state of one day, as lines of GeoJSON.
      case state
    }

    public let dataset: DatasetID
    public let form: Form
    /// The day a state is of.
    public let validOn: LegalDate?
    public let features: Int64
    public let bytes: Int64
    public let sm3: String
    public let classification: Classification
  }

  /// A figure the content was derived by, and how sure its source is.
  public struct Figure: Hashable, Sendable {
    public let name: String
    public let value: String
    public let certainty: Certainty
    public let source: LocalizedText
  }

  /// By what rules an edition came to be, and what they took away.
  public struct Derivation: Hashable, Sendable {
    public let edition: String
    public let version: String
    public let sm3: String
    /// 审图号; nil where the edition needs none.
    public let mapApproval: String?
    public let figures: [Figure]
    /// How many datasets, attributes, features, and vertices.
    public let removed: [String: Int64]
  }

  /// What two people agreed to.
  public struct Approval: Hashable, Sendable {
    public let act: String
    public let proposal: String
    public let proposer: String
    public let proposedAt: Timestamp
    public let approver: String
    public let approvedAt: Timestamp
    /// SM3 of the order they agreed to.
    public let order: String
  }

  /// The encrypted content and the envelope of its key.
  public struct Content: Hashable, Sendable {
    public let bytes: Int64
    /// Of the cipher text.
    public let sm3: String
    /// HMAC-SM3 over context, counter and cipher text.
    public let code: String
    public let counter: String
    /// The content's keys, sealed for the recipient.
    public let envelope: String
  }

  public let sender: Party
  public let recipient: Party
  public let sequence: Int64
  /// SM3 of the file before, zeros for the first.
  public let previous: String
  public let created: Timestamp
  public let expires: Timestamp
  /// The highest of its parts.
  public let classification: Classification
  /// What was ordered, in the form that people agree to.
  public let order: JSONValue
  public let parts: [Part]
  public let derivation: Derivation?
  public let approvals: [Approval]
  public let content: Content

  /// The bytes that are signed.
  public var bytes: [UInt8] { Array(json.canonicalText.utf8) }

  public init(_ bytes: [UInt8]) throws(Fault) {
    guard bytes.count <= Self.mostBytes, let json = try? JSONValue(parsing: bytes) else {
      throw .malformed(member: "")
    }
    guard json["format"]?.string == Self.format else { throw .otherFormat }
    let reader = Reading(json: json)
    self.init(
      sender: try reader.party("sender"), recipient: try reader.party("recipient"),
      sequence: try reader.count("sequence"), previous: try reader.digest("previous"),
      created: try reader.time("created"), expires: try reader.time("expires"),
      classification: try reader.choice("classification"), order: try reader.member("order"),
      parts: try reader.list("parts", most: Self.mostParts, Part.init),
      derivation: try reader.optional("derivation", Derivation.init),
      approvals: try reader.list("approvals", most: 100, Approval.init),
      content: try Content(try reader.reading("content")))
    guard sequence > 0 else { throw .malformed(member: "sequence") }
    guard classification == parts.map(\.classification).max() else {
      throw .malformed(member: "classification")
    }
    // What is not of the form has other bytes, a member too many among them.
    guard self.bytes == bytes else { throw .malformed(member: "form") }
  }

  init(
    sender: Party, recipient: Party, sequence: Int64, previous: String, created: Timestamp,
    expires: Timestamp, classification: Classification, order: JSONValue, parts: [Part],
    derivation: Derivation?, approvals: [Approval], content: Content
  ) {
    self.sender = sender
    self.recipient = recipient
    self.sequence = sequence
    self.previous = previous
    self.created = created
    self.expires = expires
    self.classification = classification
    self.order = order
    self.parts = parts
    self.derivation = derivation
    self.approvals = approvals
    self.content = content
  }
}

// MARK: Reading

extension ExchangeManifest {
  /// Members of an object, each of the type asked for.
  fileprivate struct Reading {
    let json: JSONValue

    func member(_ name: String) throws(Fault) -> JSONValue {
      guard let value = json[name] else { throw .malformed(member: name) }
      return value
    }

    func reading(_ name: String) throws(Fault) -> Reading { Reading(json: try member(name)) }

    func text(_ name: String) throws(Fault) -> String {
      guard let text = try member(name).string, text.utf8.count <= 4_000 else {
        throw .malformed(member: name)
      }
      return text
    }

    func optionalText(_ name: String) throws(Fault) -> String? {
      try member(name) == .null ? nil : try text(name)
    }

    func count(_ name: String) throws(Fault) -> Int64 {
      // Of an integer every reader of JSON agrees on.
      guard let number = try member(name).integer, number >= 0, number < 1 << 53 else {
        throw .malformed(member: name)
      }
      return number
    }

    func hexadecimal(_ name: String, bytes: ClosedRange<Int>) throws(Fault) -> String {
      let text = try text(name)
      guard let read = Hexadecimal.bytes(text), bytes.contains(read.count),
        Hexadecimal.text(read) == text
      else { throw .malformed(member: name) }
      return text
    }

    func digest(_ name: String) throws(Fault) -> String {
      try hexadecimal(name, bytes: 32...32)
    }

    func time(_ name: String) throws(Fault) -> Timestamp {
      guard let time = Timestamp(try text(name)) else { throw .malformed(member: name) }
      return time
    }

    func choice<Choice: RawRepresentable>(
      _ name: String
    ) throws(Fault) -> Choice where Choice.RawValue == String {
      guard let choice = Choice(rawValue: try text(name)) else { throw .malformed(member: name) }
      return choice
    }

    func party(_ name: String) throws(Fault) -> Party {
      let reader = try reading(name)
      return Party(key: try reader.digest("key"), zone: try reader.choice("zone"))
    }

    func optional<Value>(
      _ name: String, _ make: (Reading) throws(Fault) -> Value
    ) throws(Fault) -> Value? {
      let reader = try reading(name)
      return reader.json == .null ? nil : try make(reader)
    }

    func list<Value>(
      _ name: String, most: Int, _ make: (Reading) throws(Fault) -> Value
    ) throws(Fault) -> [Value] {
      guard let array = try member(name).array, array.count <= most else {
        throw .malformed(member: name)
      }
      var values: [Value] = []
      for element in array { values.append(try make(Reading(json: element))) }
      return values
    }
  }
}

extension ExchangeManifest.Part {
  fileprivate init(
    _ reader: ExchangeManifest.Reading
  ) throws(ExchangeManifest.Fault) {
    guard let dataset = DatasetID(try reader.text("dataset")) else {
      throw .malformed(member: "dataset")
    }
    self.dataset = dataset
    form = try reader.choice("form")
    let day = try reader.optionalText("validOn")
    validOn = day.flatMap { LegalDate($0) }
    guard (validOn != nil) == (form == .state) else { throw .malformed(member: "validOn") }
    features = try reader.count("features")
    bytes = try reader.count("bytes")
    sm3 = try reader.digest("sm3")
    classification = try reader.choice("classification")
  }
}

extension ExchangeManifest.Derivation {
  fileprivate init(
    _ reader: ExchangeManifest.Reading
  ) throws(ExchangeManifest.Fault) {
    edition = try reader.text("edition")
    version = try reader.text("version")
    sm3 = try reader.digest("sm3")
    mapApproval = try reader.optionalText("mapApproval")
    figures = try reader.list("figures", most: 100, ExchangeManifest.Figure.init)
    let counts = try reader.reading("removed")
    guard case .object(let members) = counts.json, members.count <= 20 else {
      throw .malformed(member: "removed")
    }
    var removed: [String: Int64] = [:]
    for name in members.keys.sorted() { removed[name] = try counts.count(name) }
    self.removed = removed
  }
}

extension ExchangeManifest.Figure {
  fileprivate init(
    _ reader: ExchangeManifest.Reading
  ) throws(ExchangeManifest.Fault) {
    name = try reader.text("name")
    value = try reader.text("value")
    certainty = try reader.choice("certainty")
    let source = try reader.reading("source")
    self.source = LocalizedText(zh: try source.text("zh"), en: try source.text("en"))
  }
}

extension ExchangeManifest.Approval {
  fileprivate init(
    _ reader: ExchangeManifest.Reading
  ) throws(ExchangeManifest.Fault) {
    act = try reader.text("act")
    proposal = try reader.text("proposal")
    proposer = try reader.text("proposer")
    proposedAt = try reader.time("proposedAt")
    approver = try reader.text("approver")
    approvedAt = try reader.time("approvedAt")
    order = try reader.digest("order")
  }
}

extension ExchangeManifest.Content {
  static let cipher = "sm4-ctr+hmac-sm3"

  fileprivate init(
    _ reader: ExchangeManifest.Reading
  ) throws(ExchangeManifest.Fault) {
    guard try reader.text("cipher") == Self.cipher else { throw .otherFormat }
    bytes = try reader.count("bytes")
    sm3 = try reader.digest("sm3")
    code = try reader.digest("code")
    counter = try reader.hexadecimal("counter", bytes: 16...16)
    let key = try reader.reading("key")
    guard try key.text("algorithm") == PublicKey.envelopeAlgorithm else { throw .otherFormat }
    envelope = try key.hexadecimal("value", bytes: 1...1_000)
  }
}
