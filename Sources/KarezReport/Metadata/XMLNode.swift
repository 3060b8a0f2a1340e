/// An element of an XML document that is being written.
///
/// - Shape: either text or elements within, never both; names and attribute names are ours.
public struct XMLNode: Sendable {
  public let name: String
  public let attributes: [(name: String, value: String)]
  let text: String?
  let children: [XMLNode]

  public init(
    _ name: String, _ attributes: [(name: String, value: String)] = [],
    @XMLNodes within children: () -> [XMLNode] = { [] }
  ) {
    self.name = name
    self.attributes = attributes
    text = nil
    self.children = children()
  }

  public init(_ name: String, _ attributes: [(name: String, value: String)] = [], text: String) {
    self.name = name
    self.attributes = attributes
    self.text = text
    children = []
  }

  /// The whole document, in UTF-8, an element a line.
  public var document: String {
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    write(to: &out, depth: 0)
    return out
  }

  private func write(to out: inout String, depth: Int) {
    out += String(repeating: "  ", count: depth) + "<" + name
    for attribute in attributes {
      out += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
    }
    if let text {
      out += ">" + Self.escaped(text) + "</\(name)>\n"
    } else if children.isEmpty {
      out += "/>\n"
    } else {
      out += ">\n"
      for child in children { child.write(to: &out, depth: depth + 1) }
      out += String(repeating: "  ", count: depth) + "</\(name)>\n"
    }
  }

  /// Markup as references; characters no XML 1.0 document may hold become U+FFFD.
  private static func escaped(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;".unicodeScalars
      case "<": out += "&lt;".unicodeScalars
      case ">": out += "&gt;".unicodeScalars
      case "\"": out += "&quot;".unicodeScalars
      // Readers make a plain line break of it otherwise.
      case "\r": out += "&#13;".unicodeScalars
      case "\t", "\n": out.append(scalar)
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": out.append("\u{FFFD}")
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}

/// Puts the elements within an element together, in the order they are written down.
@resultBuilder
public enum XMLNodes {
  public static func buildExpression(_ node: XMLNode) -> [XMLNode] { [node] }
  public static func buildBlock(_ parts: [XMLNode]...) -> [XMLNode] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [XMLNode]?) -> [XMLNode] { part ?? [] }
  public static func buildEither(first part: [XMLNode]) -> [XMLNode] { part }
  public static func buildEither(second part: [XMLNode]) -> [XMLNode] { part }
  public static func buildArray(_ parts: [[XMLNode]]) -> [XMLNode] { parts.flatMap(\.self) }
}
