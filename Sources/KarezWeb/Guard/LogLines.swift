import Foundation
import KarezCore
public import Logging

/// 结构化日志: one JSON object a line, its keys in order.
///
/// What may stand in a line is said in `docs/security.md`: no names, no addresses of people or of
/// machines, nothing that was asked, no coordinates.
public struct LogLines: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable (String) -> Void

  public init(
    label: String, level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = LogLines.standardError
  ) {
    self.label = label
    logLevel = level
    self.write = write
  }

  public static let standardError: @Sendable (String) -> Void = { line in
    // One call a line, so that lines of two threads do not mix.
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var members: [String: JSONValue] = [:]
    for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
      members[key == "hb.request.id" ? "request" : key] = Self.json(value)
    }
    members["at"] = .string(Self.now())
    members["level"] = .string(event.level.rawValue)
    members["log"] = .string(label)
    members["message"] = .string(event.message.description)
    write(JSONValue.object(members).canonicalText)
  }

  private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
    switch value {
    case .string(let text): .string(text)
    case .stringConvertible(let number as Int): .integer(Int64(number))
    case .stringConvertible(let other): .string(other.description)
    case .array(let values): .array(values.map(json))
    case .dictionary(let members): .object(members.mapValues(json))
    }
  }

  private static func now() -> String {
    Timestamp(millisecondsSince1970: Int64(Date().timeIntervalSince1970 * 1_000)).description
  }
}
