public import KarezCore

/// 流程图: a procedure drawn as SVG, with the states a case is in marked.
public enum WorkflowSVG {
  /// The drawing; colours come from classes, so that a page's own style decides them.
  public static func drawing(
    of definition: WorkflowDefinition, standing: Set<String> = [], in language: Language
  ) -> String {
    let layout = WorkflowLayout(definition)
    let label = Markup.escaped(definition.title[language])
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"\(label)\" "
        + "viewBox=\"0 0 \(layout.width) \(layout.height)\" class=\"workflow\">",
      "<defs><marker id=\"workflow-arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
        + "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">"
        + "<path d=\"M0 0L8 4L0 8z\"/></marker></defs>",
    ]
    for (place, arrow) in layout.arrows.enumerated() {
      guard let from = layout.box(arrow.from), let to = layout.box(arrow.to) else { continue }
      let transition = definition.transition(arrow.transition)
      let title = Markup.escaped(transition?.title[language] ?? arrow.transition)
      let kind = Self.kind(of: transition)
      lines.append(
        "<path class=\"step \(kind)\" fill=\"none\" stroke=\"currentColor\" "
          + "marker-end=\"url(#workflow-arrow)\" d=\"\(path(from, to, arrow, place))\">"
          + "<title>\(title)</title></path>")
    }
    for box in layout.boxes { lines += state(box, definition, standing, language) }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func kind(of transition: Transition?) -> String {
    switch transition?.trigger {
    case .automatic: "automatic"
    case .due: "due"
    default: "person"
    }
  }

  private static func state(
    _ box: WorkflowLayout.Box, _ definition: WorkflowDefinition, _ standing: Set<String>,
    _ language: Language
  ) -> [String] {
    guard let state = definition.state(box.id) else { return [] }
    let here = standing.contains(box.id) ? " here" : ""
    let (x, y) = box.middle
    // Long names shrink rather than run out of their box.
    let name = state.title[language]
    let size = max(8, min(13, 2_100 / max(1, width(of: name))))
    return [
      "<g class=\"state \(state.kind.rawValue)\(here)\">",
      "<rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" height=\"\(box.height)\" "
        + "rx=\"\(state.kind == .work ? 6 : 22)\" fill=\"\(here.isEmpty ? "none" : "#dbeafe")\" "
        + "stroke=\"currentColor\" stroke-width=\"\(state.kind == .end ? 3 : 1)\"/>",
      "<text x=\"\(x)\" y=\"\(y + 4)\" text-anchor=\"middle\" font-size=\"\(size)\" "
        + "fill=\"currentColor\">\(Markup.escaped(name))</text>",
      "</g>",
    ]
  }

  /// Tenths of an em: a character of Chinese is twice as wide as a letter.
  private static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 20 : 11) }
  }

  private static func path(
    _ from: WorkflowLayout.Box, _ to: WorkflowLayout.Box, _ arrow: WorkflowLayout.Arrow,
    _ place: Int
  ) -> String {
    if arrow.isBack {
      let (start, end) = (from.middle.x, to.middle.x)
      let low = max(from.y + from.height, to.y + to.height) + 14 + (place % 3) * 6
      return "M\(start) \(from.y + from.height)C\(start) \(low) \(end) \(low) "
        + "\(end) \(to.y + to.height)"
    }
    let (x1, y1) = (from.x + from.width, from.middle.y)
    let (x2, y2) = (to.x, to.middle.y)
    let bend = (x2 - x1) / 2
    return "M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)"
  }
}

/// Text inside markup.
enum Markup {
  static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.append(character)
      }
    }
    return out
  }
}
