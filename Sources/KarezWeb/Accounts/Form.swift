import Foundation
import Hummingbird
import KarezCore
import KarezService

/// The fields of a form that a page of ours made for this visitor.
struct Form: Sendable {
  private let fields: [String: String]

  /// Reads a form sent the plain way, and refuses one that lacks the visitor's key.
  ///
  /// Forms on public pages are read with `isKeyed` false: there is no session to take over.
  init(_ request: Request, by visitor: Visitor, isKeyed: Bool = true) async throws {
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: Upload.maximumFieldBytes)
    } catch {
      throw WebError.bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    try self.init(
      fields: Self.fields(
        String(decoding: bytes.readableBytesView, as: UTF8.self)), by: visitor, isKeyed: isKeyed)
  }

  /// Fields that were read some other way.
  init(fields: [String: String], by visitor: Visitor, isKeyed: Bool = true) throws(WebError) {
    self.fields = fields
    guard isKeyed else { return }
    guard !visitor.formKey.isEmpty,
      Accounts.isSameKey(fields["formKey"] ?? "", visitor.formKey)
    else { throw .formForeign }
  }

  /// The text of a field, without space around it; nil where it is empty.
  subscript(name: String) -> String? {
    guard let text = fields[name]?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty
    else { return nil }
    return text
  }

  /// The text of a field as it was typed.
  func exactly(_ name: String) -> String { fields[name] ?? "" }

  /// Fields whose names begin so, by the rest of the name, without those that are empty.
  func texts(beginning prefix: String) -> [String: String] {
    fields.reduce(into: [:]) { found, field in
      guard field.key.hasPrefix(prefix), let text = self[field.key] else { return }
      found[String(field.key.dropFirst(prefix.count))] = text
    }
  }

  func required(_ name: String) throws(WebError) -> String {
    guard let text = self[name] else { throw .fieldInvalid(name: name) }
    return text
  }

  /// The fields of a form sent the plain way; a pair that is none is left out.
  static func fields(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = parts.map { part in
        part.replacing("+", with: " ").removingPercentEncoding ?? ""
      }
      guard decoded.count == 2, !decoded[1].contains("\0") else { continue }
      fields[decoded[0]] = decoded[1]
    }
    return fields
  }
}
