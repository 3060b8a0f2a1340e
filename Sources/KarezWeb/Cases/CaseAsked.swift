import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezService
import KarezWorkflow

extension Cases.Filter {
  /// Which cases an address asks for.
  init(_ asked: Asked, standard: Cases.List) throws(WebError) {
    self.init(standard)
    if let text = asked.text("list") {
      guard let list = Cases.List(rawValue: text) else { throw .fieldInvalid(name: "list") }
      self.list = list
    }
    procedure = try asked.code("procedure", allowing: "/")
    project = asked.text("project").map { String($0.prefix(64)) }
    region = try asked.code("region")
    number = try asked.code("number")
    stage = try asked.code("stage")
    clock = try asked.code("clock")
    isLate = asked.text("late") == "true"
  }
}

extension Asked {
  /// Letters, digits and hyphens, as codes and numbers of ours are made of; nil where it is absent.
  func code(_ name: String, allowing more: String = "") throws(WebError) -> String? {
    guard let text = text(name) else { return nil }
    guard text.utf8.count <= 128,
      text.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || byte == 0x2D || more.utf8.contains(byte)
      })
    else { throw .fieldInvalid(name: name) }
    return text
  }
}

/// What somebody wants done in a case, as a form or a program says it.
struct CaseActAsked {
  static let members: Set<String> = [
    "act", "step", "document", "accepted", "note", "reason", "clock", "order", "facts", "expecting",
    "key", "deputyFor",
  ]

  let text: (String) -> String?

  /// - Errors: `WebError.fieldInvalid` names what is missing or makes no sense.
  func act() throws(WebError) -> CaseOrder.Act {
    switch text("act") {
    case "make": return .make(transition: try required("step"))
    case "review":
      guard let isAccepted = ["true": true, "false": false][text("accepted") ?? ""] else {
        throw .fieldInvalid(name: "accepted")
      }
      return .review(
        document: try required("document"), isAccepted: isAccepted,
        note: String((text("note") ?? "").prefix(Self.longestNote)))
    case "pause": return .pause(reason: try required("reason"))
    case "resume": return .resume(reason: try required("reason"))
    case "extend":
      return .extend(
        clock: try required("clock"),
        note: String(try required("note").prefix(Self.longestNote)))
    case "establish": return .establish
    case "retry":
      guard let order = Int(try required("order")), order > 0 else {
        throw .fieldInvalid(name: "order")
      }
      return .retry(order: order)
    default: throw .fieldInvalid(name: "act")
    }
  }

  /// Whom it is done for; nil in the name of whoever sends it.
  func deputyFor() throws(WebError) -> String? {
    guard let absent = text("deputyFor"), !absent.isEmpty else { return nil }
    guard absent.utf8.count <= 128 else { throw .fieldInvalid(name: "deputyFor") }
    return absent
  }

  private static let longestNote = 2_000

  private func required(_ name: String) throws(WebError) -> String {
    guard let text = text(name), !text.isEmpty, text.utf8.count <= 8_000 else {
      throw .fieldInvalid(name: name)
    }
    return text
  }
}

/// Keys under which an order is carried out once.
enum CaseKey {
  /// The one that was brought, else one of its own.
  static func key(_ given: String?) throws(WebError) -> String {
    guard let given, !given.isEmpty else { return UUID().uuidString }
    guard given.utf8.count <= 128, !given.unicodeScalars.contains(where: { $0.value < 0x20 })
    else { throw .fieldInvalid(name: "key") }
    return given
  }

  static func key(_ request: Request, _ given: String?) throws(WebError) -> String {
    let header = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
    return try key(header ?? given)
  }
}

extension Request {
  /// How many events whoever sends this has seen, by `If-Match`; nil without one, or for any.
  func versionMatched() throws(WebError) -> Int? {
    guard let text = headers[.ifMatch], text != "*" else { return nil }
    let inner = text.hasPrefix("\"") && text.hasSuffix("\"") ? text.dropFirst().dropLast() : ""
    guard let version = Int(inner), version >= 0 else { throw .fieldInvalid(name: "If-Match") }
    return version
  }
}
