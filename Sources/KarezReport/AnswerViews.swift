import Foundation
public import KarezCore
import KarezGeometry
import KarezPacks
public import KarezService
import KarezStore

/// Every view of one answer: text, JSON, page and printed sheet.
public struct AnswerViews: Sendable {
  /// More features than these of one dataset are not drawn on a sheet.
  static let featuresPerLayer = 4_000

  public let answer: ComplianceAnswer
  private let map: OneMap
  private let language: Language

  public init(answer: ComplianceAnswer, map: OneMap, language: Language) {
    self.answer = answer
    self.map = map
    self.language = language
  }

  public func json() -> String { answer.json.prettyText }

  public func text() throws(Problem) -> String {
    let catalogue = try self.catalogue()
    return AnswerText.text(of: answer, in: setting(layers: []), messages: catalogue)
  }

  /// One file that loads nothing; `isLinked` leaves the style to the server's own files.
  public func html(isLinked: Bool = false, in scope: Scope = .all) async throws(Problem) -> String {
    let view = try await self.view(in: scope)
    let portal = map.installation.portal.path
    do throws(ReportError) {
      let templates = try PageTemplates(folder: portal + "/templates")
      let style = isLinked ? nil : try AnswerPage.style(portal: portal)
      return try AnswerPage.html(view, templates: templates, style: style)
    } catch {
      throw error.problem
    }
  }

  public func pdf(in scope: Scope = .all) async throws(Problem) -> [UInt8] {
    let view = try await self.view(in: scope)
    let environment = map.installation.python.deletingLastPathComponent()
      .deletingLastPathComponent()
    let printer = Printer(folder: map.installation.print.path, environment: environment.path)
    do throws(ReportError) {
      return try await AnswerPDF.bytes(of: view, printer: printer)
    } catch {
      throw error.problem
    }
  }

  /// The answer in words, with the land around it.
  public func view(in scope: Scope) async throws(Problem) -> AnswerView {
    let catalogue = try self.catalogue()
    let layers = try await surroundings(in: scope)
    return AnswerView(answer, in: setting(layers: layers), messages: catalogue)
  }

  /// The answer in words, without a map: what the portal shows beside its own.
  public func panel() throws(Problem) -> AnswerView {
    AnswerView(answer, in: setting(layers: []), messages: try catalogue())
  }

  private func catalogue() throws(Problem) -> MessageCatalogue {
    do throws(ReportError) {
      let folder = map.installation.portal.appending(path: "messages").path
      return try MessageCatalogues(folder: folder)[language]
    } catch {
      throw error.problem
    }
  }

  private func setting(layers: [MapLayer]) -> AnswerSetting {
    var titles: [String: LocalizedText] = [:]
    for name in ["purposes", "approvers", "documents"] {
      for row in map.packs.codeTables[name]?.rows ?? [] { titles[row.code] = row.name }
    }
    return AnswerSetting(region: map.region?.title, titles: titles, layers: layers)
  }

  /// The map's own layers in the window of the sheet.
  private func surroundings(in scope: Scope) async throws(Problem) -> [MapLayer] {
    let drawn = Set(answer.layers.map(\.dataset))
    return try await Self.surroundings(
      of: answer.boundary.geometry, asOf: answer.asOf, on: map, in: scope
    ) { schema in
      drawn.contains(schema.id) || schema.theme == "boundaries" || schema.theme == "survey"
    }
  }

  /// Layers as they are drawn around a boundary.
  static func surroundings(
    of boundary: MultiPolygon, asOf: AsOf, on map: OneMap, in scope: Scope,
    where isDrawn: (DatasetSchema) -> Bool
  ) async throws(Problem) -> [MapLayer] {
    guard let window = MapDrawing.window(for: boundary) else { return [] }
    let legend = LayerLegend(map)
    var layers: [MapLayer] = []
    for schema in LayerLegend.order(try await map.schemas(in: scope)) where isDrawn(schema) {
      let query = FeatureQuery(dataset: schema.id, asOf: asOf, window: window)
      let found = try await map.features(query, limit: featuresPerLayer, in: scope)
      guard found.isComplete, !found.features.isEmpty else { continue }
      layers.append(layer(schema, found.features, legend))
    }
    return layers
  }

  private static func layer(
    _ schema: DatasetSchema, _ versions: [FeatureVersion], _ legend: LayerLegend
  ) -> MapLayer {
    let style = legend.style(of: schema.id)
    var shapes: [MapLayer.Shape] = []
    var entries: [MapLayer.LegendEntry] = []
    for version in versions {
      guard let geometry = version.feature.geometry else { continue }
      let attributes = version.feature.attributes
      let paint = legend.paint(of: schema, style: style, attributes: attributes)
      shapes.append(MapLayer.Shape(geometry: geometry, paint: paint))
      let title = legend.title(of: schema, attributes: attributes)
      if !entries.contains(where: { $0.title == title }) {
        entries.append(MapLayer.LegendEntry(title: title, paint: paint))
      }
    }
    return MapLayer(title: schema.title, shapes: shapes, legend: entries)
  }
}
