import KarezCore
import KarezGeometry
import KarezService
import KarezTiles

/// What stands in words around a map.
struct PlateWords {
  private let making: PlateMaking
  private let layers: [PlateLayer]
  private let messages: MessageCatalogue

  init(_ making: PlateMaking, _ layers: [PlateLayer], _ messages: MessageCatalogue) {
    self.making = making
    self.layers = layers
    self.messages = messages
  }

  var marking: String {
    messages.text("class_" + making.marking.rawValue)
  }

  /// The highest layer first, as on the portal.
  var legend: [PlateSheet.Entry] {
    layers.reversed().flatMap { layer in
      layer.legend.map { entry in
        let paint = entry.paint
        let kind =
          switch layer.kind {
          case .point: "point"
          case .line: "line"
          case .polygon, .none: paint.fill == nil ? "line" : "area"
          }
        return PlateSheet.Entry(
          words: entry.title[messages.language], fill: paint.fill ?? "none",
          fillOpacity: paint.fillOpacity, line: paint.line ?? "none",
          lineWidth: paint.lineWidth * PlateCanvas.pixel / 100, isDashed: paint.isDashed,
          kind: kind)
      }
    }
  }

  /// Coordinates, state, source, who made it and when, approval.
  func facts(on today: LegalDate) -> [PlateSheet.Fact] {
    let order = making.order
    let grid = making.frame.grid
    func fact(_ key: String, _ value: String) -> PlateSheet.Fact {
      PlateSheet.Fact(name: messages.text(key), value: value)
    }
    let stewards = layers.map { $0.schema.steward[messages.language] }
    var seen: Set<String> = []
    let source =
      order.source.isEmpty
      ? stewards.filter { seen.insert($0).inserted }
        .joined(separator: messages.language == .zh ? "、" : ", ")
      : order.source
    let blank = "____________"
    return [
      fact(
        "plate_crs",
        messages.text(
          "plate_crs_words",
          [
            "zone": String(grid.zone),
            "meridian": DecimalText.fixed(grid.centralMeridian, decimals: 0),
          ])),
      fact(
        "as_of",
        "\(order.asOf.validOn) · \(messages.text("recorded")) \(order.asOf.recorded)"),
      fact("plate_source", source),
      fact("plate_unit", order.unit.isEmpty ? blank : order.unit),
      fact("plate_made", today.description),
      fact("plate_approval", order.approval.isEmpty ? blank : order.approval),
    ]
      + (layers.contains(where: \.isThinned)
        ? [
          PlateSheet.Fact(
            name: messages.text("plate_note"),
            value: messages.text(
              "plate_thinned",
              ["size": DecimalText.fixed(PlateMaking.leastVisible, decimals: 1)]))
        ] : [])
  }
}
