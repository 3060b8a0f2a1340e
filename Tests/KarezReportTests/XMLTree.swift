import Testing

/// An XML document read back, strictly: every tag closed in its turn, every prefix declared.
///
/// Independent of the writer under test, and of any library.
struct XMLTree {
  let name: String
  var attributes: [String: String] = [:]
  var children: [XMLTree] = []
  var text = ""

  enum Fault: Error, Equatable {
    case notWellFormed(String)
  }

  /// Every element, this one first, in the order of the document.
  var all: [XMLTree] { [self] + children.flatMap(\.all) }

  func descendants(_ name: String) -> [XMLTree] { all.filter { $0.name == name } }

  /// The text in it and below, without the white space of the layout.
  var words: String {
    ([text.trimmingSpace] + children.map(\.words)).filter { !$0.isEmpty }.joined(separator: " ")
  }

  init(parsing document: String) throws {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    guard document.hasPrefix(head) else { throw Fault.notWellFormed("declaration") }
    var rest = document.dropFirst(head.count)
    var open: [XMLTree] = []
    var root: XMLTree?
    while let start = rest.firstIndex(of: "<") {
      let between = String(rest[..<start])
      if open.isEmpty, !between.trimmingSpace.isEmpty { throw Fault.notWellFormed("outside") }
      if !open.isEmpty { open[open.count - 1].text += try Self.plain(between) }
      guard let end = rest[start...].firstIndex(of: ">") else { throw Fault.notWellFormed("<") }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard let closed = open.popLast(), closed.name == tag.dropFirst() else {
          throw Fault.notWellFormed("\(tag)")
        }
        Self.put(closed, into: &open, &root)
      } else {
        if root != nil, open.isEmpty { throw Fault.notWellFormed("two roots") }
        let isEmpty = tag.hasSuffix("/")
        let element = try XMLTree(tag: isEmpty ? tag.dropLast() : tag)
        if isEmpty { Self.put(element, into: &open, &root) } else { open.append(element) }
      }
    }
    guard open.isEmpty, let root, rest.allSatisfy(\.isWhitespace) else {
      throw Fault.notWellFormed("end")
    }
    self = root
    try checkPrefixes()
  }

  private static func put(_ element: XMLTree, into open: inout [XMLTree], _ root: inout XMLTree?) {
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  private init(tag: Substring) throws {
    let name = tag.prefix { !$0.isWhitespace }
    guard name.wholeMatch(of: /[a-z]+:[A-Za-z_0-9]+/) != nil else {
      throw Fault.notWellFormed("\(tag)")
    }
    self.name = String(name)
    var rest = tag.dropFirst(name.count)
    while let match = rest.prefixMatch(of: /\s+([A-Za-z:]+)="([^"<]*)"/) {
      let value = try Self.plain(String(match.2))
      guard attributes.updateValue(value, forKey: String(match.1)) == nil else {
        throw Fault.notWellFormed("\(match.1) twice")
      }
      rest = rest[match.range.upperBound...]
    }
    guard rest.allSatisfy(\.isWhitespace) else { throw Fault.notWellFormed("\(tag)") }
  }

  private func checkPrefixes() throws {
    let declared = Set(
      attributes.keys.filter { $0.hasPrefix("xmlns:") }.map { String($0.dropFirst(6)) })
    let names = all.flatMap { [$0.name] + $0.attributes.keys.filter { $0.contains(":") } }
    for name in names where !name.hasPrefix("xmlns:") {
      guard declared.contains(String(name.prefix { $0 != ":" })) else {
        throw Fault.notWellFormed("prefix of \(name)")
      }
    }
  }

  /// The text without its references; one that stands alone is a fault.
  private static func plain(_ text: String) throws -> String {
    var out = ""
    var rest = Substring(text)
    let known = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#13;": "\r"]
    while let sign = rest.firstIndex(of: "&") {
      out += rest[..<sign]
      guard let (reference, meaning) = known.first(where: { rest[sign...].hasPrefix($0.key) })
      else { throw Fault.notWellFormed("reference") }
      out += meaning
      rest = rest[sign...].dropFirst(reference.count)
    }
    return out + rest
  }
}

extension String {
  fileprivate var trimmingSpace: String {
    String(trimmingPrefix(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
