public import KarezCore
import KarezPacks
public import KarezService
public import KarezTiles

/// The layers of a One Map as they are drawn: style, order and legend of each dataset.
public struct LayerLegend: Sendable {
  private let map: OneMap

  public init(_ map: OneMap) { self.map = map }

  public func style(of dataset: DatasetID) -> LayerStyle? {
    map.packs.styles[dataset].flatMap(LayerStyle.init)
  }

  /// The colours of a feature; a neutral outline where the pack has no style.
  public func paint(
    of schema: DatasetSchema, style: LayerStyle?, attributes: [String: AttributeValue]
  ) -> MapPaint {
    style?.paint(for: attributes) ?? LayerStyle.plain(schema.geometry)
  }

  /// A line for each class the style tells apart, in the order of the code table.
  public func entries(for schema: DatasetSchema) -> [MapLayer.LegendEntry] {
    let style = style(of: schema.id)
    guard let style, let (attribute, table) = classes(of: schema, style: style) else {
      return [
        MapLayer.LegendEntry(
          title: schema.title, paint: paint(of: schema, style: style, attributes: [:]))
      ]
    }
    var entries: [MapLayer.LegendEntry] = []
    for row in table.rows where row.columns["leaf"] != "yes" {
      let paint = style.paint(for: [attribute: .text(row.code)])
      let entry = MapLayer.LegendEntry(title: row.name, paint: paint)
      if !entries.contains(entry) { entries.append(entry) }
    }
    return entries
  }

  /// The legend's title for one feature: its class, or that class's group where the table has one.
  func title(of schema: DatasetSchema, attributes: [String: AttributeValue]) -> LocalizedText {
    guard let style = style(of: schema.id),
      let (attribute, table) = classes(of: schema, style: style),
      case .text(let code)? = attributes[attribute]
    else { return schema.title }
    let row = table.rows.first { $0.code == code }
    let group = row?.columns["level_1"].flatMap { code in table.rows.first { $0.code == code } }
    return (group ?? row)?.name ?? schema.title
  }

  private func classes(
    of schema: DatasetSchema, style: LayerStyle
  ) -> (attribute: String, table: CodeTable)? {
    let names = style.attributes
    for attribute in schema.attributes where names.contains(attribute.name) {
      if let codes = attribute.codes, let table = map.packs.codeTables[codes] {
        return (attribute.name, table)
      }
    }
    return nil
  }

  /// Lowest first: coverages of the ground, then areas, lines, points; boundaries of places on top.
  public static func order(_ schemas: [DatasetSchema]) -> [DatasetSchema] {
    func rank(_ schema: DatasetSchema) -> Int {
      if schema.theme == "boundaries" { return 5 }
      if schema.theme == "survey" { return 0 }
      switch schema.geometry {
      case .polygon: return schema.theme == "registration" ? 2 : 1
      case .line: return 3
      case .point: return 4
      case .none: return 6
      }
    }
    return schemas.enumerated().sorted {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }.map(\.element)
  }
}
