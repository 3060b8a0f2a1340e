import KarezCore
public import KarezGeometry
public import KarezStore

/// 面瓦片: the polygons of a state in one tile.
///
/// Few polygons are drawn one by one, exactly or with their vertices gathered in cells as wide as a
/// pixel or two; many are drawn together, on a grid of cells. Either way neighbours keep the
/// border they share, and what is too small to be seen has somebody or something in its place.
public struct PolygonTile {
  private let layer: MapLayer
  private let plane: TilePlane
  private let fields: TileFields
  /// By part, in the layer's order; nil where they are too many to be drawn one by one.
  private let shapes: [[Int]]?
  private let vertices: Int
  private let isDetailed: Bool

  public init(_ layer: MapLayer, on plane: TilePlane, fields: TileFields) {
    self.layer = layer
    self.plane = plane
    self.fields = fields
    var found: [[Int]] = []
    var (count, vertices) = (0, 0)
    for part in layer.parts {
      var numbers: [Int] = []
      part.layer.visit(near: plane.window) { number in
        guard part.shows(number) else { return true }
        numbers.append(number)
        count += 1
        vertices += part.layer.vertexEstimate(of: number)
        return count <= TileBudget.mostShapes && vertices <= TileBudget.mostVertices
      }
      found.append(numbers)
    }
    let isFew = count <= TileBudget.mostShapes && vertices <= TileBudget.mostVertices
    // One polygon of a million vertices is still drawn as itself.
    shapes = isFew || count <= 64 ? found : nil
    self.vertices = vertices
    isDetailed = isFew && count <= TileBudget.mostDetailed
  }

  /// Rows whose names the tile would show; none where it shows too many.
  public var namedRows: [Int64] {
    guard isDetailed, !fields.names.isEmpty, let shapes else { return [] }
    return zip(layer.parts, shapes).flatMap { part, numbers in
      numbers.map { part.layer.row(of: $0) }
    }
  }

  /// Draws the tile; `names` are those of `namedRows`.
  ///
  /// - Errors: `LayerError` where a layer file is damaged.
  public func draw(
    names: [Int64: [String: TileValue]] = [:]
  ) throws(LayerError) -> TileContent {
    if let shapes {
      // A vertex takes some two bytes; what cannot fit is not tried.
      let isRoomy = vertices * 2 < TileBudget.mostBytes * 5 / 4
      for cell in [1, 8, 16] where cell > 1 || isRoomy {
        let content = try drawn(shapes, cell: cell, names: names)
        if content.bytes.count <= TileBudget.mostBytes { return content }
      }
    }
    for cells in [256, 128] {
      let content = try gridded(cells)
      if content.bytes.count <= TileBudget.mostBytes { return content }
    }
    return try gridded(64)
  }

  // MARK: One by one

  private func drawn(
    _ shapes: [[Int]], cell: Int, names: [Int64: [String: TileValue]]
  ) throws(LayerError) -> TileContent {
    var writer = VectorTileWriter(layer: layer.schema.id.text)
    var labels = LabelWriter(layer: layer.schema.id.text, on: plane)
    var clusters = cell > 1 ? VertexClusters(cell: cell) : nil
    var clipper = RingClipper()
    var rings = DrawnRings()
    var stoodFor: Set<SIMD2<Int>> = []
    var named: [String] = []
    var shown = 0
    for (part, numbers) in zip(layer.parts, shapes) {
      for number in numbers {
        try part.layer.read(number, into: &rings)
        var geometry = Self.geometry(of: rings, on: plane, &clusters, &clipper)
        let isVanished = geometry.isEmpty
        if isVanished {
          guard let place = Self.middle(of: number, in: part.layer, on: plane),
            stoodFor.insert(SIMD2(Int(place.x), Int(place.y))).inserted
          else { continue }
          geometry.ring(Self.pixel(at: place))
        }
        shown += 1
        if named.count < TileBudget.mostNamed { named.append(try part.layer.id(of: number)) }
        let tags = try tags(of: number, in: part, names, &writer)
        writer.add(.polygon, geometry, tags: tags, isBeneath: isVanished)
        if let own = names[part.layer.row(of: number)] { labels.add(own, to: rings) }
      }
    }
    return TileContent(
      bytes: writer.finish() + labels.finish(), form: .shapes(cell: cell), features: shown,
      named: named)
  }

  /// What of a polygon is seen in the tile.
  static func geometry(
    of drawn: DrawnRings, on plane: TilePlane, _ clusters: inout VertexClusters?,
    _ clipper: inout RingClipper
  ) -> GeometryCommands {
    var geometry = GeometryCommands()
    var ring: [SIMD2<Double>] = []
    var hasShell = false
    for part in drawn.rings {
      if part.isHole, !hasShell { continue }
      ring.removeAll(keepingCapacity: true)
      for index in part.range {
        let whole = TilePlane.whole(plane.place(drawn.vertices[index]))
        ring.append(clusters?.place(whole) ?? whole)
      }
      let cut = clipper.cut(ring)
      // Counterclockwise with north up is counterclockwise on the screen; a shell that has turned
      // over is smaller than a cell, and its neighbours cover it.
      let area = RingClipper.doubledArea(cut)
      let isSound = part.isHole ? area > 0 : area < 0
      if !part.isHole { hasShell = isSound }
      if isSound { geometry.ring(cut, isReversed: true) }
    }
    return geometry
  }

  /// The pixel at a polygon's middle, where that lies in the tile.
  private static func middle(
    of number: Int, in layer: Layer, on plane: TilePlane
  ) -> SIMD2<Double>? {
    let (low, high) = layer.bounds(of: number)
    let place = (plane.place((low + high) / 2) / TilePlane.pixel).rounded(.down) * TilePlane.pixel
    let last = Double(TilePlane.extent)
    guard place.x >= 0, place.y >= 0, place.x < last, place.y < last else { return nil }
    return place
  }

  private static func pixel(at corner: SIMD2<Double>) -> [SIMD2<Double>] {
    let side = TilePlane.pixel
    return [
      corner, corner + SIMD2(side, 0), corner + SIMD2(side, side), corner + SIMD2(0, side),
    ]
  }

  private func tags(
    of number: Int, in part: MapLayer.Part, _ names: [Int64: [String: TileValue]],
    _ writer: inout VectorTileWriter
  ) throws(LayerError) -> [UInt32] {
    var tags: [UInt32] = []
    func add(_ key: String, _ value: TileValue) {
      let (key, value) = writer.tag(key, value)
      tags += [key, value]
    }
    if isDetailed { add("id", .text(try part.layer.id(of: number))) }
    for field in isDetailed ? fields.looks + fields.codes : fields.looks {
      if let text = try part.text(of: field, number) { add(field, .text(text)) }
    }
    guard isDetailed, !names.isEmpty else { return tags }
    for (name, value) in (names[part.layer.row(of: number)] ?? [:]).sorted(by: { $0.key < $1.key })
    {
      add(name, value)
    }
    return tags
  }

  // MARK: Together

  private func gridded(_ cells: Int) throws(LayerError) -> TileContent {
    var grid = CellGrid(cells: cells)
    var groups = LookGroups(fields.looks)
    var rings = DrawnRings()
    var shown = 0
    var named: [String] = []
    for part in layer.parts {
      groups.begin(part)
      var failure: LayerError?
      part.layer.visit(near: plane.window) { number in
        do throws(LayerError) {
          let (low, high) = part.layer.bounds(of: number)
          let (one, other) = (plane.place(low), plane.place(high))
          let middle = (one + other) / 2
          let isLarge = grid.mayHold(low: pointwiseMin(one, other), high: pointwiseMax(one, other))
          guard isLarge || grid.isFree(at: middle), part.shows(number) else { return true }
          let group = try groups.group(of: number, in: part)
          var isFilled = false
          if isLarge {
            try part.layer.read(number, into: &rings)
            isFilled = grid.fill(rings, on: plane, with: group)
          }
          if !isFilled { grid.substitute(group, at: middle) }
          shown += 1
          if named.count < TileBudget.mostNamed { named.append(try part.layer.id(of: number)) }
          return true
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
    }
    grid.settle()
    var outlines = CellOutlines(grid)
    var writer = VectorTileWriter(layer: layer.schema.id.text)
    for (group, rings) in outlines.rings().sorted(by: { $0.key < $1.key }) {
      var geometry = GeometryCommands()
      for ring in rings { geometry.ring(ring) }
      var tags: [UInt32] = []
      for (key, text) in groups.looks(of: group) {
        let (key, value) = writer.tag(key, .text(text))
        tags += [key, value]
      }
      writer.add(.polygon, geometry, tags: tags)
    }
    return TileContent(bytes: writer.finish(), form: .cells(cells), features: shown, named: named)
  }
}

/// Features that look the same, as numbers.
struct LookGroups {
  private let fields: [String]
  private var numbers: [[String?]: Int32] = [:]
  private var looks: [[String?]] = []
  /// Groups of the part under way, by its codes.
  private var known: [UInt64: Int32] = [:]
  private var columns: [Int] = []

  init(_ fields: [String]) { self.fields = fields }

  mutating func begin(_ part: MapLayer.Part) {
    known = [:]
    columns = fields.compactMap { part.holds($0) ? part.layer.column(named: $0) : nil }
  }

  mutating func group(of number: Int, in part: MapLayer.Part) throws(LayerError) -> Int32 {
    var key: UInt64 = 0
    for column in columns.prefix(4) {
      key = key << 16 | UInt64(try part.layer.code(of: number, column: column) & 0xFFFF)
    }
    if let group = known[key] { return group }
    var look: [String?] = []
    for field in fields { look.append(try part.text(of: field, number)) }
    let group = numbers[look] ?? Int32(looks.count)
    if numbers[look] == nil {
      numbers[look] = group
      looks.append(look)
    }
    known[key] = group
    return group
  }

  func looks(of group: Int32) -> [(String, String)] {
    zip(fields, looks[Int(group)]).compactMap { field, text in text.map { (field, $0) } }
  }
}
