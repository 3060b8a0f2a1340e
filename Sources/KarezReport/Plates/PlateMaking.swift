import Foundation
public import KarezCore
public import KarezGeometry
import KarezPacks
public import KarezService
import KarezStore
import KarezTiles

/// An official map in the making: where it lies, what it shows, and the sheet itself.
///
/// All it shows is of one state and within the reader's scope; a layer that is out of it does not
/// exist. The sheet is marked with the level of its most secret layer.
public struct PlateMaking: Sendable {
  /// More features of one layer are not drawn.
  static let mostFeatures = 60_000
  /// More corners than these take a printer longer than a reader waits.
  static let mostCorners = 900_000
  /// What is smaller on paper than the side of this square, in millimetres, is left out.
  static let leastVisible = 0.1
  private static let mostEntries = 40
  private static let mostNames = 400

  public let order: PlateOrder
  public let scale: Int
  /// Degrees.
  public let centre: Position
  /// Lowest first.
  public let schemas: [DatasetSchema]
  let frame: PlateFrame
  let layout: PlateLayout
  private let map: OneMap
  private let language: Language

  /// Finds the layers and the place.
  ///
  /// - Errors: `Problem` of kind notFound for what is out of scope, refused for a place a map of this
  ///   size cannot show.
  public init(
    _ order: PlateOrder, map: OneMap, language: Language, in scope: Scope
  ) async throws(Problem) {
    self.order = order
    self.map = map
    self.language = language
    layout = PlateLayout(order.paper, isLandscape: order.isLandscape)
    let known = try await map.schemas(in: scope)
    let byName = Dictionary(known.map { ($0.id.text, $0) }) { first, _ in first }
    var wanted: [DatasetSchema] = []
    for name in order.layers {
      guard let schema = byName[name], schema.geometry != .none else {
        throw PlateProblem.unknown(name)
      }
      if !wanted.contains(where: { $0.id == schema.id }) { wanted.append(schema) }
    }
    guard wanted.count <= PlateOrder.mostLayers else {
      throw PlateProblem.malformed(
        "layers", "图层过多，最多 \(PlateOrder.mostLayers) 个",
        "too many layers, at most \(PlateOrder.mostLayers)")
    }
    if let scale = order.scale, !PlateOrder.scales.contains(scale) {
      throw PlateProblem.malformed("scale", "比例尺不在列表中", "the scale is not of the list")
    }
    schemas = LayerLegend.order(wanted)
    let box = try await Self.box(order, map, known, in: scope)
    let middle = Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2)
    centre = order.centre ?? middle
    scale = order.scale ?? PlateFrame.scale(fitting: box, in: layout.frame)
    frame = try PlateFrame(around: centre, scale: scale, box: layout.frame)
  }

  /// The land a sheet is to show where nothing else is said.
  private static func box(
    _ order: PlateOrder, _ map: OneMap, _ known: [DatasetSchema], in scope: Scope
  ) async throws(Problem) -> BoundingBox {
    if let code = order.region {
      let name = code.count <= 6 ? "counties" : code.count <= 9 ? "townships" : "villages"
      guard let schema = known.first(where: { $0.id.text == name }) else {
        throw PlateProblem.unknown(code)
      }
      let query = FeatureQuery(dataset: schema.id, asOf: order.asOf, id: code)
      let found = try await map.features(query, limit: 1, in: scope)
      guard let box = found.features.first?.feature.geometry?.boundingBox else {
        throw PlateProblem.unknown(code)
      }
      return box
    }
    if let extent = map.region?.extent, extent.count == 4 {
      return BoundingBox(minX: extent[0], minY: extent[1], maxX: extent[2], maxY: extent[3])
    }
    let boxes = try await map.catalogue(asOf: order.asOf, in: scope).compactMap(\.extent)
    return boxes.dropFirst().reduce(
      boxes.first ?? BoundingBox(minX: 75, minY: 30, maxX: 130, maxY: 50)
    ) {
      $0.union($1)
    }
  }

  /// 密级标注: the level of the most secret of the layers, and of what their colours and names say.
  public var marking: Classification {
    let legend = LayerLegend(map)
    var highest = Classification.public
    for schema in schemas {
      let shown = (legend.style(of: schema.id)?.attributes ?? []).union(["name"])
      let levels =
        [schema.classification]
        + schema.attributes.filter { shown.contains($0.name) }.map(\.classification)
      highest = max(highest, levels.max() ?? .public)
    }
    return highest
  }

  /// The ground the frame covers, in metres of the grid.
  public var groundMetres: (east: Double, north: Double) {
    (
      frame.width * frame.metresPerMillimetre, frame.height * frame.metresPerMillimetre
    )
  }

  /// Degrees the frame covers along its middle lines.
  public var spanDegrees: (east: Double, north: Double) {
    let (x, y) = (frame.width / 2, frame.height / 2)
    return (
      frame.degrees(atX: frame.width, y: y).x - frame.degrees(atX: 0, y: y).x,
      frame.degrees(atX: x, y: 0).y - frame.degrees(atX: x, y: frame.height).y
    )
  }

  /// The frame on the sheet, and the sheet, in millimetres.
  public var millimetres:
    (frame: (x: Double, y: Double, width: Double, height: Double), width: Double, height: Double)
  {
    let box = layout.frame
    return ((box.x, box.y, box.width, box.height), layout.width, layout.height)
  }

  // MARK: The sheet

  /// The sheet as PDF; counted as ground that was handed out, and logged.
  public func pdf(by actor: Actor, in scope: Scope) async throws(Problem) -> [UInt8] {
    let layers = try await layers(in: scope)
    for layer in layers {
      try await map.count(layer.shapes.map(\.geometry), of: layer.schema.id, to: actor)
    }
    let bytes = try await print(
      try sheet(layers, on: try await map.today().validOn))
    let window = frame.window
    try await map.notePlate(
      .object([
        "layers": .array(schemas.map { .string($0.id.text) }), "scale": .integer(Int64(scale)),
        "paper": .string(order.paper.rawValue), "marking": .string(marking.rawValue),
        "validOn": .string(order.asOf.validOn.description),
        "recorded": .integer(Int64(order.asOf.recorded.value)),
        "extent": .array(
          [window.minX, window.minY, window.maxX, window.maxY].map(JSONValue.number)),
        "approval": .string(order.approval),
      ]), by: actor)
    return bytes
  }

  /// The sheet as a picture so many pixels wide.
  public func png(width: Int, in scope: Scope) async throws(Problem) -> [UInt8] {
    var sheet = try sheet(
      try await layers(in: scope), on: try await map.today().validOn)
    sheet.output = "png"
    sheet.dots = Double(width) / (layout.width / 25.4)
    return try await print(sheet)
  }

  private func print(_ sheet: PlateSheet) async throws(Problem) -> [UInt8] {
    let environment = map.installation.python.deletingLastPathComponent()
      .deletingLastPathComponent()
    let printer = Printer(folder: map.installation.print.path, environment: environment.path)
    do throws(ReportError) {
      return try await printer.print(sheet: sheet, as: sheet.output == "pdf" ? .pdf : .png)
    } catch {
      throw error.problem
    }
  }

  // MARK: Layers

  private func layers(in scope: Scope) async throws(Problem) -> [PlateLayer] {
    let side = Self.leastVisible * frame.metresPerMillimetre
    let legend = LayerLegend(map)
    let window = frame.window
    var layers: [PlateLayer] = []
    for schema in schemas {
      var query = FeatureQuery(dataset: schema.id, asOf: order.asOf, window: window)
      if schema.geometry == .polygon { query.minimumArea = .squareMetres(side * side) }
      let found = try await map.features(query, limit: Self.mostFeatures, in: scope)
      guard found.isComplete else { throw PlateProblem.tooFull(schema.id.text) }
      layers.append(layer(schema, found.features, legend, isThinned: side * side >= 1))
    }
    return layers
  }

  private func layer(
    _ schema: DatasetSchema, _ versions: [FeatureVersion], _ legend: LayerLegend, isThinned: Bool
  ) -> PlateLayer {
    let style = legend.style(of: schema.id)
    let isNamed = schema.theme == "boundaries"
    var shapes: [MapLayer.Shape] = []
    var entries: [MapLayer.LegendEntry] = []
    var names: [(words: String, place: PlateNamePlace)] = []
    for version in versions {
      guard let geometry = version.feature.geometry,
        let box = geometry.boundingBox, box.meets(frame.window)
      else { continue }
      let attributes = version.feature.attributes
      let paint = legend.paint(of: schema, style: style, attributes: attributes)
      shapes.append(MapLayer.Shape(geometry: geometry, paint: paint))
      let title = legend.title(of: schema, attributes: attributes)
      if !entries.contains(where: { $0.title == title }) {
        entries.append(MapLayer.LegendEntry(title: title, paint: paint))
      }
      if isNamed, case .text(let words)? = attributes["name"],
        let place = namePlace(geometry, schema)
      {
        names.append((words, place))
      }
    }
    return PlateLayer(
      schema: schema, shapes: shapes, legend: entries, kind: schema.geometry, names: names,
      isThinned: isThinned && schema.geometry == .polygon)
  }

  private func namePlace(_ geometry: Geometry, _ schema: DatasetSchema) -> PlateNamePlace? {
    guard case .polygons(let multi) = geometry, let place = MapCanvas.labelPlace(multi) else {
      return nil
    }
    let found = frame.place(of: place)
    let margin = 4 * layout.magnification
    guard (margin...frame.width - margin).contains(found.x),
      (margin...frame.height - margin).contains(found.y)
    else { return nil }
    return PlateNamePlace(x: found.x, y: found.y, isLarge: schema.id.text == "counties")
  }

  // MARK: Words

  private func sheet(
    _ layers: [PlateLayer], on today: LegalDate
  ) throws(Problem) -> PlateSheet {
    let messages: MessageCatalogue
    do throws(ReportError) {
      let folder = map.installation.portal.appending(path: "messages").path
      messages = try MessageCatalogues(folder: folder)[language]
    } catch {
      throw error.problem
    }
    var canvas = PlateCanvas(frame: frame)
    for layer in layers { canvas.draw(layer.shapes) }
    guard canvas.vertices <= Self.mostCorners else {
      let fullest = layers.max { $0.shapes.count < $1.shapes.count }
      throw PlateProblem.tooFull(fullest?.schema.id.text ?? "layers")
    }
    let grid = PlateGrid(order.grid, of: frame, magnification: layout.magnification)
    for line in grid.lines { canvas.gridLine(line) }
    let words = PlateWords(self, layers, messages)
    let entries = words.legend
    let now = Timestamp(millisecondsSince1970: Int64(Date().timeIntervalSince1970 * 1_000))
    return PlateSheet(
      language: language.rawValue, direction: language.isRightToLeft ? "rtl" : "ltr",
      width: layout.width, height: layout.height, magnification: layout.magnification,
      frame: PlateSheet.Box(layout.frame), mapSVG: canvas.text, title: order.title,
      marking: words.marking, isSecret: marking > .internal, north: messages.text("north"),
      legendTitle: messages.text("legend"), legend: Array(entries.prefix(Self.mostEntries)),
      legendRest: entries.count > Self.mostEntries
        ? messages.text("plate_legend_rest", ["count": String(entries.count - Self.mostEntries)])
        : "",
      labels: grid.labels, names: Self.apart(layers, layout.magnification),
      scaleWords: "1:" + FigureText.count(scale), bar: bar, facts: words.facts(on: today),
      disclaimer: messages.text("plate_disclaimer"), madeAt: now.description)
  }

  /// Names that do not stand on one another: the larger places first.
  private static func apart(
    _ layers: [PlateLayer], _ magnification: Double
  ) -> [PlateSheet.Name] {
    let all = layers.flatMap(\.names).sorted { $0.place.isLarge && !$1.place.isLarge }
    var placed: [PlateSheet.Name] = []
    for name in all where placed.count < mostNames {
      let width = Self.width(of: name.words, isLarge: name.place.isLarge)
      let isFree = placed.allSatisfy { other in
        let room = (width + Self.width(of: other.words, isLarge: other.isLarge)) / 2 + 1
        return abs(other.x - name.place.x) > room * magnification
          || abs(other.y - name.place.y) > 4.2 * magnification
      }
      guard isFree else { continue }
      placed.append(
        PlateSheet.Name(
          x: name.place.x, y: name.place.y, words: name.words, isLarge: name.place.isLarge))
    }
    return placed
  }

  /// How much of a line a name takes on A4, in millimetres; a character of ours is as wide as high.
  private static func width(of name: String, isLarge: Bool) -> Double {
    Double(max(name.count, 2)) * (isLarge ? 3.2 : 2.5)
  }

  private var bar: PlateSheet.Bar {
    let metres = MapCanvas.barLength(
      upTo: frame.metresPerMillimetre * 56 * layout.magnification)
    func words(_ metres: Double) -> String {
      metres >= 1_000
        ? MapCanvas.number(metres / 1_000) + " km" : MapCanvas.number(metres) + " m"
    }
    return PlateSheet.Bar(
      millimetres: metres / frame.metresPerMillimetre, words: words(metres),
      half: words(metres / 2))
  }
}
