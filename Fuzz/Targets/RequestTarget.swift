import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezStore

@testable import KarezService
@testable import KarezWeb

/// What an address asks for, where a request says it comes from, the fields of a form, a boundary
/// typed into one, a letter as it was edited, and what is said of cases.
enum RequestTarget: FuzzTarget {
  static let name = "request"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    _ = Form.fields(text)
    if let letter = LetterText(plain: text), letter.plain.utf8.count <= LetterText.mostBytes {
      hold(LetterText(plain: letter.plain) == letter, "a letter is read as it was written")
    }
    _ = try? TypedBoundary.geoJSON(of: text)
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost", path: "/list?" + text,
      headerFields: [.acceptLanguage: text])
    let asked = Asked(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
    _ = asked.language
    _ = asked.statedPurpose
    _ = try? asked.day("day")
    _ = try? asked.commit("commit")
    _ = try? asked.limit(standard: 10, maximum: 100)
    if let area = try? asked.area("area") { hold(area.squareMetres >= 0, "an area") }
    if let box = try? asked.window() { hold(box.minX <= box.maxX, "a box") }
    _ = try? Cases.Filter(asked, standard: .mine)
    if let place = CaseQuery.Place(text) {
      hold(CaseQuery.Place(place.cursor) == place, "a place in a list read again: \(text)")
    }
    if let facts = try? JSONValue(parsing: text) { _ = try? CaseRoutes.facts(facts) }
    hold(asked.address(setting: "page", to: "2").hasPrefix("/list?"), "an address of ours")
    submission(text)
    caller(text)
  }

  private static func submission(_ text: String) {
    if let mode = CommitMode(submitted: text) {
      hold(mode.submitted == text, "a mode has one name: \(text)")
    }
    guard let schema = FuzzedSchema.landPatches else { return }
    for attribute in schema.attributes {
      let value = try? OneMap.value(text, of: attribute.name, in: schema)
      if case .decimal(let number)? = value { hold(number.isFinite, "a number: \(text)") }
    }
  }

  /// Whoever asks can write the header, and the names of people's buckets are made of it.
  private static func caller(_ text: String) {
    if let plain = Caller.plain(text) {
      hold(Caller.plain(plain) == plain, "an address has one spelling: \(text)")
    }
    guard let chain = HTTPField.Name("X-Forwarded-For") else { return hold(false, "a header") }
    let peer = "127.0.0.1"
    let named = Caller(peer: peer, headers: [chain: text], proxies: [peer])
    hold(named.address.utf8.count <= 45, "an address, whatever was written: \(named.address)")
    hold(
      Caller(peer: "192.0.2.1", headers: [chain: text], proxies: [peer]).address == "192.0.2.1",
      "who is no proxy says nothing of others")
  }
}
