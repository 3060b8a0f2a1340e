import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry

/// What a request's address asks for, read strictly.
struct Asked {
  /// Everything the address asks for, in its order.
  let parameters: [(name: String, value: String)]
  private let request: Request?

  init(_ request: Request) {
    self.request = request
    parameters = Self.parameters(of: request.uri.query ?? "")
  }

  /// What a form or a body asks for in the same names.
  init(fields: [String: String]) {
    request = nil
    parameters = fields.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
  }

  /// The pairs of a query, in which forms and many programs write a space as `+`.
  private static func parameters(of query: String) -> [(name: String, value: String)] {
    func plain(_ part: Substring) -> String {
      let text = String(part.replacing("+", with: " "))
      return text.removingPercentEncoding ?? text
    }
    return query.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (plain(parts[0]), parts.count > 1 ? plain(parts[1]) : "")
    }
  }

  /// One parameter's text; nil where it is absent or empty.
  func text(_ name: String) -> String? {
    parameters.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// `lang` of the address, where it names a language.
  var namedLanguage: Language? { text("lang").flatMap(Language.init) }

  /// `lang` of the address, else the one chosen before, else the browser's, else Chinese.
  var language: Language {
    if let namedLanguage { return namedLanguage }
    if let chosen = request?.cookies["lang"].flatMap({ Language(rawValue: $0.value) }) {
      return chosen
    }
    let preferred = request?.headers[.acceptLanguage] ?? ""
    for part in preferred.split(separator: ",") {
      let tag = part.drop { $0 == " " }.prefix(2).lowercased()
      if let language = Language(rawValue: tag) { return language }
    }
    return .zh
  }

  /// The request's own address with one parameter set, or left out.
  func address(
    setting name: String, to value: String?, without dropped: [String] = []
  ) -> String {
    var pairs = parameters.filter { $0.name != name && !dropped.contains($0.name) }
    if let value { pairs.append((name, value)) }
    return address(pairs)
  }

  /// The request's own address without some of its parameters.
  func address(without names: [String]) -> String {
    address(parameters.filter { !names.contains($0.name) })
  }

  private func address(_ pairs: [(name: String, value: String)]) -> String {
    let path = request?.uri.path ?? ""
    guard !pairs.isEmpty else { return path }
    let query = pairs.map { Self.escaped($0.name) + "=" + Self.escaped($0.value) }
    return path + "?" + query.joined(separator: "&")
  }

  /// Percent-encoded, with the commas of lists left readable.
  static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { out, byte in
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~,:".contains(character) {
        out.append(character)
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  /// What a reader says the reading is for, where it is a code such as purposes have.
  var statedPurpose: String? {
    guard let text = text("purpose"), text.utf8.count <= 64,
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x2D...0x39).contains($0) })
    else { return nil }
    return text
  }

  func day(_ name: String) throws(WebError) -> LegalDate? {
    guard let text = text(name) else { return nil }
    guard let day = LegalDate(text) else { throw .fieldInvalid(name: name) }
    return day
  }

  func commit(_ name: String) throws(WebError) -> CommitNumber? {
    guard let text = text(name) else { return nil }
    guard let commit = Int(text).flatMap(CommitNumber.init) else {
      throw .fieldInvalid(name: name)
    }
    return commit
  }

  func limit(standard: Int, maximum: Int) throws(WebError) -> Int {
    guard let text = text("limit") else { return standard }
    guard let number = Int(text), (1...maximum).contains(number) else {
      throw .fieldInvalid(name: "limit")
    }
    return number
  }

  func area(_ name: String) throws(WebError) -> Area? {
    guard let text = text(name) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw .fieldInvalid(name: name)
    }
    return .squareMetres(number)
  }

  /// `bbox=west,south,east,north` in degrees.
  func window() throws(WebError) -> BoundingBox? {
    guard let text = text("bbox") else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let values = numbers.compactMap { $0 }
    guard numbers.count == 4, values.count == 4, values.allSatisfy(\.isFinite),
      values[0] <= values[2], values[1] <= values[3], abs(values[0]) <= 180,
      abs(values[2]) <= 180, abs(values[1]) <= 90, abs(values[3]) <= 90
    else { throw .fieldInvalid(name: "bbox") }
    return BoundingBox(minX: values[0], minY: values[1], maxX: values[2], maxY: values[3])
  }
}
