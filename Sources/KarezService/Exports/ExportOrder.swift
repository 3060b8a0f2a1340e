import Foundation
public import KarezCore
public import KarezStore
public import KarezWriting

/// 输出: which state of which dataset goes into which file, and how.
public struct ExportOrder: Sendable {
  public let dataset: String
  public var path: String
  /// By the file's ending if nil.
  public var format: OutputFormat?
  /// Today if nil.
  public var validOn: LegalDate?
  /// The last commit if nil.
  public var recorded: CommitNumber?
  /// The system to write in, `EPSG:n`; EPSG:4490 if nil.
  public var crs: String?
  /// The layer's name, in formats that have names; the dataset's id if nil.
  public var layer: String?
  /// Of text, in formats that have a choice.
  public var encoding = WritingOptions.Encoding.utf8
  /// Only features of this region, by the beginning of its administrative code.
  public var region: String?

  /// Only features that meet it.
  public var filter: FeatureFilter?
  /// Instead of the day it is valid on, the last of each feature's on some days.
  public var span: DaySpan?

  /// Refused beyond so many features; any number if nil.
  public var mostFeatures: Int?

  public init(dataset: String, path: String) {
    self.dataset = dataset
    self.path = path
  }

  /// The file's name, without its folder.
  var fileName: String { URL(filePath: path).lastPathComponent }
}

/// What an export wrote.
public struct ExportOutcome: Sendable {
  public let dataset: DatasetID
  public let asOf: AsOf
  public let format: OutputFormat
  public let features: Int
  /// SM3 of the file, hexadecimal.
  public let sm3: String
  /// What the file has otherwise than the dataset.
  public let notes: [OutputNote]

  /// What the log keeps.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "validOn": .string(asOf.validOn.description),
      "recorded": .integer(Int64(asOf.recorded.value)), "format": .string(format.rawValue),
      "features": .integer(Int64(features)), "sm3": .string(sm3),
    ])
  }

  /// What `karez export --json` prints: besides the log's, what is to be told of the file.
  public var answer: JSONValue {
    guard case .object(var members) = json else { return json }
    members["notes"] = .array(
      notes.map { note in
        let text = OutputNoteWording.text(for: note)
        return .object([
          "code": .string(OutputNoteWording.code(of: note)),
          "message": .object(["zh": .string(text.zh), "en": .string(text.en)]),
        ])
      })
    let renamed = notes.compactMap { note -> (String, JSONValue)? in
      guard case .fieldRenamed(let field, let name) = note else { return nil }
      return (field, .string(name))
    }
    members["fields"] = .object(Dictionary(renamed, uniquingKeysWith: { first, _ in first }))
    return .object(members)
  }

  /// The outcome, and a line of what is to be told of the file.
  public func lines(in language: Language) -> [String] {
    [line(in: language)] + OutputNoteWording.lines(for: notes, in: language)
  }

  private func line(in language: Language) -> String {
    language == .en
      ? "\(dataset): \(features) features on \(asOf.validOn), commit \(asOf.recorded); \(sm3)"
      : "\(dataset)：\(asOf.validOn) 第 \(asOf.recorded) 次提交，已输出 \(features) 个要素；\(sm3)"
  }
}
