import KarezCore
import KarezGeometry
import KarezPacks

/// Features that are larger than a village, or lie where they like.
struct Themes: Sendable {
  let country: Country
  /// Indices of the outlines' polygons with the boxes they lie in.
  private let parts: [OutlineMap.Part]

  init(_ country: Country) {
    self.country = country
    parts = country.tiler.outlines.parts
  }

  private func name(_ county: Int) -> Region.County { country.region.counties[county] }

  /// The county a place lies in, if it lies so many metres inside of it.
  func county(at point: LatticePoint, clear metres: Double) -> Int? {
    guard country.terrain.distance.value(at: point) > metres else { return nil }
    let part = parts.first { part in
      guard part.piece.box.contains(point) else { return false }
      let around = part.piece.rings.filter { Cutter.encloses($0, point) }
      return around.count == 1
    }
    return part?.county
  }

  // MARK: Counties

  func counties() -> [SynthFeature] {
    country.region.counties.indices.map { index in
      let polygons = parts.filter { $0.county == index }
        .compactMap { country.realiser.rings(of: $0.piece).polygon }
      let county = name(index)
      return SynthFeature(
        layer: .counties,
        values: [
          .text(county.code), .text(county.name.zh), county.name.ug.map { .text($0) } ?? .null,
          .text(county.name.en),
        ],
        geometry: .polygons(MultiPolygon(polygons)))
    }
  }

  // MARK: Control lines

  func urban(_ county: Int, _ villages: [[[LatticePoint]]], from number: Int) -> [SynthFeature] {
    Dissolve.united(villages).enumerated().compactMap { position, rings in
      line(
        .urbanDevelopmentBoundary, county, number + position,
        kind: ["concentrated", "flexible", "special"][position % 3],
        name: name(county).name.zh + "城镇开发边界", rings)
    }
  }

  func redLine(_ county: Int, _ villages: [[[LatticePoint]]], from number: Int) -> [SynthFeature] {
    var united = Dissolve.united(villages)
    for village in country.zoning.holes.sorted() where owner(of: village) == county {
      let hole = star(in: village, share: 0.3)
      let index = united.firstIndex { rings in
        Cutter.encloses(rings[0].map { RingVertex(at: $0, line: .cut(0)) }, hole[0])
      }
      if let index { united[index].append(hole.reversed()) }
    }
    let kinds = ["sand-fixation", "biodiversity", "water-conservation", "soil-erosion"]
    return united.enumerated().compactMap { position, rings in
      line(
        .ecologicalRedLine, county, number + position,
        kind: kinds[country.chance.pick(kinds.count, .redLine, number + position)],
        name: name(county).name.zh + "生态保护红线\(position + 1)", rings)
    }
  }

  func cores() -> [SynthFeature] {
    country.zoning.cores.enumerated().compactMap { position, village in
      line(
        .natureReserveCore, owner(of: village), position + 1,
        kind: position.isMultiple(of: 3) ? "national" : "provincial",
        name: country.gazetteer.villages[village].name + "自然保护区核心区",
        [star(in: village, share: 0.55)])
    }
  }

  private func owner(of village: Int) -> Int {
    country.gazetteer.townships[country.gazetteer.villages[village].township].county
  }

  /// A shape around the middle of a village, well inside its moved border.
  private func star(in village: Int, share: Double) -> [LatticePoint] {
    let box = country.villages[village].box
    let half = min(
      Double(box.extent(.x)) * country.terrain.metresEast,
      Double(box.extent(.y)) * country.terrain.metresNorth)
    return country.shapes.star(
      around: box.centre, radius: half / 2 * share, corners: 120, key: village)
  }

  private func line(
    _ layer: SynthLayer, _ county: Int, _ number: Int, kind: String, name title: String,
    _ rings: [[LatticePoint]]
  ) -> SynthFeature? {
    guard let polygon = rings.polygon else { return nil }
    return SynthFeature(
      layer: layer,
      values: [
        country.gazetteer.identifier(layer, name(county).code, number), .text(title),
        .text(kind), .text(name(county).code), .text(name(county).name.zh),
        polygon.area.recorded,
      ],
      geometry: .polygons(polygon.multi))
  }
}
