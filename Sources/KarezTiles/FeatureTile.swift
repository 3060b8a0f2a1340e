public import KarezCore
import KarezGeometry
public import KarezStore

/// 点线瓦片: points and lines of a state in one tile.
///
/// Of points in one pixel the first is drawn, and says how many there are; lines are drawn on
/// whole units. Where that is too much, pixels and units grow until it fits.
public struct FeatureTile {
  private struct Drawn {
    let kind: VectorTileWriter.Kind
    let places: [[SIMD2<Double>]]
    let id: String
    let attributes: [(String, TileValue)]
  }

  private let name: String
  private let plane: TilePlane
  private let fields: TileFields
  private var features: [Drawn] = []

  public init(_ dataset: DatasetID, on plane: TilePlane, fields: TileFields) {
    name = dataset.text
    self.plane = plane
    self.fields = fields
  }

  public mutating func add(_ feature: Feature) {
    let kind: VectorTileWriter.Kind
    let paths: [[Position]]
    switch feature.geometry {
    case .points(let points): (kind, paths) = (.point, points.map { [$0] })
    case .lines(let lines): (kind, paths) = (.line, lines)
    case .polygons, nil: return
    }
    let places = paths.map { $0.map(plane.place) }
    let attributes = fields.all.compactMap { name in
      feature.attributes[name].flatMap(TileValue.init).map { (name, $0) }
    }
    features.append(Drawn(kind: kind, places: places, id: feature.id, attributes: attributes))
  }

  public func draw() -> TileContent {
    for cell in [1, 8, 16, 32] {
      let content = drawn(cell: cell)
      if content.bytes.count <= TileBudget.mostBytes { return content }
    }
    return drawn(cell: 64)
  }

  private func drawn(cell: Int) -> TileContent {
    var writer = VectorTileWriter(layer: name)
    let isDetailed = features.count <= TileBudget.mostDetailed
    let clipper = RingClipper()
    let size = Double(cell)
    var pixels: [SIMD2<Double>: Int] = [:]
    var points: [(feature: Int, place: SIMD2<Double>, count: Int64)] = []
    for (number, feature) in features.enumerated() {
      if feature.kind == .point {
        for path in feature.places {
          let place = TilePlane.whole(path[0])
          guard Self.isNear(place) else { continue }
          let pixel = (path[0] / max(size, TilePlane.pixel)).rounded(.down)
          if let known = pixels[pixel] {
            points[known].count += 1
          } else {
            pixels[pixel] = points.count
            points.append((number, place, 1))
          }
        }
        continue
      }
      var geometry = GeometryCommands()
      for path in feature.places {
        let line = path.map { TilePlane.whole($0 / size) * size }
        for part in clipper.parts(ofLine: line) { geometry.line(part) }
      }
      if geometry.isEmpty { continue }
      writer.add(.line, geometry, tags: tags(of: feature, isDetailed, &writer))
    }
    for (number, place, count) in points {
      var geometry = GeometryCommands()
      geometry.points([place])
      var tags = tags(of: features[number], isDetailed, &writer)
      if count > 1 {
        let (key, value) = writer.tag("features", .integer(count))
        tags += [key, value]
      }
      writer.add(.point, geometry, tags: tags)
    }
    return TileContent(
      bytes: writer.finish(), form: .shapes(cell: cell), features: features.count,
      named: Array(features.prefix(TileBudget.mostNamed).map(\.id)))
  }

  private static func isNear(_ place: SIMD2<Double>) -> Bool {
    place.x >= TilePlane.low.x && place.y >= TilePlane.low.y && place.x <= TilePlane.high.x
      && place.y <= TilePlane.high.y
  }

  private func tags(
    of feature: Drawn, _ isDetailed: Bool, _ writer: inout VectorTileWriter
  ) -> [UInt32] {
    var tags: [UInt32] = []
    if isDetailed {
      let (key, value) = writer.tag("id", .text(feature.id))
      tags += [key, value]
    }
    for (name, value) in feature.attributes where isDetailed || fields.looks.contains(name) {
      let (key, value) = writer.tag(name, value)
      tags += [key, value]
    }
    return tags
  }
}

extension TileValue {
  /// Nil for what is not stated.
  public init?(_ value: AttributeValue) {
    switch value {
    case .null: return nil
    case .text(let text): self = .text(text)
    case .integer(let number): self = .integer(number)
    case .decimal(let number):
      guard number.isFinite else { return nil }
      self = .decimal(number)
    case .boolean(let flag): self = .boolean(flag)
    case .date(let day): self = .text(day.description)
    }
  }
}
