import KarezCore
import KarezCrypto

/// 完整性校验: makes the codes that permissions and labels carry, with a key of the installation
/// that is not in the database.
///
/// A device that keeps the key to itself is another implementation.
public protocol IntegrityProvider: Sendable {
  /// Tells keys apart without telling any of them.
  var keyID: String { get }
  /// The code of a text, in hexadecimal; who has not the key cannot make it.
  func code(of text: String) -> String
}

extension IntegrityProvider {
  /// Whether the code is that of the text, in a time that tells nothing.
  func matches(_ code: String, _ text: String) -> Bool { Secret.isSame(self.code(of: text), code) }
}

/// What carries a code: a name that tells it from all others, and all that is believed of it.
struct Sealed {
  let subject: String
  let text: String

  private init(_ kind: String, _ name: String, _ parts: [String]) {
    subject = kind + "/" + name
    // Parts are joined as JSON, so that no two lists of them are one text.
    text = JSONValue.array(([kind, name] + parts).map(JSONValue.string)).canonicalText
  }

  /// Nil for a record of a kind that is taken as it is (see `RecordSealing`).
  init?(_ record: PlatformRecord) {
    guard record.kind.isSealed else { return nil }
    self.init("record", record.kind.name + "/" + record.key, [RecordWitness.digest(of: record)])
  }

  /// 密级标识 of a dataset and of its attributes.
  init(label definition: String, of dataset: DatasetID) {
    self.init("dataset", dataset.text, [SM3.digest(definition).description])
  }

  /// The scope an answer was worked out in.
  init(scope: String, ofAnswer id: String) { self.init("answer", id, [scope]) }

  /// A setting of the map.
  init(setting name: String, _ value: String) { self.init("setting", name, [value]) }
}
