import KarezPacks

/// 三条控制线 by whole villages, so that the three never overlap.
struct Zoning: Sendable {
  enum Zone: UInt8, Sendable {
    case open
    case urban
    case redLine
  }

  private(set) var zones: [Zone]
  /// Red-line villages that keep a hole or hold the core of a reserve.
  private(set) var holes: Set<Int> = []
  private(set) var cores: [Int] = []

  init(_ region: Region, _ villages: [Surveyor.Village], _ gazetteer: Gazetteer, _ terrain: Terrain)
  {
    zones = Array(repeating: .open, count: villages.count)
    chooseUrban(villages, gazetteer)
    chooseRedLine(region, villages, terrain)
    choosePlaces(region, villages, terrain)
  }

  /// In every county the village most like a town, and one in fifty more.
  private mutating func chooseUrban(_ villages: [Surveyor.Village], _ gazetteer: Gazetteer) {
    var byCounty: [Int: [Int]] = [:]
    for (index, village) in villages.enumerated() {
      byCounty[gazetteer.townships[village.township].county, default: []].append(index)
    }
    for (_, members) in byCounty.sorted(by: { $0.key < $1.key }) {
      let best = members.sorted {
        (villages[$0].score, $0) > (villages[$1].score, $1)
      }
      for index in best.prefix(max(1, members.count / 50)) { zones[index] = .urban }
    }
  }

  /// The wildest villages outside oases, until the region's share is reached.
  private mutating func chooseRedLine(
    _ region: Region, _ villages: [Surveyor.Village], _ terrain: Terrain
  ) {
    let share = (region.landscape.shares["ecological-red-line"] ?? 0) / 100
    let wanted = villages.reduce(0) { $0 + $1.area } * share
    var order: [(wildness: Double, index: Int)] = []
    for (index, village) in villages.enumerated() where zones[index] == .open {
      guard village.score < terrain.oasisFrom else { continue }
      order.append((terrain.wildness(at: village.box.centre), index))
    }
    order.sort { ($0.wildness, $1.index) > ($1.wildness, $0.index) }
    var sum = 0.0
    for (_, index) in order {
      // A village too large for what is left is passed over for a smaller one.
      guard sum + villages[index].area <= wanted * 1.003 else { continue }
      zones[index] = .redLine
      sum += villages[index].area
    }
  }

  private mutating func choosePlaces(
    _ region: Region, _ villages: [Surveyor.Village], _ terrain: Terrain
  ) {
    let large = villages.indices
      .filter { zones[$0] == .redLine && villages[$0].isRectangle }
      .sorted { (villages[$0].area, $0) > (villages[$1].area, $1) }
    let wanted = region.landscape.counts["nature-reserve-cores"] ?? 0
    for (position, index) in large.enumerated() {
      // Of three in a row one may hold a core, one keeps a hole, one stays whole.
      switch position % 3 {
      case 0 where cores.count < wanted: cores.append(index)
      case 1 where holes.count < 4 * wanted + 8: holes.insert(index)
      default: break
      }
    }
  }
}
