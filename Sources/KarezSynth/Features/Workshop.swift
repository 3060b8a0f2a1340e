import KarezCore
import KarezGeometry
import KarezPacks

/// What is known of the country once it has been surveyed.
struct Country: Sendable {
  let tiler: Tiler
  let villages: [Surveyor.Village]
  let gazetteer: Gazetteer
  let zoning: Zoning
  let realiser: Realiser
  let shapes: Shapes
  let allocator: ClassAllocator

  var terrain: Terrain { tiler.terrain }
  var chance: Chance { tiler.chance }
  var region: Region { tiler.terrain.region }
}

/// The second walk: makes the features of each village as soon as all of it is there.
struct Workshop<Sink: FeatureSink>: TilingVisitor {
  /// One patch with what is made of it.
  struct Patch {
    let index: Int
    let piece: Piece
    let rings: [[LatticePoint]]
    let polygon: Polygon
    let code: Int
  }

  let country: Country
  var sink: Sink
  /// Where something is wanted; nil for everywhere.
  private let windows: [LatticeBox]?
  /// Code of each patch; drawn on the first walk, read on later ones.
  private(set) var codes: [UInt8]
  private var allocator: ClassAllocator
  private var patches: [Patch] = []
  private var village = -1
  private(set) var failure: SynthError?
  /// The polygons of red-line and urban villages, by county; united at the end.
  private(set) var zoned: [Int: (urban: [[[LatticePoint]]], redLine: [[[LatticePoint]]])] = [:]
  /// What sites can later be put on.
  var landmarks = Landmarks()
  let isDrawing: Bool
  private let onLeaves: (Int) -> Void

  /// A walk over everything.
  init(_ country: Country, sink: Sink, onLeaves: @escaping (Int) -> Void) {
    self.country = country
    self.sink = sink
    self.onLeaves = onLeaves
    windows = nil
    codes = Array(repeating: 0, count: country.tiler.leafCount)
    allocator = country.allocator
    isDrawing = true
  }

  /// A walk over the villages that meet a window, with the codes of the first walk.
  init(_ country: Country, again codes: [UInt8], sink: Sink, windows: [LatticeBox]) {
    self.country = country
    self.sink = sink
    self.windows = windows
    self.codes = codes
    onLeaves = { _ in }
    allocator = country.allocator
    isDrawing = false
  }

  mutating func wants(_ box: LatticeBox) -> Bool {
    guard failure == nil else { return false }
    guard let windows, village < 0 else { return true }
    // Warping moves a border by less than this.
    let reach = box.grown(by: 20 * Grid.cell)
    return windows.contains { $0.meets(reach) }
  }

  mutating func put(_ feature: SynthFeature) {
    guard failure == nil else { return }
    do throws(SynthError) {
      try sink.take(feature)
    } catch {
      failure = error
    }
  }

  mutating func township(_ index: Int, _ piece: Piece) {
    guard let polygon = country.realiser.rings(of: piece).polygon else { return }
    let township = country.gazetteer.townships[index]
    put(
      SynthFeature(
        layer: .townships,
        values: [
          .text(township.code), .text(township.name),
          .text(country.region.counties[township.county].code),
        ],
        geometry: .polygons(polygon.multi)))
  }

  mutating func village(_ index: Int, of township: Int, _ piece: Piece) {
    village = index
    patches.removeAll(keepingCapacity: true)
    let rings = country.realiser.rings(of: piece)
    guard let polygon = rings.polygon else { return }
    let place = country.gazetteer.villages[index]
    let above = country.gazetteer.townships[township]
    if isDrawing {
      switch country.zoning.zones[index] {
      case .open: break
      case .urban: zoned[above.county, default: ([], [])].urban.append(rings)
      case .redLine: zoned[above.county, default: ([], [])].redLine.append(rings)
      }
    }
    put(
      SynthFeature(
        layer: .villages,
        values: [
          .text(place.code), .text(place.name), .text(above.code),
          .text(country.region.counties[above.county].code),
        ],
        geometry: .polygons(polygon.multi)))
  }

  mutating func leaf(_ index: Int, of village: Int, _ piece: Piece) {
    let code: Int
    if isDrawing {
      code = allocator.next(index, piece)
      codes[index] = UInt8(truncatingIfNeeded: code)
    } else {
      code = Int(codes[index])
    }
    let rings = country.realiser.rings(of: piece)
    guard let polygon = rings.polygon else { return }
    patches.append(Patch(index: index, piece: piece, rings: rings, polygon: polygon, code: code))
  }

  mutating func villageIsComplete() {
    for patch in patches { putPatch(patch) }
    if isDrawing { remember(patches) }
    putFarmland(patches)
    putLots(patches)
    for patch in patches { putConversion(patch) }
    onLeaves(patches.count)
    village = -1
  }

  var currentVillage: Int { village }
}

extension Workshop {
  /// Notes the first plain patch of a kind in the village.
  private mutating func remember(_ patches: [Patch]) {
    switch country.zoning.zones[currentVillage] {
    case .open:
      let waste = patches.first {
        landClass(of: $0) == "12" && $0.piece.isRectangle
          && country.allocator.band(at: $0.piece.box.centre) == .wild
      }
      landmarks.wastes[currentVillage] = waste?.piece.box.centre
    case .urban:
      let town = patches.first { landClass(of: $0) == "07" && $0.piece.isRectangle }
      landmarks.towns[currentVillage] = town?.piece.box.centre
    case .redLine: break
    }
  }

  private func landClass(of patch: Patch) -> String { country.allocator.classOfCode[patch.code] }

  private func county(of patch: Patch) -> Region.County {
    country.gazetteer.county(ofVillage: currentVillage)
  }

  private mutating func putPatch(_ patch: Patch) {
    let village = currentVillage
    let place = country.gazetteer.villages[village]
    let isOasis = country.allocator.band(at: patch.piece.box.centre) == .oasis
    let isCollective = isOasis && country.zoning.zones[village] != .urban
    let owner =
      isCollective
      ? place.name + "村民委员会" : county(of: patch).name.zh + "人民政府"
    put(
      SynthFeature(
        layer: .landPatches,
        values: [
          country.gazetteer.identifier(.landPatches, county(of: patch).code, patch.index + 1),
          .text(country.allocator.codes[patch.code]), .text(isCollective ? "30" : "20"),
          .text(country.gazetteer.locationCode(village)), .text(owner),
          .text(country.gazetteer.locationCode(village)),
          .text(country.gazetteer.locationName(village)), patch.polygon.area.recorded,
          .integer(2025),
        ],
        geometry: .polygons(patch.polygon.multi)))
  }

  /// 永久基本农田 and its reserve: cultivated patches outside the other two lines.
  private mutating func putFarmland(_ patches: [Patch]) {
    guard country.zoning.zones[currentVillage] == .open else { return }
    let shares = country.region.landscape.shares
    let protected = (shares["permanent-basic-farmland"] ?? 0) / 100
    let reserve = (shares["farmland-reserve"] ?? 0) / 100
    var block: [Patch] = []
    for patch in patches where landClass(of: patch) == "01" {
      // Fields of one block are protected together.
      let isProtected = country.chance.unit(.farmland, patch.index / 8) < protected
      let isOther = country.chance.unit(.farmland, patch.index, 1) < reserve
      if let first = block.first,
        first.index / 8 != patch.index / 8 || first.code != patch.code
      {
        putProtected(block)
        block.removeAll()
      }
      if isProtected {
        block.append(patch)
      } else if isOther {
        putFarm(.farmlandReserve, patch.polygon, of: patch, number: patch.index + 1, extra: [])
      }
    }
    putProtected(block)
  }

  private mutating func putProtected(_ block: [Patch]) {
    guard let first = block.first else { return }
    let united = block.count == 1 ? [first.rings] : Dissolve.united(block.map(\.rings))
    for (position, rings) in united.enumerated() {
      guard let polygon = rings.polygon, position < block.count else { continue }
      putFarm(
        .permanentBasicFarmland, polygon, of: first, number: block[position].index + 1,
        extra: [LegalDate(year: 2022, month: 9, day: 28).map { .date($0) } ?? .null])
    }
  }

  private mutating func putFarm(
    _ layer: SynthLayer, _ polygon: Polygon, of patch: Patch, number: Int,
    extra: [AttributeValue]
  ) {
    let grade = 5 + country.chance.pick(6, .farmland, patch.index, 2)
    let feature = SynthFeature(
      layer: layer,
      values: [
        country.gazetteer.identifier(layer, county(of: patch).code, number),
        .text(country.allocator.codes[patch.code]),
        .text(country.gazetteer.locationCode(currentVillage)),
        .text(country.gazetteer.locationName(currentVillage)), .integer(Int64(grade)),
        polygon.area.recorded,
      ] + extra,
      geometry: .polygons(polygon.multi))
    put(feature)
    guard isDrawing else { return }
    if layer == .farmlandReserve {
      landmarks.reserves[currentVillage] = landmarks.reserves[currentVillage] ?? feature
    } else {
      landmarks.farms[currentVillage] = landmarks.farms[currentVillage] ?? feature
    }
  }

  /// 农转用 approved in past years: built land that once was not.
  private mutating func putConversion(_ patch: Patch) {
    guard ["05", "06", "07", "08"].contains(landClass(of: patch)),
      country.chance.unit(.conversion, patch.index) < 0.1
    else { return }
    let year = 2016 + country.chance.pick(9, .conversion, patch.index, 1)
    let purposes = [
      "05": "commercial", "06": "industrial", "07": "residential", "08": "public-services",
    ]
    put(
      SynthFeature(
        layer: .landConversions,
        values: [
          country.gazetteer.identifier(.landConversions, county(of: patch).code, patch.index + 1),
          .text("演示批〔\(year)〕\(patch.index % 900 + 1)号"),
          .text(country.gazetteer.villages[currentVillage].name + "建设用地"),
          .text("conversion-and-expropriation"), .text("provincial-government"),
          Gazetteer.day(of: year, country.chance.unit(.conversion, patch.index, 2)),
          .text(purposes[landClass(of: patch)] ?? ""), patch.polygon.area.recorded,
          .text(county(of: patch).code), .text(county(of: patch).name.zh),
        ],
        geometry: .polygons(patch.polygon.multi)))
  }
}
