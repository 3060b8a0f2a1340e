import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules

/// Where the findings lie, roughly: a dot each, in a frame.
struct QualityMap {
  private static let width = 720.0
  private static let height = 300.0
  private static let margin = 28.0
  /// More dots than this only hide one another.
  private static let dotsMax = 3_000

  private let dots: [(place: Position, severity: GateSeverity)]
  private let box: BoundingBox

  /// Nil where no finding has a place.
  init?(_ findings: [GateFinding]) {
    let placed = findings.compactMap { finding in
      finding.place.map { (place: $0, severity: finding.severity) }
    }
    let step = max(1, placed.count / Self.dotsMax)
    // Errors last, so that they lie on top.
    dots = placed.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
      .sorted { Self.rank($0.severity) > Self.rank($1.severity) }
    guard let box = BoundingBox(around: placed.map(\.place)) else { return nil }
    self.box = box
  }

  private static func rank(_ severity: GateSeverity) -> Int {
    GateSeverity.allCases.firstIndex(of: severity) ?? 0
  }

  /// The severities that have a dot, the gravest first.
  var severities: [GateSeverity] {
    GateSeverity.allCases.filter { severity in dots.contains { $0.severity == severity } }
  }

  /// The box around the findings, in degrees.
  var extent: String {
    func text(_ value: Double) -> String { DecimalText.fixed(value, decimals: 4) }
    return "\(text(box.minX))°–\(text(box.maxX))°, \(text(box.minY))°–\(text(box.maxY))°"
  }

  static func colour(_ severity: GateSeverity) -> String {
    switch severity {
    case .error: "#a8232c"
    case .warning: "#d98a1f"
    case .info: "#3a76b8"
    }
  }

  func svg(label: String) -> String {
    let latitude = min(max((box.minY + box.maxY) / 2, -85), 85)
    let degree = Ellipsoid.metresPerDegree(latitude: latitude)
    let (wide, high) = (
      max((box.maxX - box.minX) * degree.east, 1), max((box.maxY - box.minY) * degree.north, 1)
    )
    let scale = min((Self.width - 2 * Self.margin) / wide, (Self.height - 2 * Self.margin) / high)
    let left = (Self.width - wide * scale) / 2
    let bottom = (Self.height + high * scale) / 2
    var marks = ""
    for dot in dots {
      let x = left + (dot.place.x - box.minX) * degree.east * scale
      let y = bottom - (dot.place.y - box.minY) * degree.north * scale
      marks += "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"3\" "
      marks += "fill=\"\(Self.colour(dot.severity))\" fill-opacity=\"0.7\"/>"
    }
    return """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
      aria-label="\(escaped(label))" direction="ltr">
      <rect x="0.5" y="0.5" width="719" height="299" fill="#f6f7f8" stroke="#d9dde3"/>
      \(marks)
      </svg>
      """
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "\"", with: "&quot;").replacingOccurrences(of: "<", with: "&lt;")
  }

  private static func number(_ value: Double) -> String {
    DecimalText.fixed(value, decimals: 1)
  }
}
