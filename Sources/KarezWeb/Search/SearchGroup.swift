import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWorkflow

/// One sort of things a search found, as the page and the box of the header show it.
struct SearchGroup {
  struct Item {
    let itemTitle: String
    let itemNote: String
    let itemAddress: String
    /// The map, with the thing asked about; nil of what has no place there.
    var mapAddress: String?
    var dataset: String?
    var feature: String?
    var place: ShownPlace?

    var json: JSONValue {
      let box = place.map { [$0.box.minX, $0.box.minY, $0.box.maxX, $0.box.maxY] }
      return .object([
        "title": .string(itemTitle), "note": .string(itemNote), "address": .string(itemAddress),
        "mapAddress": .optional(mapAddress), "dataset": .optional(dataset),
        "feature": .optional(feature),
        "at": place.map { .array([.number($0.at.x), .number($0.at.y)]) } ?? .null,
        "extent": box.map { .array($0.map(JSONValue.number)) } ?? .null,
      ])
    }
  }

  let kind: String
  let groupTitle: String
  let items: [Item]

  var json: JSONValue {
    .object([
      "kind": .string(kind), "title": .string(groupTitle), "items": .array(items.map(\.json)),
    ])
  }

  /// The groups in which something was found, the most exact first.
  static func groups(of answer: SearchAnswer, _ words: CatalogueWords) -> [SearchGroup] {
    let messages = words.messages
    func group(_ kind: String, _ items: [Item]) -> SearchGroup {
      SearchGroup(kind: kind, groupTitle: messages.text("search_" + kind), items: items)
    }
    return [
      group("codes", answer.codes.map { item($0, words) }),
      group("cases", answer.cases.map { item($0, words) }),
      group("places", answer.places.map { item($0, words) }),
      group(
        "datasets",
        answer.datasets.map {
          Item(
            itemTitle: $0.title[words.language], itemNote: $0.id.text,
            itemAddress: CatalogueAddress().dataset($0.id.text))
        }),
    ].filter { !$0.items.isEmpty }
  }

  private static func item(_ found: SearchAnswer.Feature, _ words: CatalogueWords) -> Item {
    let dataset = found.schema.id.text
    let title = found.schema.title[words.language]
    var item = Item(
      itemTitle: found.name ?? found.id,
      itemNote: found.name == nil ? title : title + " · " + found.id,
      itemAddress: CatalogueAddress().feature(found.id, in: dataset))
    (item.dataset, item.feature, item.place) = (dataset, found.id, found.place)
    item.mapAddress = found.place.map { mapAddress(of: $0, found.id, in: dataset) }
    return item
  }

  private static func item(_ found: SearchAnswer.Case, _ words: CatalogueWords) -> Item {
    let title = words.packs.procedures.first { $0.id == found.procedure }?.title[words.language]
    return Item(
      itemTitle: found.number, itemNote: title ?? found.procedure,
      itemAddress: "/cases/" + Asked.escaped(found.number))
  }

  /// The map's own address of a place: its view, its layer, and the feature chosen.
  private static func mapAddress(
    of place: ShownPlace, _ feature: String, in dataset: String
  ) -> String {
    func degrees(_ value: Double) -> String { DecimalText.fixed(value, decimals: 6) }
    let width = max(place.box.maxX - place.box.minX, place.box.maxY - place.box.minY, 1e-4)
    // A map some thousand pixels wide shows the box with as much around it.
    let zoom = min(17, max(4, log2(360 / width) + 0.8))
    let at = degrees(place.at.x) + "," + degrees(place.at.y)
    let layers = dataset == "counties" ? dataset : dataset + ",counties"
    return "/?view=\(at),\(DecimalText.fixed(zoom, decimals: 2))&layers=\(layers)&at=\(at)"
      + "&feature=" + Asked.escaped(dataset + "/" + feature)
  }
}

/// The page of a search, which needs no script.
struct SearchView {
  let frame: PageFrame
  let question: String
  let groups: [SearchGroup]
  let hasGroups: Bool
  /// Whether something was asked that says enough to be looked for.
  let isAsked: Bool
  let noneWords: String

  init(
    _ frame: PageFrame, _ question: String, groups: [SearchGroup], _ messages: MessageCatalogue
  ) {
    self.frame = frame
    self.question = question
    self.groups = groups
    hasGroups = !groups.isEmpty
    isAsked = OneMap.isQuestion(question)
    noneWords = messages.text("search_none", ["question": question])
  }
}
