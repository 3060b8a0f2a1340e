import KarezCore
import KarezGeometry
import KarezPacks

extension SitePlanner {
  /// Every site there is room for; the first, if there is a corridor, is the demonstration's.
  func sites(
    corridor: Corridor?, mining: [Spot], hazards: [Spot]
  ) -> [Site] {
    var found: [Site] = []
    func add(
      _ id: String, _ zh: String, _ en: String, _ purpose: String, _ window: ConvexWindow?
    ) {
      guard let window else { return }
      found.append(Site(id: id, zh: zh, en: en, purpose: purpose, window: window))
    }
    add(
      "corridor", "从永久基本农田到生态保护红线的公路",
      "A road from permanent basic farmland into the red line", "transport/road",
      corridor.flatMap { strip($0, width: 60) })
    let protected = landmarks.farms.sorted { $0.key < $1.key }.map(\.value)
    add(
      "farmland-edge", "压占永久基本农田一角", "On the edge of permanent basic farmland",
      "industrial", protected.middle.flatMap { onEdge(of: $0) })
    add(
      "farmland-inside", "全部位于永久基本农田", "Wholly on permanent basic farmland",
      "transport/road", protected.last.flatMap { inside($0) })
    let reserves = landmarks.reserves.sorted { $0.key < $1.key }.map(\.value)
    add(
      "farmland-reserve", "位于储备区", "On the farmland reserve", "residential",
      reserves.middle.flatMap { inside($0) })
    for (id, zh, en, village) in redLineVillages() {
      add(id, zh, en, "tourism/site", window(around: village, length: 300, width: 200))
    }
    add(
      "hazard-zone", "位于地质灾害易发区", "In a hazard zone", "residential",
      hazards.last.flatMap { window(around: $0.centre, length: 220, width: 160) })
    add(
      "strategic-mineral", "压覆战略性矿产", "Over a strategic mineral", "energy/solar",
      mining.dropFirst().first.flatMap { window(around: $0.centre, length: 260, width: 180) })
    add(
      "clean", "未触及管控图层的未利用地", "Unused land that no control touches", "transport/road",
      clean(of: landmarks.wastes, away: mining + hazards))
    add(
      "urban", "城镇开发边界内的建设用地", "Built-up land inside the urban boundary", "residential",
      clean(of: landmarks.towns, away: mining + hazards))
    add("two-counties", "跨两县", "Across two counties", "transport/road", acrossCounties())
    add("two-zones", "跨两个三度带", "Across two 3° zones", "transport/road", acrossZones())
    return found
  }

  private func onEdge(of feature: SynthFeature) -> ConvexWindow? {
    guard case .polygons(let multi) = feature.geometry,
      let corner = multi.polygons.first?.shell.positions.first
    else { return nil }
    return window(around: LatticePoint(nearest: corner), length: 180, width: 120)
  }

  /// A window a tenth as wide as the field, in its middle.
  private func inside(_ feature: SynthFeature) -> ConvexWindow? {
    guard let box = feature.geometry.boundingBox, let middle = Self.middle(of: feature) else {
      return nil
    }
    let wide = (box.maxX - box.minX) * LatticePoint.perDegree * country.terrain.metresEast
    let high = (box.maxY - box.minY) * LatticePoint.perDegree * country.terrain.metresNorth
    return window(around: middle, length: wide / 10, width: high / 10)
  }

  /// A place inside a red line, and one in the core of a reserve.
  private func redLineVillages() -> [(String, String, String, LatticePoint)] {
    var found: [(String, String, String, LatticePoint)] = []
    let plain = country.villages.indices.first { index in
      country.zoning.zones[index] == .redLine && country.villages[index].isRectangle
        && !country.zoning.holes.contains(index) && !country.zoning.cores.contains(index)
    }
    if let plain {
      found.append(
        ("red-line", "位于生态保护红线", "In the red line", country.villages[plain].box.centre))
    }
    if let core = country.zoning.cores.first {
      let centre = country.villages[core].box.centre
      found.append(("nature-core", "位于自然保护地核心区", "In the core of a reserve", centre))
    }
    if let hole = country.zoning.holes.sorted().first {
      let centre = country.villages[hole].box.centre
      found.append(("red-line-hole", "位于红线的孔洞内", "In a hole of the red line", centre))
    }
    return found
  }

  private func clean(of places: [Int: LatticePoint], away spots: [Spot]) -> ConvexWindow? {
    let free = places.sorted { $0.key < $1.key }.map(\.value).first { place in
      spots.allSatisfy { country.shapes.distance($0.centre, place) > $0.radius + 2_000 }
    }
    return free.flatMap { window(around: $0, length: 60, width: 40) }
  }

  /// Over an edge that two counties share.
  private func acrossCounties() -> ConvexWindow? {
    var owners: [LineID: Set<Int>] = [:]
    for part in country.tiler.outlines.parts {
      for vertex in part.piece.rings.joined() {
        owners[vertex.line, default: []].insert(part.county)
      }
    }
    let shared = owners.filter { $0.value.count == 2 }.keys.sorted { $0.index < $1.index }
    guard let line = shared.middle else { return nil }
    let edge = country.tiler.outlines.edges[line.index]
    let middle = LatticePoint(
      x: (edge.low.x + (edge.high.x - edge.low.x) / 2) & ~1,
      y: (edge.low.y + (edge.high.y - edge.low.y) / 2) & ~1)
    return window(around: middle, length: 700, width: 300)
  }

  /// Over a meridian where one zone ends and the next begins.
  private func acrossZones() -> ConvexWindow? {
    for zone in country.region.zones {
      let meridian = LatticePoint(nearest: Position(x: Double(zone) * 3 + 1.5, y: 0)).x
      let village = country.villages.firstIndex { village in
        village.isRectangle && village.box.minX < meridian - 20_000_000
          && meridian + 20_000_000 < village.box.maxX
      }
      if let village {
        return window(
          around: LatticePoint(x: meridian, y: country.villages[village].box.centre.y & ~1),
          length: 900, width: 250)
      }
    }
    return nil
  }
}

extension Array {
  fileprivate var middle: Element? { isEmpty ? nil : self[count / 2] }
}
