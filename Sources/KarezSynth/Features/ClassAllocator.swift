import KarezCore
import KarezPacks

/// 地类 for each patch, so that in the end every class has its share of the country.
///
/// - Shape: within a band a patch draws among what the classes still lack there, so that chance
///   decides where a class lies and not how much of it there is.
/// - Accuracy: a class ends within about one patch of its share; held by `SynthCountryTests`.
struct ClassAllocator: Sendable {
  enum Band: Int, CaseIterable, Sendable {
    case oasis
    case margin
    case wild

    var name: String {
      switch self {
      case .oasis: "oasis"
      case .margin: "margin"
      case .wild: "wild"
      }
    }
  }

  /// One leaf code with the conditions under which it stands for its class.
  private struct Choice {
    let code: Int
    let weight: Double
  }

  private let terrain: Terrain
  private let oasisFrom: Double
  private let marginFrom: Double
  /// Square metres each class still lacks, by band.
  private var lacking: [[Double]]
  /// By band, then low and high ground, then class.
  private let choices: [[[[Choice]]]]
  /// The codes that patches may have; a patch's code is an index in here.
  let codes: [String]
  let classOfCode: [String]

  init(_ region: Region, terrain: Terrain, areas: ScoreAreas) {
    self.terrain = terrain
    let bands = Terrain.bandShares(of: region)
    oasisFrom = areas.score(above: bands[0])
    marginFrom = areas.score(above: bands[0] + bands[1])
    let whole = region.classShares.reduce(0) { $0 + $1.area.squareMetres }
    lacking = Band.allCases.map { band in
      region.classShares.map {
        $0.area.squareMetres / whole * areas.whole * $0.bands[band.rawValue] / 100
      }
    }
    var codes: [String] = []
    var classes: [String] = []
    for row in region.classCodes where !codes.contains(row.code) {
      codes.append(row.code)
      classes.append(row.landClass)
    }
    self.codes = codes
    classOfCode = classes
    choices = Band.allCases.map { band in
      ["low", "high"].map { ground in
        region.classShares.map { share in
          region.classCodes
            .filter {
              $0.landClass == share.landClass && [band.name, "any"].contains($0.band)
                && [ground, "any"].contains($0.terrain)
            }
            .map { Choice(code: codes.firstIndex(of: $0.code) ?? 0, weight: $0.weight) }
        }
      }
    }
  }

  func band(at point: LatticePoint) -> Band {
    let score = terrain.score(at: point)
    return score >= oasisFrom ? .oasis : score >= marginFrom ? .margin : .wild
  }

  /// The code of the next patch, as an index in `codes`.
  mutating func next(_ leaf: Int, _ piece: Piece) -> Int {
    let centre = piece.box.centre
    let band = band(at: centre)
    let ground = terrain.isHigh(centre) ? 1 : 0
    let area = terrain.squareMetres(of: piece)
    let chosen =
      draw(leaf, band, ground, centre, needing: area * 0.8)
      ?? largestLack(in: [band], needing: 0)
      ?? largestLack(in: Band.allCases, needing: -.infinity) ?? Chosen(band: band, index: 0)
    lacking[chosen.band.rawValue][chosen.index] -= area
    return code(leaf, chosen, ground)
  }

  private struct Chosen {
    let band: Band
    let index: Int
  }

  private func draw(
    _ leaf: Int, _ band: Band, _ ground: Int, _ centre: LatticePoint, needing least: Double
  ) -> Chosen? {
    let lacks = lacking[band.rawValue]
    var weights = [Double](repeating: 0, count: lacks.count)
    for index in lacks.indices where lacks[index] > least {
      let own = choices[band.rawValue][ground][index].reduce(0) { $0 + $1.weight }
      let other = choices[band.rawValue][1 - ground][index].reduce(0) { $0 + $1.weight }
      guard own > 0 else { continue }
      let mood = terrain.mood(at: centre, channel: index)
      weights[index] = lacks[index] * own / max(own, other) * (0.1 + 2 * mood * mood)
    }
    let whole = weights.reduce(0, +)
    guard whole > 0 else { return nil }
    var left = terrain.chance.unit(.landClass, leaf) * whole
    for index in weights.indices where weights[index] > 0 {
      left -= weights[index]
      if left < 0 { return Chosen(band: band, index: index) }
    }
    return weights.lastIndex { $0 > 0 }.map { Chosen(band: band, index: $0) }
  }

  /// When a patch is larger than what any class lacks: the class that lacks most.
  private func largestLack(in bands: [Band], needing least: Double) -> Chosen? {
    var best: Chosen?
    var most = least
    for band in bands {
      for (index, lack) in lacking[band.rawValue].enumerated() where lack > most {
        guard !choices[band.rawValue].allSatisfy({ $0[index].isEmpty }) else { continue }
        most = lack
        best = Chosen(band: band, index: index)
      }
    }
    return best
  }

  private func code(_ leaf: Int, _ chosen: Chosen, _ ground: Int) -> Int {
    let byGround = choices[chosen.band.rawValue].map { $0[chosen.index] }
    let list = byGround[ground].isEmpty ? byGround[1 - ground] : byGround[ground]
    var left = terrain.chance.unit(.landCode, leaf) * list.reduce(0) { $0 + $1.weight }
    for choice in list {
      left -= choice.weight
      if left < 0 { return choice.code }
    }
    return list.last?.code ?? 0
  }
}
