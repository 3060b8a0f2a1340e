/// What went wrong, ready to be shown: one line that says where, what, and what to do.
///
/// Modules throw their own errors, which carry facts; `KarezService` turns each into a `Problem`
/// once. Never holds personal data or a path of the server.
public struct Problem: Error, Hashable, Sendable {
  /// What kind of failure; decides the exit status and the HTTP status.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case usage
    case refused
    case notFound
    case conflict
    case forbidden
    case unavailable
    case defect
  }

  public let kind: Kind
  /// Stable, kebab-case; programs may rely on it.
  public let code: String
  /// File, line, feature or field; language-neutral.
  public let place: String
  public let what: LocalizedText
  public let remedy: LocalizedText
  /// Longitude and latitude of the fault on the map, where it has one.
  public let position: [Double]?

  public init(
    _ kind: Kind, code: String, place: String, what: LocalizedText, remedy: LocalizedText,
    position: [Double]? = nil
  ) {
    self.kind = kind
    self.code = code
    self.place = place
    self.what = what
    self.remedy = remedy
    self.position = position
  }

  /// `where: what is wrong; what to do`.
  public func line(in language: Language) -> String {
    let separator = language == .en ? "; " : "；"
    let text = what[language] + separator + remedy[language]
    let spot = [place, positionText].filter { !$0.isEmpty }.joined(separator: " ")
    guard !spot.isEmpty else { return text }
    return spot + (language == .en ? ": " : "：") + text
  }

  private var positionText: String {
    guard let position, position.count == 2, position.allSatisfy({ abs($0) <= 1e9 }) else {
      return ""
    }
    return "(" + position.map { DecimalText.fixed($0, decimals: 7) }.joined(separator: ", ") + ")"
  }

  public var exitStatus: Int32 {
    switch kind {
    case .usage: 2
    case .refused, .notFound: 3
    case .conflict, .forbidden: 4
    case .unavailable: 5
    case .defect: 70
    }
  }

  public var httpStatus: Int {
    switch kind {
    case .usage: 400
    case .refused: 422
    case .notFound: 404
    case .conflict: 409
    case .forbidden: 403
    case .unavailable: 503
    case .defect: 500
    }
  }
}

extension Problem {
  /// The problem as `application/problem+json` has it.
  ///
  /// - Source: RFC 9457; `code`, `place`, `message` and `position` are our members.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "type": .string("about:blank"),
      "title": .string(what.en),
      "status": .integer(Int64(httpStatus)),
      "code": .string(code),
      "place": .string(place),
      "message": .object(["zh": .string(line(in: .zh)), "en": .string(line(in: .en))]),
      "detail": .string(line(in: .zh)),
    ]
    if let position { members["position"] = .array(position.map(JSONValue.number)) }
    return .object(members)
  }
}
