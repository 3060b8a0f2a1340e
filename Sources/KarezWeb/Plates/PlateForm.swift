import Foundation
import KarezCore
import KarezGeometry
import KarezReport

/// What the print page's address says; all of its state.
///
/// The portal's own `view`, `layers` and `validOn` are understood, so that a map that was looked at
/// can be printed.
struct PlateForm {
  /// Longest title, unit, source, approval number.
  static let longestText = 120

  let order: PlateOrder
  /// What the address holds, in its own names.
  let fields: [(name: String, value: String)]

  init(_ asked: Asked, _ asOf: AsOf) throws(WebError) {
    var order = PlateOrder(asOf: asOf)
    func words(_ name: String) throws(WebError) -> String {
      let text = (asked.text(name) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
      guard text.count <= Self.longestText,
        !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else { throw .fieldInvalid(name: name) }
      return text
    }
    order.title = try words("title")
    order.unit = try words("unit")
    order.source = try words("source")
    order.approval = try words("approval")
    order.layers = Self.layers(asked)
    if let code = asked.text("region") {
      guard (6...12).contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { throw .fieldInvalid(name: "region") }
      order.region = code
    }
    let view = try Self.view(asked)
    order.centre = try Self.place(asked.text("centre"), "centre") ?? view?.centre
    order.paper = try Self.choice(asked, "paper") ?? .a4
    order.grid = try Self.choice(asked, "grid") ?? .graticule
    order.isLandscape = try Self.isLandscape(asked)
    if let text = asked.text("scale") {
      guard let scale = Int(text) else { throw .fieldInvalid(name: "scale") }
      order.scale = scale
    } else if let view {
      order.scale = view.scale
    }
    self.order = order
    fields = Self.fields(order, asked)
  }

  /// Boxes that were ticked, or a list with commas; how strongly the portal draws one (`id~50`) is
  /// no matter of paper.
  private static func layers(_ asked: Asked) -> [String] {
    asked.parameters.filter { $0.name == "layers" }
      .flatMap { $0.value.split(separator: ",") }
      .map { String($0.prefix { $0 != "~" }) }
      .filter { $0 != "none" }
  }

  private static func isLandscape(_ asked: Asked) throws(WebError) -> Bool {
    switch asked.text("layout") {
    case nil, "landscape": true
    case "portrait": false
    default: throw .fieldInvalid(name: "layout")
    }
  }

  private static func choice<Choice: RawRepresentable<String>>(
    _ asked: Asked, _ name: String
  ) throws(WebError) -> Choice? {
    guard let text = asked.text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else { throw .fieldInvalid(name: name) }
    return choice
  }

  private static func place(_ text: String?, _ name: String) throws(WebError) -> Position? {
    guard let text else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 2, let x = numbers[0], let y = numbers[1], x.isFinite, y.isFinite,
      abs(x) <= 180, abs(y) <= 85
    else { throw .fieldInvalid(name: name) }
    return Position(x: x, y: y)
  }

  /// The portal's view: longitude, latitude and zoom.
  private static func view(
    _ asked: Asked
  ) throws(WebError) -> (centre: Position, scale: Int)? {
    guard let text = asked.text("view") else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let zoom = numbers[2],
      x.isFinite, y.isFinite, abs(x) <= 180, abs(y) <= 85, (0...30).contains(zoom)
    else { throw .fieldInvalid(name: "view") }
    // A pixel of the screen is 0.28 mm by the tiles' standard.
    let denominator = 559_082_264.029 / pow(2, zoom) * cos(y * .pi / 180)
    let scale = PlateOrder.scales.first { Double($0) >= denominator } ?? PlateOrder.scales.last
    return (Position(x: x, y: y), scale ?? 1)
  }

  private static func fields(
    _ order: PlateOrder, _ asked: Asked
  ) -> [(name: String, value: String)] {
    let centre = order.centre.map {
      DecimalText.fixed($0.x, decimals: 6) + "," + DecimalText.fixed($0.y, decimals: 6)
    }
    let pairs: [(String, String?)] = [
      ("title", order.title), ("layers", order.layers.joined(separator: ",")),
      ("region", order.region), ("centre", centre), ("scale", order.scale.map { String($0) }),
      ("paper", order.paper.rawValue), ("layout", order.isLandscape ? "landscape" : "portrait"),
      ("grid", order.grid.rawValue), ("validOn", asked.text("validOn")),
      ("recorded", asked.text("recorded")), ("approval", order.approval), ("unit", order.unit),
      ("source", order.source), ("lang", asked.namedLanguage?.rawValue),
    ]
    return pairs.compactMap { pair in
      pair.1.flatMap { $0.isEmpty ? nil : (name: pair.0, value: $0) }
    }
  }

  /// An address of the same map; with `changes` some of it is otherwise, or gone.
  func address(_ path: String, _ changes: [String: String?] = [:]) -> String {
    var pairs = fields.filter { changes[$0.name] == nil }
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      if let value { pairs.append((name: name, value: value)) }
    }
    return path + "?"
      + pairs.map { $0.name + "=" + Asked.escaped($0.value) }.joined(separator: "&")
  }
}
